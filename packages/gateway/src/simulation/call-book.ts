import { type SipMessage, type SipRequest, type SipResponse, unescapeUri } from '@unisono/sip';
import type { Directory, Who } from './directory.ts';
import { mediaKeyOf } from './phone-media.ts';
import type { WireMessage } from './wire.ts';

/** One dialog of the gateway with a phone or trunk, as the messages at its door tell. */
export interface Leg {
  readonly callId: string;
  readonly who: Who;
  readonly address: string;
  /** `caller`: the device invited the gateway. `callee`: the gateway invited the device. */
  readonly role: 'caller' | 'callee';
  /** User part of what was dialled. */
  readonly dialled: string;
  readonly hasOffer: boolean;
  readonly isTakeover: boolean;
  readonly maxForwards: number;
  group: Group;
  state: 'inviting' | 'up' | 'over';
  /** CSeq number of the INVITE that is worked on. */
  sequence: number;
  /** INVITEs that began it: more than one when it was tried again. */
  tries: number;
  invitedAtMs: number;
  /** Number of the message that invited it. */
  invitedBy: number;
  /** When it was answered; undefined before. */
  upAtMs: number | undefined;
  /** Number of the message that answered it. */
  upBy: number | undefined;
  /** When it was over; undefined before. */
  overAtMs: number | undefined;
  /** Over because the gateway died. */
  isInterrupted: boolean;
  hasProvisional: boolean;
  /** Told that its transfer worked: the BYE follows. */
  isLeaving: boolean;
  /** When the gateway sent CANCEL (callee) or got one (caller). */
  cancelledAtMs: number | undefined;
  finalStatus: number | undefined;
  /** Where the device wants its audio. */
  mediaKey: string | undefined;
}

/** Dialogs that belong together: the legs of one call, with whomever it was forked, deflected or transferred to. */
export interface Group {
  readonly number: number;
  readonly legs: Set<Leg>;
  /** REFERs and takeovers seen: from then on legs may come and go while others are up. */
  moves: number;
  /** Number of the last message that sent the call elsewhere: a REFER, a 181. */
  movedBy: number;
}

/** 64×T1: after so long without any response the gateway gives an INVITE up. */
export const GIVE_UP_MS = 32_000;

/**
 * Keeps book of all calls from what passes the gateway's door, and knows nothing else of the gateway. Legs belong
 * together when one is told to send its audio to the other.
 */
export class CallBook {
  readonly legs = new Map<string, Leg>();
  readonly #directory: Directory;
  readonly #byMedia = new Map<string, Leg>();
  readonly #byRecord = new Map<string, Leg>();
  #groups = 0;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  onWire(wire: WireMessage): void {
    const { message } = wire;
    if (message.kind === 'request') this.#onRequest(wire, message);
    else this.#onResponse(wire, message);
    this.#followMedia(wire, message);
  }

  /** The gateway died: it knows nothing of any call. */
  onDeath(nowMs: number): void {
    for (const leg of this.legs.values()) {
      if (leg.state === 'over') continue;
      this.#over(leg, nowMs);
      leg.isInterrupted = true;
    }
  }

  onRecordOpened(id: string, callId: string | undefined): void {
    const leg = callId === undefined ? undefined : this.legs.get(callId);
    if (leg) this.#byRecord.set(id, leg);
  }

  /** The call is over, also where a connection was gone and nothing could be sent. */
  onRecordClosed(id: string, nowMs: number): void {
    const leg = this.#byRecord.get(id);
    this.#byRecord.delete(id);
    if (!leg) return;
    if (leg.state === 'inviting') this.#over(leg, nowMs);
    // Legs of a call that was transferred may live on in another.
    if (leg.group.moves > 0) return;
    for (const one of leg.group.legs) if (one.state === 'up') this.#over(one, nowMs);
  }

  /** Calls that a station has on any device, as groups. */
  callsOf(station: string, nowMs: number): Set<Group> {
    const groups = new Set<Group>();
    for (const leg of this.legs.values()) {
      if (leg.who.station === station && isLive(leg, nowMs)) groups.add(leg.group);
    }
    return groups;
  }

  /** True while a caller that made no offer waits: a second one could not be told from it. */
  get isOfferAwaited(): boolean {
    return this.#waitingForOffer() !== undefined;
  }

  /** Forgets what ended long ago. */
  forgetBefore(atMs: number): void {
    for (const [callId, leg] of this.legs) {
      if (leg.overAtMs === undefined || leg.overAtMs >= atMs) continue;
      this.legs.delete(callId);
      leg.group.legs.delete(leg);
      if (leg.mediaKey !== undefined) this.#byMedia.delete(leg.mediaKey);
    }
  }

  #onRequest(wire: WireMessage, request: SipRequest): void {
    const leg = this.legs.get(request.callId);
    switch (request.method) {
      case 'INVITE':
        if (request.to.tag === undefined) this.#onInvite(wire, request, leg);
        return;
      case 'CANCEL':
        if (leg) leg.cancelledAtMs ??= wire.atMs;
        return;
      case 'BYE':
        if (leg) this.#over(leg, wire.atMs);
        return;
      case 'NOTIFY':
        if (leg && wire.direction === 'out') leg.isLeaving ||= /^SIP\/2\.0 2/.test(request.body.toString('latin1'));
        return;
      case 'REFER':
        if (leg && wire.direction === 'in') noteMove(leg.group, wire.number);
        return;
    }
  }

  #onInvite(wire: WireMessage, request: SipRequest, known: Leg | undefined): void {
    const { sequence } = request.cseq;
    if (known) {
      if (sequence <= known.sequence) return;
      // Tried again: with credentials, with a longer session timer, at the next address.
      known.sequence = sequence;
      known.tries++;
      known.state = 'inviting';
      known.invitedAtMs = wire.atMs;
      known.finalStatus = known.overAtMs = known.cancelledAtMs = undefined;
      known.hasProvisional = false;
      return;
    }
    const { uri } = request;
    const key = mediaKeyOf(request.body.toString('latin1'));
    const leg: Leg = {
      callId: request.callId,
      who: this.#directory.of(wire.peer),
      address: wire.peer,
      role: wire.direction === 'in' ? 'caller' : 'callee',
      dialled: uri && (uri.scheme === 'sip' || uri.scheme === 'sips') ? unescapeUri(uri.user ?? '') : '',
      hasOffer: request.body.length > 0,
      isTakeover: request.headers.has('Replaces'),
      maxForwards: Number(request.headers.get('Max-Forwards')),
      group: this.#groupFor(wire, key),
      state: 'inviting',
      sequence,
      tries: 1,
      invitedAtMs: wire.atMs,
      invitedBy: wire.number,
      upAtMs: undefined,
      upBy: undefined,
      overAtMs: undefined,
      isInterrupted: false,
      hasProvisional: false,
      isLeaving: false,
      cancelledAtMs: undefined,
      finalStatus: undefined,
      mediaKey: undefined,
    };
    noteElsewhere(leg);
    leg.group.legs.add(leg);
    this.legs.set(leg.callId, leg);
  }

  /** What the gateway sends out belongs to the call whose description it carries, or to the one that waits for one. */
  #groupFor(wire: WireMessage, key: string | undefined): Group {
    if (wire.direction === 'out') {
      const source = key === undefined ? this.#waitingForOffer() : this.#byMedia.get(key);
      if (source) return source.group;
    }
    return { number: ++this.#groups, legs: new Set(), moves: 0, movedBy: 0 };
  }

  /** Scenarios let only one caller at a time ask for an offer. */
  #waitingForOffer(): Leg | undefined {
    let found: Leg | undefined;
    for (const leg of this.legs.values()) {
      if (leg.role === 'caller' && !leg.hasOffer && leg.state === 'inviting') found = leg;
    }
    return found;
  }

  #onResponse(wire: WireMessage, response: SipResponse): void {
    const leg = this.legs.get(response.callId);
    if (!leg || response.cseq.method !== 'INVITE' || response.cseq.sequence !== leg.sequence) return;
    if ((leg.role === 'caller') !== (wire.direction === 'out')) return;
    // Too late: the gateway has given the INVITE up, and knows it no more.
    if (leg.role === 'callee' && !leg.hasProvisional && wire.atMs - leg.invitedAtMs >= GIVE_UP_MS) return;
    if (response.status < 200) {
      leg.hasProvisional = true;
      if (response.status === 181 && leg.role === 'caller') leg.group.movedBy = wire.number;
      return;
    }
    leg.finalStatus ??= response.status;
    if (response.status >= 300) this.#over(leg, wire.atMs);
    else if (leg.state === 'inviting') {
      leg.state = 'up';
      leg.upAtMs = wire.atMs;
      leg.upBy = wire.number;
    }
  }

  #over(leg: Leg, atMs: number): void {
    leg.state = 'over';
    leg.overAtMs ??= atMs;
  }

  /** Notes where a device wants its audio; and joins the leg that is told so to the device's call. */
  #followMedia({ direction, number }: WireMessage, message: SipMessage): void {
    if (message.body.length === 0) return;
    const leg = this.legs.get(message.callId);
    const key = mediaKeyOf(message.body.toString('latin1'));
    if (!leg || key === undefined) return;
    if (direction === 'in') {
      leg.mediaKey = key;
      this.#byMedia.set(key, leg);
      return;
    }
    const partner = this.#byMedia.get(key);
    if (partner && partner.group !== leg.group) this.#join(leg, partner.group, number);
  }

  #join(leg: Leg, group: Group, number: number): void {
    leg.group.legs.delete(leg);
    noteMove(leg.group, number);
    noteMove(group, number);
    leg.group = group;
    group.legs.add(leg);
  }
}

/** Called at somebody else's now: those called before are given up. */
function noteElsewhere({ role, who, group, invitedBy }: Leg): void {
  const isElsewhere = (other: Leg) => other.role === 'callee' && other.who.station !== who.station;
  if (role === 'callee' && [...group.legs].some(isElsewhere)) group.movedBy = invitedBy;
}

function noteMove(group: Group, number: number): void {
  group.moves++;
  group.movedBy = number;
}

/** True while a leg counts as a call of its user. */
export function isLive(leg: Leg, nowMs: number): boolean {
  if (leg.state !== 'inviting') return leg.state === 'up' && !leg.isLeaving;
  if (leg.cancelledAtMs !== undefined) return false;
  if (leg.role === 'caller') return true;
  return isWanted(leg) && (leg.hasProvisional || nowMs - leg.invitedAtMs < GIVE_UP_MS);
}

/** A branch that has not been heard of cannot be cancelled: it is given up in silence when nobody waits for it any more. */
function isWanted({ group, invitedBy, invitedAtMs }: Leg): boolean {
  if (group.movedBy > invitedBy) return false;
  for (const { role, state, cancelledAtMs } of group.legs) {
    if (role === 'caller' && state === 'inviting' && cancelledAtMs === undefined) return true;
  }
  // Rung for a transfer that nobody has answered yet.
  if (group.moves === 0) return false;
  return ![...group.legs].some(
    ({ role, upAtMs }) => role === 'callee' && upAtMs !== undefined && upAtMs >= invitedAtMs,
  );
}
