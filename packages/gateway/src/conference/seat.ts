import type { MediaEndpoint } from '@unisono/media';
import type { CallerIdentity } from '@unisono/pbx';
import type { ServerTransaction, Session, SessionEnd } from '@unisono/sip';
import { type Host, HostedSide } from '../application/hosted-side.ts';
import type { Call } from '../call/call.ts';
import type { ConnectedSide } from '../call/connection.ts';
import { isHolding } from '../call/device-dialog.ts';
import type { ShownParty } from '../call/renegotiation.ts';
import { type DisplayUpdate, tellDisplay } from './display.ts';
import { type Focus, IS_FOCUS, type Party } from './focus.ts';

/** A party of a call that hears a conference instead of who put it there; its call goes on until it leaves. */
export class Seat implements Party, Host {
  readonly hosted: HostedSide;
  readonly hasDialledIn = false;
  readonly contact: Host['contact'];
  /** Gets what the party asks the conference for. */
  readonly onRefer: (session: Session, refer: ServerTransaction) => void;
  readonly #call: Call;
  readonly #isCaller: boolean;
  readonly #focus: Focus;
  #display: DisplayUpdate | undefined;

  constructor(
    call: Call,
    side: ConnectedSide,
    isCaller: boolean,
    endpoint: MediaEndpoint,
    focus: Focus,
    onRefer: (session: Session, refer: ServerTransaction) => void,
  ) {
    this.#call = call;
    this.#isCaller = isCaller;
    this.#focus = focus;
    this.onRefer = onRefer;
    this.contact = { user: focus.user, parameters: IS_FOCUS };
    this.hosted = new HostedSide(call, side, endpoint, this);
    focus.add(this);
    this.#record();
    call.services.userCalls.changed(side.station);
  }

  get identity(): CallerIdentity {
    return this.hosted.side.party;
  }

  get station(): string | undefined {
    return this.hosted.side.station;
  }

  get isHolding(): boolean {
    return isHolding(this.hosted.side.session.remotePayload);
  }

  get isMuted(): boolean {
    return this.hosted.side.device?.microphone?.isMuted ?? false;
  }

  get shown(): ShownParty {
    return this.#focus.shownTo(this);
  }

  /** Trunks are told nothing: what is outside shows what it dialled. */
  show(shown: ShownParty): void {
    this.#display?.cancel();
    if (this.station === undefined || this.hosted.isOver) return;
    this.#display = tellDisplay(this.#call.services, this.hosted.side.session, shown);
    this.#call.services.userCalls.changed(this.station);
  }

  close(detail: string, reason?: string): void {
    this.hosted.close(detail, reason);
  }

  onChanged(): void {
    this.#focus.changed();
  }

  onLeaving(why: 'bye' | SessionEnd): string {
    this.#display?.cancel();
    this.#record();
    return why === 'bye' ? 'A party left the conference' : "A party's session ended in the conference";
  }

  onLeft(): void {
    this.#focus.remove(this);
  }

  #record(): void {
    this.#call.records.conference(this.#isCaller ? 'caller' : 'callee', this.#focus.recordedFor(this));
  }
}
