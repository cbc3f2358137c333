import type { MediaEndpoint } from '@unisono/media';
import type { CallerIdentity } from '@unisono/pbx';
import {
  payloadOf,
  type ReinviteExchange,
  type ServerTransaction,
  type Session,
  type SessionEnd,
  type SessionHandler,
  sdpPayload,
  type UasInvite,
} from '@unisono/sip';
import { MOVED_AWAY, moveLeg } from '../application/moved-leg.ts';
import type { Call } from '../call/call.ts';
import type { ConnectedSide } from '../call/connection.ts';
import { type DeviceDialog, type DeviceRef, isHolding } from '../call/device-dialog.ts';
import { COMPLETED_ELSEWHERE, connectedHeaders } from '../call/identity-headers.ts';
import { isAboutMicrophone, takeMicrophone } from '../call/microphone.ts';
import type { ShownParty } from '../call/renegotiation.ts';
import { SdpFace } from '../call/sdp-face.ts';
import { type DisplayUpdate, tellDisplay } from './display.ts';
import { type Focus, IS_FOCUS, type Party } from './focus.ts';

/** A party of a call that hears a conference instead of who put it there; its call goes on until it leaves. */
export class Seat implements SessionHandler, Party {
  readonly call: Call;
  readonly hasDialledIn = false;
  #side: ConnectedSide;
  readonly #isCaller: boolean;
  readonly #endpoint: MediaEndpoint;
  readonly #focus: Focus;
  readonly #onRefer: (session: Session, refer: ServerTransaction) => void;
  readonly #sinceMs: number;
  #isOver = false;
  #display: DisplayUpdate | undefined;

  /** `onRefer` gets what the party asks the conference for. */
  constructor(
    call: Call,
    side: ConnectedSide,
    isCaller: boolean,
    endpoint: MediaEndpoint,
    focus: Focus,
    onRefer: (session: Session, refer: ServerTransaction) => void,
  ) {
    this.call = call;
    this.#onRefer = onRefer;
    this.#sinceMs = call.services.clock.epochMs();
    this.#side = side;
    this.#isCaller = isCaller;
    this.#endpoint = endpoint;
    this.#focus = focus;
    side.session.handler = this;
    focus.add(this);
    this.#record();
    call.services.userCalls.changed(side.station);
  }

  get identity(): CallerIdentity {
    return this.#side.party;
  }

  get station(): string | undefined {
    return this.#side.station;
  }

  get isHolding(): boolean {
    return isHolding(this.#side.session.remotePayload);
  }

  get isMuted(): boolean {
    return this.#side.device?.microphone?.isMuted ?? false;
  }

  /** Trunks are told nothing: what is outside shows what it dialled. */
  show(shown: ShownParty): void {
    this.#display?.cancel();
    if (this.station === undefined || this.#isOver) return;
    this.#display = tellDisplay(this.call.services, this.#side.session, shown);
    this.call.services.userCalls.changed(this.station);
  }

  /** As `Call.dialogsOf`. */
  dialogsOf(station: string): DeviceDialog[] {
    const { session, device } = this.#side;
    if (this.#side.station !== station) return [];
    const { callId, localTag, remoteTag } = session.dialog;
    return [
      {
        device,
        direction: this.#isCaller ? 'initiator' : 'recipient',
        state: 'confirmed',
        callId,
        deviceTag: remoteTag,
        gatewayTag: localTag,
        remote: this.#focus.shownTo(this),
        isHolding: isHolding(session.remotePayload),
        confirmedAtMs: this.#sinceMs,
      },
    ];
  }

  /** True for the dialog with the party, when that is of this station. */
  isOf(session: Session, station: string | undefined): boolean {
    return this.#side.session === session && station !== undefined && this.#side.station === station;
  }

  /** Another device of the party's user goes on with it. */
  async moveTo(invite: UasInvite, device: DeviceRef | undefined): Promise<void> {
    const { session: old, party, station, device: from } = this.#side;
    const { services } = this.call;
    const face = new SdpFace(services.random);
    const headers = connectedHeaders(this.#focus.shownTo(this), services.domain());
    invite.contactAs(this.#focus.user, IS_FOCUS);
    const isWanted = () => !this.#isOver && this.#side.session === old;
    const session = await moveLeg({
      endpoint: this.#endpoint,
      old,
      invite,
      face,
      from,
      to: device,
      headers,
      isWanted,
    });
    if (!session) return;
    this.#side = { ...this.#side, session, face, party, device };
    session.handler = this;
    old.handler = MOVED_AWAY;
    services.userCalls.changed(station);
    this.#focus.changed();
    old.bye([['Reason', COMPLETED_ELSEWHERE]]);
  }

  /** Hangs the party up. */
  close(detail: string, reason?: string): void {
    if (this.#isOver) return;
    this.#side.session.bye(reason === undefined ? undefined : [['Reason', reason]]);
    this.#leave(detail);
  }

  onReinvite(session: Session, exchange: ReinviteExchange): void {
    void this.#reanswer(session, exchange);
  }

  onUpdate(session: Session, update: ServerTransaction): void {
    const offer = payloadOf(update.request);
    if (!offer) return session.answerUpdate(update, undefined);
    void this.#endpoint.answer(offer.bytes).then((result) => {
      if (session.isTerminated) return;
      if (!result.ok) return session.rejectUpdate(update, 488);
      session.answerUpdate(update, this.#side.face.present(sdpPayload(result.sdp)));
      this.#changed();
    });
  }

  onRequest(session: Session, transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (isAboutMicrophone(transaction.request)) {
      const { device } = this.#side;
      if (takeMicrophone(device, transaction)) this.#changed();
      return;
    }
    if (method === 'REFER') return this.#onRefer(session, transaction);
    transaction.reply(method === 'INFO' || method === 'OPTIONS' ? 200 : 501);
  }

  onBye(): void {
    this.#leave('A party left the conference');
  }

  onEnded(_session: Session, _end: SessionEnd): void {
    this.#leave("A party's session ended in the conference");
  }

  async #reanswer(session: Session, exchange: ReinviteExchange): Promise<void> {
    const { offer } = exchange;
    const result = await (offer ? this.#endpoint.answer(offer.bytes) : this.#endpoint.offer());
    if (session.isTerminated || !exchange.isOpen) return;
    if (!result.ok) return exchange.reject(488);
    exchange.accept(this.#side.face.present(sdpPayload(result.sdp)), (late) => {
      if (late && !offer) this.#endpoint.accept(late.bytes);
    });
    this.#changed();
  }

  #record(): void {
    this.call.records.conference(this.#isCaller ? 'caller' : 'callee', this.#focus.recordedFor(this));
  }

  #changed(): void {
    this.call.services.userCalls.changed(this.station);
    this.#focus.changed();
  }

  #leave(detail: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#display?.cancel();
    this.#endpoint.close();
    this.#record();
    const { station, lease } = this.#side;
    if (station !== undefined) this.call.services.userCalls.leave(station, this.call);
    lease?.release();
    this.call.onConnectionEnd(detail);
    this.#focus.remove(this);
  }
}
