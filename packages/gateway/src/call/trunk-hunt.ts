import type { DivertReason, Trunk, TrunkAttempt } from '@unisono/pbx';
import {
  type ExtraHeaders,
  escapeUser,
  type InviteOutcome,
  type Payload,
  type SipResponse,
  type Timer,
} from '@unisono/sip';
import type { ChannelLease } from '../trunk/channels.ts';
import { addressingOf, contactUserOf } from '../trunk/trunk-address.ts';
import { Branch, type BranchAnswer, type BranchOwner } from './branch.ts';
import { diversionHeader, shownOutside, sipReason } from './identity-headers.ts';
import type { RecordBuilder } from './record-builder.ts';
import type { CallServices } from './services.ts';

/** How hunting ended without an answer: what the far end said, or that no trunk could carry the call. */
export type HuntEnd =
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string; readonly hasAlerted?: boolean }
  | { readonly kind: 'no-trunk' };

export interface HuntOwner {
  onAlerting(response: SipResponse, payload: Payload | undefined): void;
  onAnswered(answer: BranchAnswer, group: string, lease: ChannelLease): void;
  onHuntEnd(end: HuntEnd): void;
}

export interface HuntRequest {
  readonly attempts: readonly TrunkAttempt[];
  readonly offer: Payload | undefined;
  readonly maxForwards: number;
  readonly isEmergency: boolean;
  /** The caller asked to withhold the number. */
  readonly isWithheld: boolean;
  /** Somebody else has the call when no trunk carries it: not even the last one is waited for in vain. */
  readonly hasWayBack?: boolean;
  /** Why the station that sends the call out did so. */
  readonly divertReason?: DivertReason | undefined;
}

/** Longest an outside call rings before it is given up (RFC 3261 §16.6, Timer C). */
export const OUTSIDE_RING_MS = 180_000;

/** Far ends stop ringing by themselves when they hear nothing more of us (RFC 3261 §13.3.1), a little after we would have stopped them. */
const OUTSIDE_EXPIRES: ExtraHeaders = [['Expires', String(OUTSIDE_RING_MS / 1_000 + 15)]];

/** A trunk that says nothing at all for so long is passed over while there is another way; Timer B would take 32 s. */
export const TRUNK_SILENCE_MS = 4_000;

/** Answers that say: not by this way. The next trunk is tried (RFC 3398 has the same line between way and callee). */
const OVERFLOW = new Set([401, 403, 407, 408, 480, 500, 501, 502, 503, 504, 505, 513, 580]);
/** 480 from the far end is about the callee when the call had rung. */
const OVERFLOW_UNLESS_ALERTED = new Set([408, 480]);

interface Way {
  readonly attempt: TrunkAttempt;
  readonly trunk: Trunk;
}

/** Tries the trunks of a route one after another until one carries the call. */
export class TrunkHunt implements BranchOwner {
  readonly #services: CallServices;
  readonly #request: HuntRequest;
  readonly #records: RecordBuilder;
  readonly #owner: HuntOwner;
  readonly #ways: Way[];
  #branch: Branch | undefined;
  #lease: ChannelLease | undefined;
  #group = '';
  #timer: Timer | undefined;
  #silence: Timer | undefined;
  #hasAlerted = false;
  #isOver = false;
  #last: HuntEnd = { kind: 'no-trunk' };

  constructor(services: CallServices, request: HuntRequest, records: RecordBuilder, owner: HuntOwner) {
    this.#services = services;
    this.#request = request;
    this.#records = records;
    this.#owner = owner;
    this.#ways = request.attempts.flatMap((attempt) => attempt.trunks.map((trunk) => ({ attempt, trunk })));
  }

  start(): void {
    this.#timer = this.#services.clock.startTimer(OUTSIDE_RING_MS, this, 'timerC' as const);
    this.#next();
  }

  cancel(reason?: string): void {
    if (this.#isOver) return;
    this.#finish();
    this.#branch?.cancel(reason);
    if (this.#branch) this.#records.ended(this.#branch.record, 487);
    this.#lease?.release();
  }

  onTimer(tag: 'timerC' | 'silence'): void {
    if (this.#isOver) return;
    if (tag === 'silence') return this.#passOver();
    this.cancel(sipReason(408, 'No answer'));
    this.#owner.onHuntEnd({ kind: 'refused', status: 408, reason: 'No Answer', hasAlerted: true });
  }

  onBranchAlerting(branch: Branch, response: SipResponse, payload: Payload | undefined): void {
    this.#hasAlerted = true;
    this.#records.alerting(branch.record);
    this.#owner.onAlerting(response, payload);
  }

  onBranchAnswered(answer: BranchAnswer): void {
    const lease = this.#lease;
    this.#finish();
    this.#records.answered(answer.branch.record);
    if (lease) this.#owner.onAnswered(answer, this.#group, lease);
  }

  onBranchFailed(branch: Branch, outcome: InviteOutcome): void {
    const status = outcome.kind === 'refused' ? outcome.response.status : 408;
    this.#records.ended(branch.record, status);
    this.#lease?.release();
    if (this.#isOver) return;
    if (outcome.kind === 'refused') {
      this.#last = { kind: 'refused', status, reason: outcome.response.reason, hasAlerted: this.#hasAlerted };
      const isAboutTheCallee = !OVERFLOW.has(status) || (this.#hasAlerted && OVERFLOW_UNLESS_ALERTED.has(status));
      // Whatever one provider makes of an emergency number, the next may know better.
      if (isAboutTheCallee && !this.#request.isEmergency) return this.#end();
    }
    this.#next();
  }

  #next(): void {
    const way = this.#ways.shift();
    if (!way) return this.#end();
    const lease = this.#services.trunks.seize(way.attempt.trunkGroup, way.trunk, this.#request.isEmergency);
    if (!lease) return this.#next();
    this.#lease = lease;
    this.#group = way.attempt.trunkGroup;
    this.#services.trunks.locate(way.trunk, (hops) => {
      if (this.#isOver) return lease.release();
      if (hops.length === 0) {
        lease.release();
        return this.#next();
      }
      this.#branch = this.#makeBranch(way, hops);
      this.#branch.start();
      this.#silence?.cancel();
      this.#silence = this.#services.clock.startTimer(TRUNK_SILENCE_MS, this, 'silence' as const);
    });
  }

  /** Whoever answers late finds the call taken back. */
  #passOver(): void {
    const hasOtherWay = this.#ways.length > 0 || this.#request.hasWayBack === true;
    if (!this.#branch || this.#branch.hasBeenHeard || !hasOtherWay) return;
    this.#branch.cancel();
    this.#records.ended(this.#branch.record, 408);
    this.#lease?.release();
    this.#next();
  }

  #makeBranch({ attempt, trunk }: Way, hops: readonly Parameters<CallServices['ua']['contactFor']>[0][]): Branch {
    const { trunks, ua } = this.#services;
    const { domain, uriHost } = addressingOf(trunk);
    const uriText = `sip:${escapeUser(attempt.number)}@${uriHost}`;
    const shown = shownOutside(
      {
        number: attempt.callerNumber,
        name: attempt.callerName,
        isWithheld: attempt.isWithheld || this.#request.isWithheld,
      },
      domain,
    );
    return new Branch(
      ua,
      {
        uriText,
        hops,
        routes: [],
        hopIsOnlyWay: false,
        authenticator: trunks.digestFor(attempt.trunkGroup, trunk),
        onHopFailed: (hop) => trunks.hopFailed(trunk, hop),
      },
      {
        from: shown.from,
        to: `<${uriText}>`,
        contactUser: contactUserOf(trunk) ?? attempt.callerNumber ?? '',
        headers: [...shown.headers, ...this.#diversion(attempt, domain), ...OUTSIDE_EXPIRES],
        offer: this.#request.offer,
        maxForwards: this.#request.maxForwards,
      },
      this.#records.leg(`trunk:${attempt.trunkGroup}/${trunk.id}`, undefined),
      this,
    );
  }

  #diversion(attempt: TrunkAttempt, domain: string): ExtraHeaders {
    if (attempt.divertedBy === undefined) return [];
    return diversionHeader(attempt.divertedBy, undefined, this.#request.divertReason ?? 'unconditional', domain);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#owner.onHuntEnd(this.#last);
  }

  #finish(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#silence?.cancel();
  }
}
