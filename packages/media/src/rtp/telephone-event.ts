/*
 * Telephone events (RFC 4733 §2.3)
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |     event     |E|R| volume    |          duration             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** Octets of one event in a payload. */
export const TELEPHONE_EVENT_OCTETS = 4;
const DIGITS = '0123456789*#ABCD';

/** Event code of a digit `0–9 * # A–D`, undefined for anything else. */
export function eventOfDigit(digit: string): number | undefined {
  const code = digit.length === 1 ? DIGITS.indexOf(digit.toUpperCase()) : -1;
  return code < 0 ? undefined : code;
}

/** Digit of an event code, undefined for events that are no DTMF digit. */
export function digitOfEvent(event: number): string | undefined {
  return DIGITS[event];
}

/** Writes one event at `at`; `durationUnits` counts the RTP clock and is at most 65,535. */
export function writeTelephoneEvent(
  packet: Buffer,
  at: number,
  event: number,
  isEnd: boolean,
  volumeDbm0: number,
  durationUnits: number,
): void {
  packet[at] = event;
  packet[at + 1] = (isEnd ? 0x80 : 0) | (volumeDbm0 & 0x3f);
  packet.writeUInt16BE(Math.min(durationUnits, 0xffff), at + 2);
}
