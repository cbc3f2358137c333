import { HeaderList } from './headers.ts';
import { type NameAddr, parseNameAddr } from './name-addr.ts';
import { parseUri, type Uri } from './uri.ts';
import { firstVia, parseVia, type Via } from './via.ts';

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

abstract class MessageBase {
  readonly headers: HeaderList;
  /** The body; a view into the received datagram or segment, valid as long as the message is held. */
  body: Buffer;
  #essentials: EssentialFields | undefined;

  constructor(headers: HeaderList, body: Buffer, essentials: EssentialFields | undefined) {
    this.headers = headers;
    this.body = body;
    this.#essentials = essentials;
  }

  /** Topmost Via as received; it does not follow later changes of `headers`. */
  get via(): Via {
    return this.#fields().via;
  }

  get from(): NameAddr {
    return this.#fields().from;
  }

  get to(): NameAddr {
    return this.#fields().to;
  }

  get callId(): string {
    return this.#fields().callId;
  }

  get cseq(): CSeq {
    return this.#fields().cseq;
  }

  /** The Contact's first element; undefined when absent or malformed. */
  get contact(): NameAddr | undefined {
    const value = this.headers.list('Contact')[0];
    return value === undefined ? undefined : parseNameAddr(value);
  }

  #fields(): EssentialFields {
    this.#essentials ??= decodeEssentials(this.headers);
    if (!this.#essentials) throw new IncompleteMessageError();
    return this.#essentials;
  }
}

/** Thrown when a message built here is asked for a field it was never given: a bug of ours. */
export class IncompleteMessageError extends Error {
  readonly code = 'SIP_INCOMPLETE_MESSAGE';
  constructor() {
    super('Via, From, To, Call-ID and CSeq must be set before they are read.');
  }
}

export class SipRequest extends MessageBase {
  readonly kind = 'request';
  readonly method: string;
  /** Request-URI as text. */
  uriText: string;

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
    return parseUri(this.uriText);
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
  const parsedVia = parseVia(firstVia(via));
  const parsedFrom = parseNameAddr(from);
  const parsedTo = parseNameAddr(to);
  const parsedCSeq = parseCSeq(cseq);
  if (!parsedVia || !parsedFrom || !parsedTo || !parsedCSeq) return undefined;
  return { via: parsedVia, from: parsedFrom, to: parsedTo, callId, cseq: parsedCSeq };
}

/** Parses `4711 INVITE`; the number is below 2^31 (RFC 3261 §8.1.1.5). */
export function parseCSeq(text: string): CSeq | undefined {
  const match = /^(\d{1,10})[ \t]+([A-Za-z0-9\-.!%*_+`'~]+)$/.exec(text);
  if (!match) return undefined;
  const sequence = Number(match[1]);
  return sequence < 0x8000_0000 ? { sequence, method: match[2] as string } : undefined;
}
