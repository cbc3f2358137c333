import type { CallerIdentity } from '@unisono/pbx';
import type { Clock } from '@unisono/sip';
import type { CallConference, CallLeg, CallParty, CallRecord, CallRecordStore, CallResult } from '../ports.ts';

/** A leg of a call while it runs; times are filled in as they come. */
export class LegRecord {
  readonly kind: string;
  readonly station: string | undefined;
  readonly startedAtMs: number;
  alertingAtMs: number | undefined;
  answeredAtMs: number | undefined;
  endedAtMs: number | undefined;
  status: number | undefined;

  constructor(kind: string, station: string | undefined, startedAtMs: number) {
    this.kind = kind;
    this.station = station;
    this.startedAtMs = startedAtMs;
  }
}

/** Most that a record repeats of why a number was not reached. */
const MAX_REASON_CHARS = 160;

/** Gathers the one record of a call and hands it to the store exactly twice: when it opens and when it ends. */
export class RecordBuilder {
  readonly id: string;
  readonly #clock: Clock;
  readonly #store: CallRecordStore;
  readonly #startedAtMs: number;
  #legs: readonly LegRecord[] = [];
  #diversions: readonly { readonly station: string; readonly reason: string }[] = [];
  #caller: CallParty;
  #dialled = '';
  #callee: CallParty | undefined;
  #alertingAtMs: number | undefined;
  #answeredAtMs: number | undefined;
  #cameBack: string | undefined;
  #isEmergency = false;
  #isCallerWithheld = false;
  #conference: CallConference | undefined;
  #isClosed = false;

  constructor(id: string, caller: CallParty, clock: Clock, store: CallRecordStore) {
    this.id = id;
    this.#caller = caller;
    this.#clock = clock;
    this.#store = store;
    this.#startedAtMs = clock.epochMs();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get startedAtMs(): number {
    return this.#startedAtMs;
  }

  /** The record as it would be if it were told now. */
  get now(): CallRecord {
    return this.#record(undefined, undefined);
  }

  open(dialled: string): void {
    this.#dialled = dialled;
    this.#store.open(this.#record(undefined, undefined));
  }

  callee(party: CallParty): void {
    this.#callee = party;
  }

  callerWithheld(): void {
    this.#isCallerWithheld = true;
  }

  emergency(): void {
    this.#isEmergency = true;
  }

  /** One end of the call sits in a conference, or has left it: `name` is with whom it is, or was. */
  conference(side: CallConference['side'], name: string): void {
    const { joinedAtMs = this.#clock.epochMs() } = this.#conference ?? {};
    this.#conference = { side, joinedAtMs, name };
  }

  diverted(station: string, reason: string): void {
    this.#diversions = [...this.#diversions, { station, reason }];
  }

  /** Whom the station had sent the call on to was not reached: the call is the station's again. */
  cameBack(station: string, reason: string): void {
    const at = this.#diversions.findLastIndex((one) => one.station === station);
    this.#diversions = this.#diversions.toSpliced(at, at < 0 ? 0 : 1);
    this.#cameBack ??= `The number it was sent on to was not reached: ${reason.slice(0, MAX_REASON_CHARS)}`;
  }

  leg(kind: string, station: string | undefined): LegRecord {
    const leg = new LegRecord(kind, station, this.#clock.epochMs());
    // Not pushed: that makes room for sixteen more, in every call.
    this.#legs = [...this.#legs, leg];
    return leg;
  }

  alerting(leg: LegRecord): void {
    leg.alertingAtMs ??= this.#clock.epochMs();
    // Whoever rings after a transfer does not alert a call that was answered before.
    if (this.#answeredAtMs === undefined) this.#alertingAtMs ??= leg.alertingAtMs;
  }

  answered(leg: LegRecord): void {
    leg.answeredAtMs = this.#clock.epochMs();
    leg.status = 200;
    this.#answeredAtMs ??= leg.answeredAtMs;
  }

  ended(leg: LegRecord, status: number): void {
    leg.endedAtMs ??= this.#clock.epochMs();
    leg.status ??= status;
  }

  close(result: CallResult, detail: string | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const nowMs = this.#clock.epochMs();
    for (const leg of this.#legs) leg.endedAtMs ??= nowMs;
    const details = [detail, this.#cameBack].filter((one) => one !== undefined);
    this.#store.close(this.#record(result, details.length > 0 ? details.join('. ') : undefined));
  }

  #record(result: CallResult | undefined, detail: string | undefined): CallRecord {
    return {
      id: this.id,
      caller: this.#caller,
      dialled: this.#dialled,
      callee: this.#callee,
      diversions: this.#diversions,
      startedAtMs: this.#startedAtMs,
      alertingAtMs: this.#alertingAtMs,
      // Who gave up before hearing of the answer had none; the leg still says who answered.
      answeredAtMs: result === 'cancelled' ? undefined : this.#answeredAtMs,
      endedAtMs: result === undefined ? undefined : this.#clock.epochMs(),
      result,
      detail,
      isEmergency: this.#isEmergency,
      ...(this.#isCallerWithheld && { isCallerWithheld: true }),
      ...(this.#conference && { conference: this.#conference }),
      legs: this.#legs.map(recordOf),
    };
  }
}

/** As it is now. Named one by one: to spread an object of a class takes a microsecond. */
function recordOf({ kind, station, startedAtMs, alertingAtMs, answeredAtMs, endedAtMs, status }: LegRecord): CallLeg {
  return { kind, station, startedAtMs, alertingAtMs, answeredAtMs, endedAtMs, status };
}

/** A party of the record from what others see of it. */
export function partyOf(identity: CallerIdentity, trunkGroup?: string): CallParty {
  return {
    number: identity.number,
    name: identity.name,
    station: identity.station,
    user: identity.user,
    trunkGroup,
  };
}
