import type { Direction, Origin } from './model.ts';

/*
 * What call control asks of every body it passes on, answered by one walk over the text and without a parse. All of
 * it bears with bodies that are no session description: they have no direction to tell and no origin to change.
 */

const CR = 13;
const EQUALS = 61;
const LETTER_A = 97;
const LETTER_C = 99;
const LETTER_M = 109;

const DIRECTIONS: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/**
 * Direction of the first audio stream that is not rejected, as seen by the sender of the body; the first stream of
 * any kind when there is no audio. `c=` 0.0.0.0 or :: takes the receiving half away: the hold of RFC 2543
 * (RFC 3264 §8.4). Without any stream, or with all of them rejected: `inactive`.
 */
export function mediaDirection(body: string): Direction {
  const first = scanStreams(body, true);
  return first ?? scanStreams(body, false) ?? 'inactive';
}

/** True when the sender of the body wants to hear nothing: any form of hold. */
export function isHold(body: string): boolean {
  const direction = mediaDirection(body);
  return direction === 'sendonly' || direction === 'inactive';
}

/** The version in `o=`, or undefined when there is no readable `o=` line. */
export function sessionVersion(body: string): string | undefined {
  return originWords(body)?.[2];
}

/** The parts of `o=`, or undefined when there is no readable `o=` line. */
export function originOf(body: string): Origin | undefined {
  const words = originWords(body);
  if (!words) return undefined;
  const [username, sessionId, version, netType, addressType, host] = words;
  return { username, sessionId, sessionVersion: version, netType, addressType, host };
}

/** The body with some parts of `o=` replaced; unchanged when there is no readable `o=` line. */
export function rewriteOrigin(body: string, change: Partial<Origin>): string {
  const line = originLine(body);
  const origin = originOf(body);
  if (!line || !origin) return body;
  const o = { ...origin, ...change };
  const text = [o.username, o.sessionId, o.sessionVersion, o.netType, o.addressType, o.host].join(' ');
  return body.slice(0, line.start) + text.replace(/[\r\n\0]+/g, ' ') + body.slice(line.end);
}

/** The body with the version in `o=` one higher (RFC 3264 §8: one more for every change). */
export function bumpVersion(body: string): string {
  const version = sessionVersion(body);
  return version === undefined ? body : rewriteOrigin(body, { sessionVersion: nextVersion(version) });
}

/** The number after `version`, however many digits it has. */
export function nextVersion(version: string): string {
  return /^[0-9]+$/.test(version) ? (BigInt(version) + 1n).toString() : '1';
}

/** True when both bodies say the same beside the whole `o=` line. */
export function sameMedia(a: string, b: string): boolean {
  return equalExcept(a, originLine(a), b, originLine(b));
}

/**
 * True when `next` changes nothing of `previous`: the same text, whatever the version in `o=` says. Such a re-INVITE
 * only refreshes the session (RFC 4028 §7.4).
 */
export function isRefresh(previous: string, next: string): boolean {
  return previous === next || equalExcept(previous, versionSpan(previous), next, versionSpan(next));
}

interface Span {
  readonly start: number;
  readonly end: number;
}

type OriginWords = readonly [string, string, string, string, string, string];

function scanStreams(body: string, audioOnly: boolean): Direction | undefined {
  let session: Direction = 'sendrecv';
  let sessionHeld = false;
  let stream: Direction | undefined;
  let held = false;
  let inMedia = false;
  let wanted = false;
  for (let at = 0; at < body.length; ) {
    let end = body.indexOf('\n', at);
    if (end < 0) end = body.length;
    if (body.charCodeAt(at + 1) === EQUALS) {
      const letter = body.charCodeAt(at);
      if (letter === LETTER_M) {
        if (wanted) break;
        inMedia = true;
        wanted = (!audioOnly || body.startsWith('audio ', at + 2)) && !isRejected(body, at, end);
        stream = session;
        held = sessionHeld;
      } else if (letter === LETTER_A) {
        const direction = directionAt(body, at + 2, end);
        if (direction && inMedia) stream = direction;
        else if (direction) session = direction;
      } else if (letter === LETTER_C) {
        const black = isBlackHole(body, at + 2, end);
        if (inMedia) held = black;
        else sessionHeld = black;
      }
    }
    at = end + 1;
  }
  if (!wanted || !stream) return undefined;
  return held ? withoutReceiving(stream) : stream;
}

/** RFC 3264 §8.4: with a black hole as its address a side can send, and receives nothing. */
export function withoutReceiving(direction: Direction): Direction {
  return direction === 'sendrecv' || direction === 'sendonly' ? 'sendonly' : 'inactive';
}

function directionAt(body: string, start: number, end: number): Direction | undefined {
  const length = lineEnd(body, end) - start;
  if (length !== 8) return undefined;
  return DIRECTIONS.find((direction) => body.startsWith(direction, start));
}

function isBlackHole(body: string, start: number, end: number): boolean {
  return isBlackHoleAddress(body.slice(start, lineEnd(body, end)).trim().split(/ +/)[2] ?? '');
}

/** The unspecified address of either family, in any of its spellings. */
export function isBlackHoleAddress(host: string): boolean {
  return host === '0.0.0.0' || /^[0:]*:[0:]*$/.test(host);
}

function isRejected(body: string, start: number, end: number): boolean {
  const space = body.indexOf(' ', start);
  return space > 0 && space < end && body.startsWith(' 0 ', space);
}

/** End of the line without its CR. */
function lineEnd(body: string, end: number): number {
  return body.charCodeAt(end - 1) === CR ? end - 1 : end;
}

function originLine(body: string): Span | undefined {
  const at = body.startsWith('o=') ? 0 : body.indexOf('\no=') + 1;
  if (at === 0 && !body.startsWith('o=')) return undefined;
  const start = at + 2;
  let end = body.indexOf('\n', start);
  if (end < 0) end = body.length;
  return { start, end: lineEnd(body, end) };
}

function originWords(body: string): OriginWords | undefined {
  const line = originLine(body);
  if (!line) return undefined;
  const words = body.slice(line.start, line.end).trim().split(/ +/);
  const [id, version, netType, addressType, host] = words.slice(-5);
  if (words.length < 6 || !id || !version || !netType || !addressType || !host) return undefined;
  return [words.slice(0, -5).join(' '), id, version, netType, addressType, host];
}

/** Where the version stands: third word from the left of the last five. */
function versionSpan(body: string): Span | undefined {
  const line = originLine(body);
  if (!line) return undefined;
  let end = line.end;
  for (let words = 0; words < 3; words++) end = body.lastIndexOf(' ', end - 1);
  const start = body.lastIndexOf(' ', end - 1) + 1;
  return start > line.start && end > start ? { start, end } : undefined;
}

function equalExcept(a: string, spanA: Span | undefined, b: string, spanB: Span | undefined): boolean {
  if (!spanA || !spanB) return a === b;
  if (spanA.start !== spanB.start || a.length - spanA.end !== b.length - spanB.end) return false;
  return a.slice(0, spanA.start) === b.slice(0, spanB.start) && a.slice(spanA.end) === b.slice(spanB.end);
}
