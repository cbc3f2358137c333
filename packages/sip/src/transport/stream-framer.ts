import { MAX_HEADER_SECTION_OCTETS, MAX_MESSAGE_OCTETS } from '../message/limits.ts';
import { type ParseFailure, parseContentLength, parseMessage } from '../message/parse.ts';

/** What a stream holds: messages, line breaks between them (keep-alives, RFC 5626 §4.4.1), or an end to all sense. */
export type Frame =
  /** The octets of one message, start line to end of body; the framer keeps no hold on them. */
  | { readonly kind: 'message'; readonly bytes: Buffer }
  /** Line breaks that stood together: two are a ping, one is a pong. */
  | { readonly kind: 'crlf'; readonly count: number }
  /** The stream cannot be cut any further; nothing follows. */
  | { readonly kind: 'failure'; readonly failure: ParseFailure };

const CR = 0x0d;
const LF = 0x0a;
const BLANK_LINE = Buffer.from('\r\n\r\n');
const EMPTY = Buffer.alloc(0);
/** A message this much smaller than the segment it came in is copied out, so that it does not hold the segment. */
const COPY_BELOW_SHARE = 0.5;

/** Cuts an octet stream into messages by Content-Length (RFC 3261 §18.3), however it was split on its way. Pure. */
export class StreamFramer {
  /** Octets not yet used: `#held` from `#start` to `#end`. */
  #held: Buffer = EMPTY;
  #start = 0;
  #end = 0;
  /** Up to here, counted from `#start`, no blank line begins. */
  #searched = 0;
  /** Octets of the message at `#start`, once its header section is whole; 0 before. */
  #messageOctets = 0;
  #isDead = false;

  /** True while part of a message is waiting for the rest of it. */
  get isMidMessage(): boolean {
    return !this.#isDead && this.#end > this.#start;
  }

  /** Octets waiting for the rest of their message. */
  get heldOctets(): number {
    return this.#end - this.#start;
  }

  /** Takes the next octets of the stream, which must not change afterwards; gives back what became whole with them. */
  push(bytes: Buffer): Frame[] {
    const frames: Frame[] = [];
    if (this.#isDead) return frames;
    this.#append(bytes);
    while (this.#next(frames));
    if (this.#start === this.#end) this.#forget();
    return frames;
  }

  #next(frames: Frame[]): boolean {
    if (this.#messageOctets === 0 && !this.#startMessage(frames)) return false;
    if (this.#end - this.#start < this.#messageOctets) return false;
    const from = this.#start;
    this.#start += this.#messageOctets;
    this.#messageOctets = 0;
    this.#searched = 0;
    frames.push({ kind: 'message', bytes: cut(this.#held, from, this.#start) });
    return this.#end > this.#start;
  }

  /** Finds the header section at `#start` and the length of its message; false when more octets are needed. */
  #startMessage(frames: Frame[]): boolean {
    if (this.#searched === 0) this.#skipLineBreaks(frames);
    if (this.#start === this.#end || this.#isHalfLineBreak()) return false;
    const held = this.#held.subarray(this.#start, this.#end);
    const headerEnd = held.indexOf(BLANK_LINE, Math.max(0, this.#searched - 3));
    if (headerEnd < 0 ? held.length > MAX_HEADER_SECTION_OCTETS + 4 : headerEnd > MAX_HEADER_SECTION_OCTETS) {
      return this.#fail(frames, held, 'Header Section Too Long', MAX_HEADER_SECTION_OCTETS, 513);
    }
    this.#searched = held.length;
    if (headerEnd < 0) return false;
    const bodyOctets = findContentLength(held.toString('latin1', 0, headerEnd + 2));
    if (typeof bodyOctets === 'string') {
      const status = bodyOctets === TOO_LARGE ? 513 : 400;
      return this.#fail(frames, held.subarray(0, headerEnd + 4), bodyOctets, headerEnd, status);
    }
    this.#messageOctets = headerEnd + 4 + bodyOctets;
    if (this.#messageOctets <= MAX_MESSAGE_OCTETS) return true;
    return this.#fail(frames, held.subarray(0, headerEnd + 4), TOO_LARGE, headerEnd, 513);
  }

  /** Line breaks before a start line are no part of it (§7.5). */
  #skipLineBreaks(frames: Frame[]): void {
    const held = this.#held;
    let count = 0;
    while (this.#start + 1 < this.#end && held[this.#start] === CR && held[this.#start + 1] === LF) {
      this.#start += 2;
      count++;
    }
    if (count > 0) frames.push({ kind: 'crlf', count });
  }

  #isHalfLineBreak(): boolean {
    return this.#end - this.#start === 1 && this.#held[this.#start] === CR;
  }

  #fail(frames: Frame[], head: Buffer, reason: string, offset: number, status: number): false {
    this.#isDead = true;
    this.#forget();
    frames.push({ kind: 'failure', failure: failureOf(head, reason, offset, status) });
    return false;
  }

  #forget(): void {
    this.#held = EMPTY;
    this.#start = this.#end = 0;
  }

  /** The octets that came first are used where they are; only when more are needed is there storage of our own. */
  #append(bytes: Buffer): void {
    const waiting = this.#end - this.#start;
    if (waiting === 0) {
      this.#held = bytes;
      this.#start = 0;
      this.#end = bytes.length;
      return;
    }
    if (this.#held.length - this.#end < bytes.length) this.#makeRoom(waiting + bytes.length);
    bytes.copy(this.#held, this.#end);
    this.#end += bytes.length;
  }

  /** Doubles, so that a message in single octets costs no more than twice its size in copies. */
  #makeRoom(octets: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(1024, 2 * octets));
    this.#held.copy(grown, 0, this.#start, this.#end);
    this.#held = grown;
    this.#end -= this.#start;
    this.#start = 0;
  }
}

function cut(held: Buffer, from: number, to: number): Buffer {
  const bytes = held.subarray(from, to);
  return bytes.length < held.length * COPY_BELOW_SHARE ? Buffer.from(bytes) : bytes;
}

const MISSING = 'Missing Content-Length';
const MALFORMED = 'Malformed Content-Length';
const CONTRADICTING = 'Contradicting Content-Length';
const TOO_LARGE = 'Message Too Large';
const CONTENT_LENGTH = /\r\n(?:content-length|l)[ \t]*:((?:[^\r]|\r\n[ \t])*)/gi;

/** The body's length as the header section says, or why it does not. Two different lengths are an attack. */
function findContentLength(head: string): number | string {
  let found: number | undefined;
  for (const match of head.matchAll(CONTENT_LENGTH)) {
    const text = (match[1] as string).trim();
    const length = parseContentLength(text);
    if (length === undefined) return /^\d+$/.test(text) ? TOO_LARGE : MALFORMED;
    if (found !== undefined && found !== length) return CONTRADICTING;
    found = length;
  }
  return found ?? MISSING;
}

/** A failure that knows as much of the message as can be read, so that it may be answered. */
function failureOf(head: Buffer, reason: string, offset: number, status: number): ParseFailure {
  const parsed = parseMessage(head.subarray(0, MAX_HEADER_SECTION_OCTETS));
  if (!parsed.ok) return { ok: false, reason, offset, status, start: parsed.start, headers: parsed.headers };
  const { message } = parsed;
  const start =
    message.kind === 'request'
      ? ({ kind: 'request', method: message.method, uriText: message.uriText } as const)
      : ({ kind: 'response', status: message.status, reason: message.reason } as const);
  return { ok: false, reason, offset, status, start, headers: message.headers };
}
