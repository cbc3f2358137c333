import { continueSession, originOf, type SentDescription, sameMedia } from '@unisono/media';
import type { Payload, Random } from '@unisono/sip';

/**
 * How the gateway's session descriptions look to one phone: whoever is behind it at the moment, the phone sees one
 * session with one `o=` line of which only the version counts up, by one with each change (RFC 3264 §8). Whatever the
 * other side wrote there that names people or accounts is not shown: a client's would name its auxiliary device.
 */
export class SdpFace {
  readonly #sessionId: string;
  #sent: SentDescription | null = null;

  constructor(random: Random) {
    this.#sessionId = String(1 + random.int(0x7fff_fffe));
  }

  /** True when presenting it would tell the phone something new. */
  wouldChange(payload: Payload): boolean {
    return this.#sent === null || !sameMedia(this.#sent.body, this.#nameless(payload));
  }

  /** The description as this phone shall see it; other payloads as they are. */
  present(payload: Payload | undefined): Payload | undefined {
    if (!payload || !/^application\/sdp\b/i.test(payload.type)) return payload;
    const body = this.#nameless(payload);
    const origin = originOf(body);
    if (!origin) return payload;
    const own = { ...origin, username: '-', sessionId: this.#sessionId, sessionVersion: '1' };
    this.#sent = continueSession(this.#sent, body, own);
    return { type: payload.type, bytes: Buffer.from(this.#sent.body, 'latin1') };
  }

  #nameless(payload: Payload): string {
    return withoutNames(payload.bytes.toString('latin1'), this.#sessionId);
  }
}

/** Lines that may name somebody: subject, information, URI, e-mail, phone (RFC 8866 §5.3–5.6), CNAME (RFC 5576 §6.1). */
const NAMING = /^(?:s=(?!-\r?$)|[iuep]=|a=ssrc:\d+ cname:)/m;

/** The description without them; where one must be, it says nothing, as RFC 7022 asks of a CNAME: many phones write the account. */
function withoutNames(body: string, cname: string): string {
  if (!NAMING.test(body)) return body;
  return body
    .replace(/^[iuep]=.*\r?\n/gm, '')
    .replace(/^s=[^\r\n]*/m, 's=-')
    .replace(/^(a=ssrc:\d+ cname:)[^\r\n]*/gm, `$1${cname}`);
}

/**
 * The description with every stream flowing both ways again: a phone that was on hold when its partner transferred it
 * described itself as held.
 */
export function resumed(payload: Payload | undefined): Payload | undefined {
  if (!payload || !/^application\/sdp\b/i.test(payload.type)) return payload;
  const body = payload.bytes.toString('latin1').replace(/^a=(?:sendonly|recvonly|inactive)(?=\r?$)/gm, 'a=sendrecv');
  return { type: payload.type, bytes: Buffer.from(body, 'latin1') };
}
