import { sequenceDistance, timestampDistance } from './sequence.ts';

/** Largest step forwards or back in sequence numbers that is taken for loss or reordering (RFC 3550 A.1). */
const MAX_DROPOUT = 3_000;
const MAX_MISORDER = 100;

/** What was received of one source so far. */
export interface ReceiveSnapshot {
  readonly ssrc: number;
  readonly packets: number;
  readonly octets: number;
  /** Expected less received, never below zero (RFC 3550 A.3). */
  readonly lost: number;
  /** Share of packets lost since the start, 0 … 1. */
  readonly lossRatio: number;
  /** Interarrival jitter (RFC 3550 A.8). */
  readonly jitterMs: number;
}

/** Counts of one source for receiver reports (RFC 3550 §6.4.1, A.1, A.3, A.8). */
export class ReceiveStatistics {
  readonly #unitsPerMs: number;
  #ssrc = 0;
  #started = false;
  #baseExtended = 0;
  #maxSequence = 0;
  #cycles = 0;
  #badSequence = -1;
  #packets = 0;
  #octets = 0;
  #received = 0;
  #priorExpected = 0;
  #priorReceived = 0;
  #transit = 0;
  #hasTransit = false;
  #jitterUnits = 0;

  constructor(clockRateHz: number) {
    this.#unitsPerMs = clockRateHz / 1000;
  }

  get ssrc(): number {
    return this.#ssrc;
  }

  get hasSource(): boolean {
    return this.#started;
  }

  /**
   * Counts one packet; a new source starts anew. `measureJitter` is false for packets whose timestamp does not grow
   * with time (telephone-event). True when the source is another one than before.
   */
  receive(
    ssrc: number,
    sequenceNumber: number,
    timestamp: number,
    octets: number,
    nowMs: number,
    measureJitter: boolean,
  ): boolean {
    const isNew = !this.#started || ssrc !== this.#ssrc;
    if (isNew) this.#restart(ssrc, sequenceNumber);
    this.#packets++;
    this.#octets += octets;
    if (!this.#updateSequence(sequenceNumber)) return isNew;
    this.#received++;
    if (measureJitter) this.#updateJitter(timestamp, nowMs);
    return isNew;
  }

  /** Highest sequence number with its cycles in the upper half (RFC 3550 §6.4.1). */
  get extendedHighestSequence(): number {
    return (this.#cycles * 0x1_0000 + this.#maxSequence) % 0x1_0000_0000;
  }

  get jitterUnits(): number {
    return Math.floor(this.#jitterUnits);
  }

  /** Packets lost in all, as a receiver report tells it: may be negative with duplicates, 24 bits wide. */
  get cumulativeLost(): number {
    return Math.max(-0x80_0000, Math.min(0x7f_ffff, this.#expected() - this.#received));
  }

  /** Loss since the last call as a fraction of 256 (RFC 3550 A.3). */
  takeFractionLost(): number {
    const expected = this.#expected();
    const expectedInterval = expected - this.#priorExpected;
    const lostInterval = expectedInterval - (this.#received - this.#priorReceived);
    this.#priorExpected = expected;
    this.#priorReceived = this.#received;
    if (expectedInterval <= 0 || lostInterval <= 0) return 0;
    return Math.min(255, Math.floor((lostInterval * 256) / expectedInterval));
  }

  snapshot(): ReceiveSnapshot {
    const expected = this.#expected();
    const lost = Math.max(0, expected - this.#received);
    return {
      ssrc: this.#ssrc,
      packets: this.#packets,
      octets: this.#octets,
      lost,
      lossRatio: expected > 0 ? lost / expected : 0,
      jitterMs: this.#jitterUnits / this.#unitsPerMs,
    };
  }

  #expected(): number {
    return this.#started ? this.#cycles * 0x1_0000 + this.#maxSequence - this.#baseExtended + 1 : 0;
  }

  #restart(ssrc: number, sequenceNumber: number): void {
    this.#ssrc = ssrc;
    this.#started = true;
    this.#rebase(sequenceNumber);
    this.#packets = 0;
    this.#octets = 0;
  }

  #rebase(sequenceNumber: number): void {
    this.#baseExtended = sequenceNumber;
    this.#maxSequence = sequenceNumber;
    this.#cycles = 0;
    this.#badSequence = -1;
    this.#received = 0;
    this.#priorExpected = 0;
    this.#priorReceived = 0;
    this.#hasTransit = false;
    this.#jitterUnits = 0;
  }

  /** False when the packet is far off and not counted: RFC 3550 A.1 waits for a second one that follows it. */
  #updateSequence(sequenceNumber: number): boolean {
    const step = sequenceDistance(this.#maxSequence, sequenceNumber);
    if (step > MAX_DROPOUT || step < -MAX_MISORDER) {
      if (sequenceNumber !== this.#badSequence) {
        this.#badSequence = (sequenceNumber + 1) & 0xffff;
        return false;
      }
      this.#rebase(sequenceNumber);
      return true;
    }
    this.#badSequence = -1;
    if (step > 0) {
      if (sequenceNumber < this.#maxSequence) this.#cycles++;
      this.#maxSequence = sequenceNumber;
    }
    return true;
  }

  #updateJitter(timestamp: number, nowMs: number): void {
    const arrival = Math.round(nowMs * this.#unitsPerMs) % 0x1_0000_0000;
    const transit = timestampDistance(timestamp, arrival);
    const difference = Math.abs(timestampDistance(this.#transit, transit));
    this.#transit = transit;
    if (this.#hasTransit) this.#jitterUnits += (difference - this.#jitterUnits) / 16;
    this.#hasTransit = true;
  }
}
