import { HeaderList } from './headers.ts';
import { type NameAddr, parseNameAddr } from './name-addr.ts';
import { CALL_ID, DIGIT, endOf, isAll, parseDecimal, TOKEN } from './octets.ts';
import { firstElement, skipBlanks } from './text.ts';
import { parseUri, type Uri } from './uri.ts';
import { parseVia, type Via } from './via.ts';

/** CSeq (RFC 3261 §20.16). */
export interface CSeq {
  readonly sequence: number;
  readonly method: string;
}

/** The fields no message lives without (RFC 3261 §8.1.1), decoded. The parser guarantees them. */
export interface EssentialFields {
  readonly via: Via;
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly callId: string;
  readonly cseq: CSeq;
}

export const NO_BODY: Buffer = Buffer.alloc(0);

/** Fields that have been decoded so far. */
type Decoded = { -readonly [Name in keyof EssentialFields]?: EssentialFields[Name] };

abstract class MessageBase {
  readonly headers: HeaderList;
  /** The body; a view into the received datagram or segment, valid as long as the message is held. */
  body: Buffer;
  readonly #decoded: Decoded;
  /** What `#contact` was read from. */
  #contactField: string | undefined;
  #contact: NameAddr | undefined;

  constructor(headers: HeaderList, body: Buffer, essentials: EssentialFields | undefined) {
    this.headers = headers;
    this.body = body;
    this.#decoded = essentials ?? {};
  }

  /** Topmost Via as received; like the others below, it does not follow later changes of `headers`. */
  get via(): Via {
    this.#decoded.via ??= parseVia(firstElement(this.#field('Via'))) ?? incomplete('Via');
    return this.#decoded.via;
  }

  get from(): NameAddr {
    this.#decoded.from ??= parseNameAddr(this.#field('From')) ?? incomplete('From');
    return this.#decoded.from;
  }

  get to(): NameAddr {
    this.#decoded.to ??= parseNameAddr(this.#field('To')) ?? incomplete('To');
    return this.#decoded.to;
  }

  get callId(): string {
    this.#decoded.callId ??= this.#field('Call-ID');
    return this.#decoded.callId;
  }

  get cseq(): CSeq {
    this.#decoded.cseq ??= parseCSeq(this.#field('CSeq')) ?? incomplete('CSeq');
    return this.#decoded.cseq;
  }

  /** The Contact's first element; undefined when absent or malformed. */
  get contact(): NameAddr | undefined {
    const field = this.headers.get('Contact');
    if (field !== this.#contactField) {
      this.#contactField = field;
      this.#contact = field === undefined ? undefined : parseNameAddr(firstElement(field));
    }
    return this.#contact;
  }

  #field(name: 'Via' | 'From' | 'To' | 'Call-ID' | 'CSeq'): string {
    return this.headers.get(name) ?? incomplete(name);
  }
}

/** Thrown when a message built here is asked for a field it was never given: a bug of ours. */
export class IncompleteMessageError extends Error {
  readonly code = 'SIP_INCOMPLETE_MESSAGE';
  constructor(name: string) {
    super(`${name} is missing or malformed: it must be set before it is read.`);
  }
}

function incomplete(name: string): never {
  throw new IncompleteMessageError(name);
}

export class SipRequest extends MessageBase {
  readonly kind = 'request';
  readonly method: string;
  /** Request-URI as text. */
  uriText: string;
  #decodedUriText: string | undefined;
  #uri: Uri | undefined;

  constructor(
    method: string,
    uriText: string,
    headers = new HeaderList(),
    body: Buffer = NO_BODY,
    essentials?: EssentialFields,
  ) {
    super(headers, body, essentials);
    this.method = method;
    this.uriText = uriText;
  }

  /** The parsed Request-URI; undefined when it breaks the grammar. */
  get uri(): Uri | undefined {
    if (this.#decodedUriText !== this.uriText) {
      this.#decodedUriText = this.uriText;
      this.#uri = parseUri(this.uriText);
    }
    return this.#uri;
  }
}

export class SipResponse extends MessageBase {
  readonly kind = 'response';
  /** 100–699. */
  readonly status: number;
  readonly reason: string;

  constructor(
    status: number,
    reason: string,
    headers = new HeaderList(),
    body: Buffer = NO_BODY,
    essentials?: EssentialFields,
  ) {
    super(headers, body, essentials);
    this.status = status;
    this.reason = reason;
  }
}

export type SipMessage = SipRequest | SipResponse;

/** Decodes the essential fields; undefined when one is missing or malformed. */
export function decodeEssentials(headers: HeaderList): EssentialFields | undefined {
  const via = headers.get('Via');
  const from = headers.get('From');
  const to = headers.get('To');
  const callId = headers.get('Call-ID');
  const cseq = headers.get('CSeq');
  if (via === undefined || from === undefined || to === undefined || callId === undefined || cseq === undefined) {
    return undefined;
  }
  const parsedVia = parseVia(firstElement(via));
  const parsedFrom = parseNameAddr(from);
  const parsedTo = parseNameAddr(to);
  const parsedCSeq = parseCSeq(cseq);
  if (!parsedVia || !parsedFrom || !parsedTo || !parsedCSeq || !isCallId(callId)) return undefined;
  return { via: parsedVia, from: parsedFrom, to: parsedTo, callId, cseq: parsedCSeq };
}

/** A Call-ID holds no blanks; the other characters that RFC 3261 §25.1 leaves out are harmless. */
export function isCallId(text: string): boolean {
  return text !== '' && isAll(CALL_ID, text);
}

/** Parses `4711 INVITE`; the number is below 2^31 (RFC 3261 §8.1.1.5). */
export function parseCSeq(text: string): CSeq | undefined {
  const digitsEnd = endOf(DIGIT, text, 0);
  const sequence = parseDecimal(text, 0x7fff_ffff, 0, digitsEnd);
  const method = skipBlanks(text, digitsEnd);
  if (sequence === undefined || method === digitsEnd) return undefined;
  return method < text.length && isAll(TOKEN, text, method) ? { sequence, method: text.slice(method) } : undefined;
}
