import type { CallerIdentity, System } from '@unisono/pbx';
import {
  type ExtraHeaders,
  parseReason,
  type ServerTransaction,
  type SessionEnd,
  type SessionHandler,
  type SipRequest,
} from '@unisono/sip';
import type { Binding } from '../registrar/location.ts';
import type { ChannelLease } from '../trunk/channels.ts';
import { Bridge, type BridgeSide } from './bridge.ts';
import type { Call } from './call.ts';
import { type DeviceDialog, type DeviceRef, isHolding } from './device-dialog.ts';
import { HeldParty, type HoldRequest } from './held-party.ts';
import { takeMicrophone } from './microphone.ts';
import type { TakeoverRequest } from './pick-up.ts';
import { renegotiate, restore } from './renegotiation.ts';
import { receiveRefer } from './transfer.ts';

/** One of the two ends of an answered call. */
export interface ConnectedSide extends BridgeSide {
  readonly party: CallerIdentity;
  /** Whether its user made the call or was called, on whichever device. */
  readonly direction: DeviceDialog['direction'];
  readonly lease: ChannelLease | undefined;
  /** Which of the user's devices it is; undefined for trunks. */
  readonly device: DeviceRef | undefined;
}

/** Something that rings devices in search of a new side. */
export interface Seeking {
  dialogsOf(station: string): DeviceDialog[];
  pickUp(request: TakeoverRequest): boolean;
  joinRinging?(station: string, binding: Binding): void;
  onSystemChanged?(system: System): void;
}

/** An answered call: two sides joined, until one of them ends it. A transfer puts another side in the place of one. */
export class Connection {
  readonly call: Call;
  readonly #sinceMs: number;
  #a: ConnectedSide;
  #b: ConnectedSide;
  /** Set while a transfer looks for a new side: the one that asked may leave without ending the call. */
  #leaving: ConnectedSide | undefined;
  #hasLeft = false;
  #abandon: (() => void) | undefined;
  /** Looks for a new side. */
  #seeking: Seeking | undefined;
  /** Once somebody was put on hold. */
  #held: HeldParty | undefined;
  #isOver = false;

  constructor(call: Call, a: ConnectedSide, b: ConnectedSide) {
    this.call = call;
    this.#sinceMs = call.services.clock.epochMs();
    this.#a = a;
    this.#b = b;
    this.#join();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The side a session belongs to. */
  sideOf(session: object): ConnectedSide | undefined {
    if (this.#a.session === session) return this.#a;
    return this.#b.session === session ? this.#b : undefined;
  }

  otherThan(side: ConnectedSide): ConnectedSide {
    return side === this.#a ? this.#b : this.#a;
  }

  /** The dialogs of this station's devices in the call. */
  dialogsOf(station: string): DeviceDialog[] {
    const hasLeft = (side: ConnectedSide) => this.#hasLeft && side === this.#leaving;
    const sides = [this.#a, this.#b].filter((side) => side.station === station && !hasLeft(side));
    return [...sides.map((side) => this.#dialogOf(side)), ...(this.#seeking?.dialogsOf(station) ?? [])];
  }

  #dialogOf(side: ConnectedSide): DeviceDialog {
    const { callId, localTag, remoteTag } = side.session.dialog;
    return {
      device: side.device,
      direction: side.direction,
      state: 'confirmed',
      callId,
      deviceTag: remoteTag,
      gatewayTag: localTag,
      remote: this.otherThan(side).party,
      isHolding: isHolding(side.session.remotePayload),
      confirmedAtMs: this.#sinceMs,
    };
  }

  /** As `Call.joinRinging`. */
  joinRinging(station: string, binding: Binding): void {
    this.#seeking?.joinRinging?.(station, binding);
  }

  /** As `Call.onSystemChanged`. */
  onSystemChanged(system: System): void {
    this.#seeking?.onSystemChanged?.(system);
  }

  /** As `Call.pickUp`. */
  pickUp(request: TakeoverRequest): boolean {
    return this.#seeking?.pickUp(request) ?? false;
  }

  /** True for the side in whose place the record has the caller. */
  isCaller(side: ConnectedSide): boolean {
    return side === this.#a;
  }

  /**
   * The call goes on without `side`, for the other one alone; this connection is over. `farewell` gets what hangs the phone
   * of `side` up.
   */
  dissolve(side: ConnectedSide, farewell: (bye: (headers: ExtraHeaders) => void) => void): void {
    this.#isOver = true;
    this.#held?.stop();
    this.#leaving = this.#abandon = this.#seeking = undefined;
    side.session.handler = FAREWELL;
    this.#release(side, false, undefined);
    farewell((headers) => side.session.bye(headers));
  }

  /** `reason`: what both phones are told (RFC 3326). */
  hangUp(detail: string, reason?: string): void {
    this.#end(undefined, detail, reason);
  }

  // ---- changing a side ----

  /** From now on `side` may hang up while the other waits for somebody new. */
  letGo(side: ConnectedSide): boolean {
    if (this.#leaving || this.#isOver) return false;
    this.#leaving = side;
    this.#hasLeft = false;
    return true;
  }

  /** `stop` runs when the side that waits for somebody new hangs up. */
  onAbandoned(stop: () => void, seeking?: Seeking): void {
    this.#abandon = stop;
    this.#seeking = seeking;
  }

  /** True when a hold of `side` is answered by music for the other one; `relay` passes it on as it is after all. */
  holdsWithMusic(side: BridgeSide, other: BridgeSide, exchange: HoldRequest, relay: () => void): boolean {
    const { music, userCalls } = this.call.services;
    if (!music) return false;
    this.#held ??= new HeldParty(music);
    const held = this.#held;
    if (!held.isFor(exchange, other)) return false;
    held.hold(side, other, exchange, {
      onMusic: () => {
        // The call has become another one while the music was on its way.
        if (this.#isOver || !this.sideOf(other.session)) held.stop();
        for (const { station } of [side, other]) userCalls.changed(station);
      },
      onNoMusic: () => {
        if (exchange.isOpen) relay();
        else if (!this.#isOver) restore(this.call.services, other, side);
      },
    });
    return true;
  }

  /** Both sides have described themselves anew: they hold, or take back. */
  onMediaChanged(): void {
    this.#held?.stop();
    this.#tellWatchers();
  }

  /** Nobody new was found: all is as before, unless the side that asked has left. */
  keep(detail: string): void {
    this.#leaving = undefined;
    this.#abandon = this.#seeking = undefined;
    if (this.#hasLeft) this.#end(undefined, detail, undefined);
  }

  /**
   * Puts `next`, which is connected already and was offered what the remaining side last described, in the place of
   * `side`, whose session the caller of this ends; tells the remaining side whom it hears now. The call is counted for
   * the station of `next` already.
   */
  replace(side: ConnectedSide, next: ConnectedSide): void {
    const remaining = this.otherThan(side);
    this.#release(side, false, undefined);
    this.#put(side, next);
    renegotiate(this.call.services, remaining, next, next.party, () => {});
  }

  /** As `replace`, when the remaining side has been told already and the next one is a device of the same user. */
  hand(side: ConnectedSide, next: ConnectedSide): void {
    this.#put(side, next);
  }

  #put(side: ConnectedSide, next: ConnectedSide): void {
    this.#held?.stop();
    side.session.handler = FAREWELL;
    this.#leaving = undefined;
    this.#abandon = this.#seeking = undefined;
    if (side === this.#a) this.#a = next;
    else this.#b = next;
    this.#join();
  }

  /** Gives a side away to another call, with all it holds; this call is over, its other side is hung up. */
  yieldSide(side: ConnectedSide): void {
    const other = this.otherThan(side);
    if (side.station !== undefined) this.call.services.userCalls.leave(side.station, this.call);
    this.#isOver = true;
    this.#held?.stop();
    this.#release(other, true, 'SIP;cause=200;text="Transferred"');
    this.call.onConnectionEnd('Transferred to another call');
  }

  /** One side hung up, or its session ended otherwise; the other is still up. */
  onSideEnded(side: BridgeSide, why: 'bye' | SessionEnd, request: SipRequest | undefined): void {
    if (this.#leaving && side.session === this.#leaving.session) {
      this.#hasLeft = true;
      return this.#tellWatchers();
    }
    const name = side.session === this.#a.session ? 'caller' : 'callee';
    const reason = request?.headers.get('Reason');
    this.#end(side, toldIn(reason, name) ?? describe(name, why), reason);
  }

  /** A request that is neither relayed nor answered by the bridge. */
  onRefer(side: BridgeSide, refer: ServerTransaction): void {
    const asking = this.sideOf(side.session);
    if (asking && !this.#isOver) receiveRefer(this, asking, refer);
    else refer.reply(481);
  }

  /** A device tells of its microphone. */
  onMicrophone(side: BridgeSide, info: ServerTransaction): void {
    const own = this.sideOf(side.session);
    if (takeMicrophone(own?.device, info)) this.call.services.userCalls.changed(own?.station);
  }

  #join(): void {
    new Bridge(this.#a, this.#b, this);
    this.#tellWatchers();
  }

  #tellWatchers(): void {
    const { userCalls } = this.call.services;
    for (const { station } of [this.#a, this.#b]) userCalls.changed(station);
  }

  #end(ended: BridgeSide | undefined, detail: string, reason: string | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#held?.stop();
    this.#abandon?.();
    for (const side of [this.#a, this.#b]) this.#release(side, side.session !== ended?.session, reason);
    this.call.onConnectionEnd(detail);
  }

  #release(side: ConnectedSide, hangUp: boolean, reason: string | undefined): void {
    if (hangUp) side.session.bye(reason === undefined ? undefined : [['Reason', reason]]);
    if (side.station !== undefined) this.call.services.userCalls.leave(side.station, this.call);
    side.lease?.release();
  }
}

/** Most that a record repeats of what a phone said. */
const MAX_TOLD_CHARS = 160;

/** A phone that has transferred its call and is about to be hung up: nothing it says changes anything. */
const FAREWELL: SessionHandler = {
  onReinvite: (_session, exchange) => exchange.reject(488),
  onUpdate: (session, update) => session.rejectUpdate(update, 488),
  onRequest: (_session, request) => request.reply(request.request.method === 'INFO' ? 200 : 603),
  onBye() {},
  onEnded() {},
};

/** A BYE that says why it is not the person who ended the call: a border, or a phone that lost its media. */
function toldIn(reason: string | undefined, name: string): string | undefined {
  const { protocol = '', cause = 0, text = '' } = (reason === undefined ? undefined : parseReason(reason)) ?? {};
  if (protocol.toUpperCase() !== 'SIP' || cause < 400 || text === '') return undefined;
  return `Ended at the ${name}'s side: ${text.slice(0, MAX_TOLD_CHARS)}`;
}

function describe(name: string, why: 'bye' | SessionEnd): string {
  switch (why) {
    case 'bye':
      return `The ${name} hung up`;
    case 'expired':
      return `The ${name}'s phone stopped refreshing the session`;
    case 'no-ack':
      return `The ${name}'s phone did not acknowledge the answer`;
    case 'dialog-gone':
      return `The ${name}'s phone no longer knew the call`;
    case 'closed':
      return `The ${name}'s session was closed`;
  }
}
