import { timestampDistance } from './sequence.ts';
import { digitOfEvent, TELEPHONE_EVENT_OCTETS } from './telephone-event.ts';

/** A digit that was pressed at the other side. */
export interface DtmfDigit {
  /** One of `0–9 * # A–D`. */
  readonly digit: string;
  readonly durationMs: number;
}

/** Without any packet for this long a digit is over, though its end was never heard (RFC 4733 §2.5.2.1: lost ends). */
export const DTMF_SILENCE_MS = 200;
const UNITS_PER_MS = 8;
/** Packets of events this much older are no late repeats: the sender has begun a new timeline. */
const LATE_UNITS = 5_000 * UNITS_PER_MS;

/**
 * Turns packets of telephone-events into digits, each reported once: at the first packet with the end bit, or when
 * another event starts, or after `DTMF_SILENCE_MS` without packets. Knows an event by its timestamp (RFC 4733 §2.5.2.2).
 */
export class DtmfReceiver {
  readonly #report: (digit: DtmfDigit) => void;
  #event = -1;
  #timestamp = 0;
  #durationUnits = 0;
  #lastMs = 0;
  /** Timestamp of the event reported last: its repeated ends must not count again. */
  #reported: number | null = null;

  constructor(report: (digit: DtmfDigit) => void) {
    this.#report = report;
  }

  /** A payload of telephone-event that lies at `start` … `end` of `packet`. */
  receive(packet: Buffer, start: number, end: number, timestamp: number, nowMs: number): void {
    if (end - start < TELEPHONE_EVENT_OCTETS) return;
    const event = packet.readUInt8(start);
    if (digitOfEvent(event) === undefined || this.#isOld(timestamp)) return;
    if (this.#event >= 0 && (timestamp !== this.#timestamp || event !== this.#event)) this.#finish();
    this.#event = event;
    this.#timestamp = timestamp;
    this.#durationUnits = Math.max(this.#durationUnits, packet.readUInt16BE(start + 2));
    this.#lastMs = nowMs;
    if ((packet.readUInt8(start + 1) & 0x80) !== 0) this.#finish();
  }

  /** The source is another one: its timestamps have nothing to do with those before. */
  restart(): void {
    if (this.#event >= 0) this.#finish();
    this.#reported = null;
  }

  /** Call now and then: ends a digit whose packets stopped. */
  expire(nowMs: number): void {
    if (this.#event >= 0 && nowMs - this.#lastMs >= DTMF_SILENCE_MS) this.#finish();
  }

  #isOld(timestamp: number): boolean {
    if (this.#reported !== null && isLate(timestampDistance(this.#reported, timestamp))) return true;
    return this.#event >= 0 && timestamp !== this.#timestamp && isLate(timestampDistance(this.#timestamp, timestamp));
  }

  #finish(): void {
    const digit = digitOfEvent(this.#event) ?? '';
    const durationMs = Math.round(this.#durationUnits / UNITS_PER_MS);
    this.#reported = this.#timestamp;
    this.#event = -1;
    this.#durationUnits = 0;
    this.#report({ digit, durationMs });
  }
}

function isLate(distance: number): boolean {
  return distance <= 0 && distance > -LATE_UNITS;
}
