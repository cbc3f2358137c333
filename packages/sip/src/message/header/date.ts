const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const FORM = /^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;

/** Parses Date, which is always in GMT (RFC 3261 §20.17), into milliseconds since 1970; undefined when malformed. */
export function parseDate(text: string): number | undefined {
  const match = FORM.exec(text);
  if (!match) return undefined;
  const [, day, monthName = '', year, hour, minute, second] = match;
  const month = MONTHS.indexOf(monthName);
  const epochMs = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  return month >= 0 && printDate(epochMs).slice(5) === text.slice(5) ? epochMs : undefined;
}

export function printDate(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${DAYS[date.getUTCDay()]}, ${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]}`;
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  return `${day} ${String(date.getUTCFullYear()).padStart(4, '0')} ${time} GMT`;
}

/** When the request was sent, in the sender's seconds, and how long the answer took (RFC 3261 §20.38). */
export interface Timestamp {
  readonly sentSec: number;
  readonly delaySec: number | undefined;
}

export function parseTimestamp(text: string): Timestamp | undefined {
  const match = /^(\d{1,15}(?:\.\d{0,9})?)(?:[ \t]+(\d{0,15}(?:\.\d{0,9})?))?$/.exec(text);
  if (!match) return undefined;
  const delay = match[2];
  return { sentSec: Number(match[1]), delaySec: delay === undefined || delay === '.' ? undefined : Number(delay) };
}

export function printTimestamp(timestamp: Timestamp): string {
  return timestamp.delaySec === undefined ? `${timestamp.sentSec}` : `${timestamp.sentSec} ${timestamp.delaySec}`;
}
