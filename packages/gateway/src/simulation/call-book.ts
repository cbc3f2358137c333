import { type SipMessage, type SipRequest, type SipResponse, unescapeUri } from '@unisono/sip';
import type { Directory, Who } from './directory.ts';
import {
  GIVE_UP_MS,
  type Group,
  isLive,
  knowsMicrophone,
  type Leg,
  noteAnswer,
  noteElsewhere,
  noteInfoAnswer,
  noteMicrophone,
  noteMove,
} from './leg.ts';
import { mediaKeyOf } from './phone-media.ts';
import type { WireMessage } from './wire.ts';

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
        if (!leg || wire.direction === 'out') return;
        leg.referredBy = wire.number;
        noteMove(leg.group, wire.number);
        return;
      case 'INFO':
        if (leg && wire.direction === 'in') noteMicrophone(leg, request);
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
    const group = this.#groupFor(wire, key);
    const who = this.#directory.of(wire.peer);
    const leg: Leg = {
      callId: request.callId,
      who,
      address: wire.peer,
      role: wire.direction === 'in' ? 'caller' : 'callee',
      dialled: uri && (uri.scheme === 'sip' || uri.scheme === 'sips') ? unescapeUri(uri.user ?? '') : '',
      hasOffer: request.body.length > 0,
      isTakeover: request.headers.has('Replaces'),
      maxForwards: Number(request.headers.get('Max-Forwards')),
      group,
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
      gatewayTag: wire.direction === 'out' ? request.from.tag : undefined,
      deviceTag: undefined,
      follows: this.#followedBy(wire, request, group, who),
      isWithheld: wire.direction === 'in' && request.headers.hasToken('Privacy', 'id'),
      takesMicrophone: wire.direction === 'in' && knowsMicrophone(request),
      isMuted: wire.direction === 'out' && request.headers.has('Unisono-Microphone'),
      told: undefined,
      referredBy: 0,
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

  /** By Replaces, or because another device pushes its call. */
  #followedBy(wire: WireMessage, request: SipRequest, group: Group, who: Who): Leg | undefined {
    const replaced = request.headers.get('Replaces')?.split(';')[0];
    if (replaced !== undefined) return this.legs.get(replaced);
    if (wire.direction === 'in' || !request.headers.has('Unisono-Moved-From')) return undefined;
    const pushed = [...group.legs].filter(
      ({ who: { station }, referredBy }) => station === who.station && referredBy > 0,
    );
    return pushed.toSorted((a, b) => a.referredBy - b.referredBy).at(-1);
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
    if (leg && response.cseq.method === 'INFO' && wire.direction === 'out') noteInfoAnswer(leg, response);
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
      noteAnswer(leg, response);
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
