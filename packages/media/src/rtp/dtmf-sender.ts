import { timestampDistance } from './sequence.ts';
import { eventOfDigit, writeTelephoneEvent } from './telephone-event.ts';

/** How long a digit lasts and how long it is quiet after it. */
export const DTMF_ON_MS = 200;
export const DTMF_GAP_MS = 50;
/** What a comma in a dial string waits. */
export const DTMF_PAUSE_MS = 2_000;
/** RFC 4733 §2.5.1.4: the end of an event is sent three times. */
const END_REPEATS = 3;
const VOLUME_DBM0 = 10;
const UNITS_PER_MS = 8;

/** One thing a dial string does: a digit, or a pause (event -1). */
interface Step {
  readonly event: number;
  readonly units: number;
}

/** True when every character is a digit `0–9 * # A–D` or a comma for a pause. */
export function isDialString(text: string): boolean {
  return /^[0-9*#A-Da-d,]+$/.test(text);
}

/**
 * Plays a dial string as RFC 4733 events. It has no clock of its own: for every frame it is asked what to send, given
 * the frame's timestamp. An event's start need not fall on a frame, so times are kept to the unit.
 */
export class DtmfSender {
  readonly #steps: Step[] = [];
  #startTimestamp: number | null = null;
  #endsSent = 0;
  #markerSent = false;

  /** Timestamp that belongs to the packet just written: the event's start. */
  timestamp = 0;
  /** True when the packet just written is the first of its event. */
  marker = false;

  /** Puts a dial string behind what is still to be played; characters that are no digit and no comma are left out. */
  enqueue(digits: string): void {
    for (const character of digits) {
      const event = eventOfDigit(character);
      if (event !== undefined) this.#steps.push({ event, units: DTMF_ON_MS * UNITS_PER_MS });
      if (event !== undefined) this.#steps.push({ event: -1, units: DTMF_GAP_MS * UNITS_PER_MS });
      if (character === ',') this.#steps.push({ event: -1, units: DTMF_PAUSE_MS * UNITS_PER_MS });
    }
  }

  get isIdle(): boolean {
    return this.#steps.length === 0;
  }

  clear(): void {
    this.#steps.length = 0;
    this.#startTimestamp = null;
    this.#nextEvent();
  }

  /**
   * Writes the event that belongs to the frame at `now` … `now + frameUnits` into `packet` at `at`. False when no
   * event is due: the frame is free for audio.
   */
  write(packet: Buffer, at: number, now: number, frameUnits: number): boolean {
    this.#skipPauses(now + frameUnits);
    const step = this.#steps[0];
    if (!step || step.event < 0) return false;
    const start = this.#startTimestamp ?? now;
    this.#startTimestamp = start;
    const elapsed = timestampDistance(start, now) + frameUnits;
    const isEnd = elapsed >= step.units;
    writeTelephoneEvent(packet, at, step.event, isEnd, VOLUME_DBM0, Math.min(elapsed, step.units));
    this.timestamp = start;
    this.marker = !this.#markerSent;
    this.#markerSent = true;
    if (isEnd && ++this.#endsSent === END_REPEATS) this.#advance(start + step.units);
    return true;
  }

  /** A pause ends when a frame reaches beyond it; what follows starts exactly where the pause ended. */
  #skipPauses(frameEnd: number): void {
    for (let step = this.#steps[0]; step && step.event < 0; step = this.#steps[0]) {
      const start = (this.#startTimestamp ?? frameEnd) >>> 0;
      this.#startTimestamp = start;
      if (timestampDistance(start + step.units, frameEnd) <= 0) return;
      this.#advance(start + step.units);
    }
  }

  #advance(timestamp: number): void {
    this.#steps.shift();
    this.#startTimestamp = this.#steps.length > 0 ? timestamp >>> 0 : null;
    this.#nextEvent();
  }

  #nextEvent(): void {
    this.#endsSent = 0;
    this.#markerSent = false;
  }
}
