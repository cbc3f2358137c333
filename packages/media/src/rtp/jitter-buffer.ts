import type { RtpHeader } from './packet.ts';
import { sequenceDistance, timestampDistance } from './sequence.ts';

/** All codecs of the endpoints spend eight octets, and as many units of the RTP clock, on a millisecond. */
const UNITS_PER_MS = 8;
/** Octets of the ring, a power of two: a second and a little. */
const RING_OCTETS = 8_192;
/** A jump of timestamps by more than this is a new beginning and no gap. */
const MAX_GAP_UNITS = RING_OCTETS / 2;
/** How long a fast packet counts as the measure of the others. */
const WINDOW_MS = 5_000;
/** Share of the delay that is given back with each packet that came better than feared. */
const RELAX = 1 / 256;
/** So many frames of too much delay are cut out also in the middle of speech. */
const FORCED_FRAMES = 4;

export interface JitterBufferOptions {
  /** Least time that a packet waits beyond the fastest one. Default 20. */
  readonly minDelayMs?: number;
  /** Most; what comes later is lost. Default 200. */
  readonly maxDelayMs?: number;
}

/** What has to be known of a packet; an `RtpHeader` has it. */
export type PlacedPayload = Pick<RtpHeader, 'payloadStart' | 'payloadEnd' | 'timestamp' | 'sequenceNumber'>;

/** What `pull` gave. `lost`: a gap in speech, to be concealed. `idle`: nothing is being said. */
export type PulledFrame = 'speech' | 'lost' | 'idle';

export interface JitterSnapshot {
  readonly delayMs: number;
  readonly late: number;
  readonly lost: number;
  /** Frames left out and put in to follow the sender's clock and the delay that was found right. */
  readonly skipped: number;
  readonly inserted: number;
}

/**
 * Puts payload in its place by timestamp and gives it out at an even pace, as late as the network makes necessary: the
 * delay grows at once when packets come later, and shrinks slowly. It is changed where nobody hears it: in pauses.
 */
export class JitterBuffer {
  readonly #minDelayUnits: number;
  readonly #maxDelayUnits: number;
  readonly #ring = new Uint8Array(RING_OCTETS);
  readonly #isFilled = new Uint8Array(RING_OCTETS);
  /** Timestamp to give out next; null before the first packet. */
  #read: number | null = null;
  /** Timestamp after the last octet that came. */
  #head = 0;
  /** Up to this timestamp gaps are pauses. */
  #pauseEnd = 0;
  #sequenceNumber = 0;
  /** Arrival minus timestamp of the fastest packet: of this window and of the one before. */
  #fastest = 0;
  #fastestBefore = 0;
  #windowStartMs = 0;
  #delayUnits: number;
  #counts = { late: 0, lost: 0, skipped: 0, inserted: 0 };

  constructor({ minDelayMs = 20, maxDelayMs = 200 }: JitterBufferOptions = {}) {
    this.#minDelayUnits = minDelayMs * UNITS_PER_MS;
    this.#maxDelayUnits = maxDelayMs * UNITS_PER_MS;
    this.#delayUnits = this.#minDelayUnits;
  }

  /** Takes the payload of a packet; it is copied. `isNewSource` begins anew. */
  push(packet: Uint8Array, header: PlacedPayload, nowMs: number, isNewSource: boolean): void {
    const { payloadStart: start, payloadEnd: end, timestamp, sequenceNumber } = header;
    const octets = Math.min(end - start, MAX_GAP_UNITS);
    if (octets <= 0) return;
    const isFresh = this.#read === null || isNewSource;
    const gap = this.#read === null ? 0 : timestampDistance(this.#read, timestamp);
    if (isFresh || Math.abs(gap) > MAX_GAP_UNITS) this.#begin(timestamp, sequenceNumber, nowMs);
    else this.#observe(timestamp, nowMs);
    this.#notePause(timestamp, sequenceNumber);
    const read = this.#read ?? timestamp;
    const offset = timestampDistance(read, timestamp);
    if (offset + octets <= 0) {
      this.#counts.late++;
      return;
    }
    for (let i = Math.max(0, -offset); i < octets; i++) {
      const at = (timestamp + i) % RING_OCTETS;
      this.#ring[at] = packet[start + i] as number;
      this.#isFilled[at] = 1;
    }
    const next = (timestamp + octets) >>> 0;
    if (timestampDistance(this.#head, next) > 0) this.#head = next;
  }

  /**
   * Fills `out` from its start with the next `octets`. `isPause`: what was given out last was quiet, so a frame more or less
   * is not noticed.
   */
  pull(out: Uint8Array, octets: number, nowMs: number, isPause: boolean): PulledFrame {
    if (this.#read === null) return 'idle';
    const tooLate = timestampDistance(this.#read, this.#wanted(nowMs, this.#read));
    const canChange = isPause || !this.#hasAny(this.#read, octets);
    if (tooLate >= octets && (canChange || tooLate >= FORCED_FRAMES * octets)) this.#skip(octets);
    else if (-tooLate >= octets && canChange) {
      this.#counts.inserted++;
      return this.#isOver ? 'idle' : 'lost';
    }
    return this.#take(out, octets);
  }

  snapshot(): JitterSnapshot {
    return { delayMs: this.#delayUnits / UNITS_PER_MS, ...this.#counts };
  }

  /** Nothing that came is still to be given out. */
  get #isOver(): boolean {
    return this.#read === null || timestampDistance(this.#read, this.#head) <= 0;
  }

  #begin(timestamp: number, sequenceNumber: number, nowMs: number): void {
    this.#sequenceNumber = sequenceNumber;
    this.#isFilled.fill(0);
    this.#delayUnits = Math.max(this.#minDelayUnits, Math.min(this.#delayUnits, this.#maxDelayUnits));
    this.#read = (timestamp - this.#delayUnits) >>> 0;
    this.#head = this.#pauseEnd = timestamp;
    this.#fastest = this.#fastestBefore = transit(timestamp, nowMs);
    this.#windowStartMs = nowMs;
  }

  /** Timestamps that go on further than before without a packet missing: nothing was said in between. */
  #notePause(timestamp: number, sequenceNumber: number): void {
    const isNext = sequenceNumber === ((this.#sequenceNumber + 1) & 0xffff);
    if (isNext && timestampDistance(this.#head, timestamp) > 0) this.#pauseEnd = timestamp;
    if (isNext || sequenceDistance(this.#sequenceNumber, sequenceNumber) > 0) this.#sequenceNumber = sequenceNumber;
  }

  /** Learns from a packet how much later than the fastest they come. */
  #observe(timestamp: number, nowMs: number): void {
    const own = transit(timestamp, nowMs);
    if (nowMs - this.#windowStartMs > WINDOW_MS) {
      this.#fastestBefore = this.#fastest;
      this.#fastest = own;
      this.#windowStartMs = nowMs;
    } else if (timestampDistance(this.#fastest, own) < 0) this.#fastest = own;
    const lateness = timestampDistance(this.#reference, own) + this.#minDelayUnits;
    if (lateness > this.#delayUnits) this.#delayUnits = Math.min(lateness, this.#maxDelayUnits);
    else this.#delayUnits -= (this.#delayUnits - Math.max(lateness, this.#minDelayUnits)) * RELAX;
  }

  get #reference(): number {
    return timestampDistance(this.#fastestBefore, this.#fastest) < 0 ? this.#fastest : this.#fastestBefore;
  }

  /** The timestamp that should be given out now. */
  #wanted(nowMs: number, read: number): number {
    const wanted = (Math.round(nowMs * UNITS_PER_MS) - this.#reference - Math.round(this.#delayUnits)) >>> 0;
    return Math.abs(timestampDistance(read, wanted)) > RING_OCTETS ? read : wanted;
  }

  #hasAny(from: number, octets: number): boolean {
    for (let i = 0; i < octets; i++) if (this.#isFilled[(from + i) % RING_OCTETS]) return true;
    return false;
  }

  #skip(octets: number): void {
    for (let i = 0; i < octets; i++) this.#isFilled[((this.#read ?? 0) + i) % RING_OCTETS] = 0;
    this.#read = ((this.#read ?? 0) + octets) >>> 0;
    this.#counts.skipped++;
  }

  #take(out: Uint8Array, octets: number): PulledFrame {
    const read = this.#read ?? 0;
    const isOver = this.#isOver;
    let filled = 0;
    for (let i = 0; i < octets; i++) {
      const at = (read + i) % RING_OCTETS;
      filled += this.#isFilled[at] as number;
      out[i] = this.#ring[at] as number;
      this.#isFilled[at] = 0;
    }
    this.#read = (read + octets) >>> 0;
    if (filled === octets) return 'speech';
    if (isOver || timestampDistance(read, this.#pauseEnd) > 0) return 'idle';
    this.#counts.lost++;
    return 'lost';
  }
}

function transit(timestamp: number, nowMs: number): number {
  return (Math.round(nowMs * UNITS_PER_MS) - timestamp) >>> 0;
}
