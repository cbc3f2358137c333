import { MAX_MEDIA_FORMATS, MAX_MEDIA_SECTIONS, MAX_SDP_LINES, MAX_SDP_OCTETS } from './limits.ts';
import type { MediaDescription, NetworkAddress, Origin, SdpBody, SdpLine, SessionDescription } from './model.ts';
import { sdpText } from './model.ts';

export type SdpErrorCode =
  | 'too-large'
  | 'too-many-lines'
  | 'too-many-media'
  | 'too-many-formats'
  | 'bad-line'
  | 'bad-version'
  | 'bad-origin'
  | 'bad-connection'
  | 'bad-media'
  | 'missing-line';

/** Why a body is no session description. */
export interface SdpError {
  readonly code: SdpErrorCode;
  /** A sentence for people. */
  readonly reason: string;
  /** First line is 1. */
  readonly line: number;
  /** Characters from the start of the text to the start of that line. */
  readonly offset: number;
}

export type SdpParseResult =
  | { readonly ok: true; readonly sdp: SessionDescription }
  | { readonly ok: false; readonly error: SdpError };

/** Characters that may stand in a `token` (RFC 8866 §9). */
const TOKEN = /^[!#$%&'*+\-.^_`{|}~0-9A-Za-z]+$/;
const DIGITS = /^[0-9]+$/;

/**
 * Reads a session description (RFC 8866); never throws. Order of the session's lines and unknown lines are kept, so
 * that printing a well-formed description gives the same text. Read generously: LF line ends, spaces at line ends,
 * spaces in the user name of `o=`, a missing `t=`. `v=`, `o=` and `s=` have to be the first three lines.
 */
export function parseSdp(body: SdpBody): SdpParseResult {
  if (body.length > MAX_SDP_OCTETS) {
    return failure('too-large', `the description is larger than ${MAX_SDP_OCTETS} octets`, 1, 0);
  }
  return new Parser(sdpText(body)).parse();
}

function failure(code: SdpErrorCode, reason: string, line: number, offset: number): SdpParseResult {
  return { ok: false, error: { code, reason, line, offset } };
}

class Parser {
  readonly #text: string;
  #next = 0;
  #offset = 0;
  #lineNumber = 0;
  #letter = '';
  #value = '';
  #error: SdpParseResult | null = null;
  readonly #media: MediaDescription[] = [];
  /** Lines of the section that is being read. */
  #lines: SdpLine[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  parse(): SdpParseResult {
    const origin = this.#version() && this.#take('o') ? this.#origin() : null;
    if (!origin || !this.#take('s')) return this.#failed();
    const name = this.#value;
    const lines = this.#lines;
    while (this.#nextLine() && this.#body());
    return this.#error ?? { ok: true, sdp: { origin, name, lines, media: this.#media } };
  }

  #failed(): SdpParseResult {
    return this.#error ?? failure('bad-line', 'the description cannot be read', this.#lineNumber, this.#offset);
  }

  #fail(code: SdpErrorCode, reason: string): null {
    this.#error ??= failure(code, reason, this.#lineNumber, this.#offset);
    return null;
  }

  /** Moves to the next line; false at the end or after an error. */
  #nextLine(): boolean {
    const text = this.#text;
    if (this.#error || this.#atEnd()) return false;
    this.#offset = this.#next;
    this.#lineNumber++;
    if (this.#lineNumber > MAX_SDP_LINES) {
      this.#fail('too-many-lines', `the description has more than ${MAX_SDP_LINES} lines`);
      return false;
    }
    let end = text.indexOf('\n', this.#next);
    if (end < 0) end = text.length;
    this.#next = end + 1;
    const stop = text.charCodeAt(end - 1) === 13 && end > this.#offset ? end - 1 : end;
    return this.#split(text.slice(this.#offset, stop));
  }

  /** Blank lines are borne with at the very end only. */
  #atEnd(): boolean {
    for (let i = this.#next; i < this.#text.length; i++) {
      const code = this.#text.charCodeAt(i);
      if (code !== 13 && code !== 10) return false;
    }
    return true;
  }

  #stepBeyondEnd(): void {
    this.#lineNumber++;
    this.#offset = Math.min(this.#next, this.#text.length);
  }

  #split(line: string): boolean {
    if (line.charCodeAt(1) !== 61 || /[\r\0]/.test(line) || !/^[a-zA-Z]/.test(line)) {
      this.#fail('bad-line', `line ${this.#lineNumber} is not of the form letter=value`);
      return false;
    }
    this.#letter = line.charAt(0);
    this.#value = line.slice(2);
    return true;
  }

  #version(): boolean {
    if (!this.#take('v')) return false;
    if (this.#value.trim() === '0') return true;
    this.#fail('bad-version', 'only version 0 of SDP is known');
    return false;
  }

  #take(letter: string): boolean {
    if (!this.#nextLine()) this.#stepBeyondEnd();
    else if (this.#letter === letter) return true;
    this.#fail('missing-line', `line ${this.#lineNumber} should be ${letter}=`);
    return false;
  }

  #origin(): Origin | null {
    const words = this.#value.trim().split(/ +/);
    const [sessionId = '', sessionVersion = '', netType = '', addressType = '', host = ''] = words.slice(-5);
    const username = words.slice(0, -5).join(' ');
    if (words.length < 6 || !DIGITS.test(sessionId) || !DIGITS.test(sessionVersion)) {
      return this.#fail('bad-origin', 'o= needs user name, session id, version, network type, address type, address');
    }
    return { username, sessionId, sessionVersion, netType, addressType, host };
  }

  #body(): boolean {
    if (this.#letter === 'm') return this.#mediaLine();
    const line = this.#plainLine();
    if (line) this.#lines.push(line);
    return line !== null;
  }

  #plainLine(): SdpLine | null {
    switch (this.#letter) {
      case 'c':
        return this.#connection();
      case 'a':
        return this.#attribute();
      case 'v':
      case 'o':
      case 's':
        return this.#fail('bad-line', `${this.#letter}= stands a second time or out of place`);
      default:
        return { kind: 'text', letter: this.#letter, text: this.#value };
    }
  }

  #connection(): SdpLine | null {
    const connection = readAddress(this.#value);
    if (!connection) return this.#fail('bad-connection', 'c= needs network type, address type and address');
    return { kind: 'connection', connection };
  }

  #attribute(): SdpLine | null {
    const colon = this.#value.indexOf(':');
    const name = colon < 0 ? this.#value.trimEnd() : this.#value.slice(0, colon);
    if (!TOKEN.test(name)) return this.#fail('bad-line', 'a= needs an attribute name');
    return { kind: 'attribute', name, value: colon < 0 ? null : this.#value.slice(colon + 1) };
  }

  #mediaLine(): boolean {
    if (this.#media.length >= MAX_MEDIA_SECTIONS) {
      this.#fail('too-many-media', `the description has more than ${MAX_MEDIA_SECTIONS} media sections`);
      return false;
    }
    const [media = '', ports = '', protocol = '', ...formats] = this.#value.trim().split(/ +/);
    const [portText = '', countText = '1', ...more] = ports.split('/');
    const port = number(portText, 65_535);
    const portCount = number(countText, 65_535);
    if (formats.length > MAX_MEDIA_FORMATS) {
      this.#fail('too-many-formats', `m= has more than ${MAX_MEDIA_FORMATS} formats`);
      return false;
    }
    if (!TOKEN.test(media) || port < 0 || portCount < 1 || more.length > 0 || !protocol || formats.length === 0) {
      this.#fail('bad-media', 'm= needs media type, port, protocol and at least one format');
      return false;
    }
    this.#lines = [];
    this.#media.push({ media, port, portCount, protocol, formats, lines: this.#lines });
    return true;
  }
}

function readAddress(value: string): NetworkAddress | null {
  const [netType, addressType, host, ...more] = value.trim().split(/ +/);
  if (!netType || !addressType || !host || more.length > 0) return null;
  return { netType, addressType, host };
}

function number(text: string, max: number): number {
  if (!DIGITS.test(text) || text.length > 6) return -1;
  const value = Number(text);
  return value <= max ? value : -1;
}
