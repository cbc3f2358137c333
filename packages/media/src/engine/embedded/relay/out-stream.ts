import { sequenceDistance } from '../../../rtp/sequence.ts';

/** Steps in sequence numbers that are loss or reordering; beyond, the source has started anew (RFC 3550 A.1). */
const MAX_AHEAD = 3_000;
/** Packets are told apart so far back; older ones are too late to be heard, but two in a row begin anew. */
const WINDOW = 31;

/**
 * The one stream that a party hears, made of whatever sources follow each other: it takes over the SSRC of the first and
 * keeps it, and numbers go on where they were when another source comes (RFC 3550 §5.1, RFC 3711 §9.1: an index must
 * not come twice under a key). Each number goes out once; late doubles are refused.
 */
export class OutStream {
  /** What goes into the packet that `accept` let pass. */
  sequenceNumber = 0;
  timestamp = 0;
  /** True for the first packet of a source. */
  isFirst = false;
  ssrc = 0;
  #hasStarted = false;
  #sourceLeg = -1;
  #sourceSsrc = 0;
  #sequenceOffset = 0;
  #timestampOffset = 0;
  #highest = 0;
  /** Bit n: number `highest - n` has gone out. */
  #sent = 0;
  #afterStraggler = -1;
  #lastTimestamp = 0;
  #lastMs = 0;

  get hasStarted(): boolean {
    return this.#hasStarted;
  }

  /** SSRC of the source that is passed on now. */
  get sourceSsrc(): number {
    return this.#sourceSsrc;
  }

  /** Added to the source's sequence numbers, modulo 2^16. */
  get sequenceOffset(): number {
    return this.#sequenceOffset;
  }

  /** Added to the source's timestamps, modulo 2^32. */
  get timestampOffset(): number {
    return this.#timestampOffset;
  }

  /** Takes the numbers of one packet; false: it must not go out. Allocates nothing. */
  accept(
    leg: number,
    ssrc: number,
    sequenceNumber: number,
    timestamp: number,
    nowMs: number,
    unitsPerMs: number,
  ): boolean {
    this.isFirst = false;
    if (!this.#hasStarted) this.#begin(leg, ssrc, sequenceNumber);
    else if (leg !== this.#sourceLeg || ssrc !== this.#sourceSsrc) {
      this.#goOn(leg, ssrc, sequenceNumber, timestamp, nowMs, unitsPerMs);
    }
    let out = (sequenceNumber + this.#sequenceOffset) & 0xffff;
    let step = sequenceDistance(this.#highest, out);
    // RFC 3550 A.1: far behind and in order is a source that numbers anew; a single one is a straggler.
    const isAnew = step < -WINDOW && sequenceNumber === this.#afterStraggler;
    this.#afterStraggler = step < -WINDOW ? (sequenceNumber + 1) & 0xffff : -1;
    if (step > MAX_AHEAD || step < -MAX_AHEAD || isAnew) {
      this.#goOn(leg, ssrc, sequenceNumber, timestamp, nowMs, unitsPerMs);
      out = (sequenceNumber + this.#sequenceOffset) & 0xffff;
      step = 1;
    }
    if (step > 0) {
      this.#sent = step > WINDOW ? 1 : ((this.#sent << step) | 1) >>> 0;
      this.#highest = out;
      this.#lastTimestamp = (timestamp + this.#timestampOffset) >>> 0;
      this.#lastMs = nowMs;
    } else {
      const bit = step < -WINDOW ? 0 : (1 << -step) >>> 0;
      if (bit === 0 || (this.#sent & bit) !== 0) return false;
      this.#sent = (this.#sent | bit) >>> 0;
    }
    this.sequenceNumber = out;
    this.timestamp = (timestamp + this.#timestampOffset) >>> 0;
    return true;
  }

  #begin(leg: number, ssrc: number, sequenceNumber: number): void {
    this.#hasStarted = true;
    this.ssrc = ssrc;
    this.#sourceLeg = leg;
    this.#sourceSsrc = ssrc;
    this.#highest = (sequenceNumber - 1) & 0xffff;
    this.isFirst = true;
  }

  #goOn(leg: number, ssrc: number, sequenceNumber: number, timestamp: number, nowMs: number, unitsPerMs: number): void {
    this.#sourceLeg = leg;
    this.#sourceSsrc = ssrc;
    this.#sequenceOffset = (this.#highest + 1 - sequenceNumber) & 0xffff;
    // Time went on in between, also for the listener.
    const pause = Math.max(1, Math.round((nowMs - this.#lastMs) * unitsPerMs));
    this.#timestampOffset = (this.#lastTimestamp + pause - timestamp) >>> 0;
    this.isFirst = true;
  }
}
