import type { HeaderList } from '../message/headers.ts';
import type { SipRequest } from '../message/message.ts';
import { decodeUtf8, encodeUtf8, quote } from '../message/text.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import { ALGORITHMS, type DigestAlgorithm, digestResponse, type Ha1Set, type HashName } from './algorithm.ts';
import { type DigestCredentials, parseCredentials, parseNonceCount } from './credentials.ts';
import { NonceSource, sameSecret } from './nonce.ts';
import { ReplayGuard } from './replay.ts';
import { isUriAccepted, type UriCheck } from './uri-match.ts';

export interface DigestServerOptions {
  readonly realm: string;
  /** Signs nonces, at least 16 octets; processes that share it accept each other's nonces. */
  readonly secret: string | Buffer;
  readonly clock: Clock;
  readonly random: Random;
  /** `registrar` (default) challenges with 401, `proxy` with 407 (RFC 3261 §22.2, §22.3). */
  readonly role?: 'registrar' | 'proxy' | undefined;
  /** Offered in this order, one header field each (RFC 8760 §2.4); default SHA-256, MD5. */
  readonly algorithms?: readonly DigestAlgorithm[] | undefined;
  /** How long a nonce may be used; default 300 s. */
  readonly nonceLifetimeSec?: number | undefined;
  /** Nonces in use remembered at most; default 100,000. Beyond, the oldest become stale early. */
  readonly maxNonces?: number | undefined;
  /** Accept MD5 without qop (RFC 2069), which cannot be guarded against replay; default false. */
  readonly acceptsNoQop?: boolean | undefined;
  /** Default `related`. */
  readonly uriCheck?: UriCheck | undefined;
}

/** Why credentials were not accepted. A caller may log it; the peer must not be told unknown-user from wrong-response. */
export type DigestRefusal =
  | 'missing'
  | 'malformed'
  | 'wrong-realm'
  | 'wrong-algorithm'
  | 'wrong-uri'
  | 'unknown-user'
  | 'wrong-response'
  | 'stale'
  | 'replayed';

export type DigestOutcome =
  | { readonly ok: true; readonly username: string }
  | { readonly ok: false; readonly why: DigestRefusal; readonly username?: string | undefined };

/** A stored secret by the name that the client gave (text as people read it); undefined for an unknown one. */
export type Ha1Lookup = (username: string) => Ha1Set | undefined;

/** Compared against when the user is unknown, so that the answer takes as long. No password hashes to it. */
const DECOY: Readonly<Record<HashName, string>> = { md5: 'x'.repeat(32), sha256: 'x'.repeat(64) };

/** The server's side of Digest (RFC 7616, RFC 8760, RFC 3261 §22). */
export class DigestServer {
  readonly realm: string;
  /** The status that goes with the challenge: 401 or 407. */
  readonly status: 401 | 407;
  readonly #realmBytes: string;
  /** What every challenge begins with. */
  readonly #prefix: string;
  readonly #algorithms: readonly DigestAlgorithm[];
  readonly #acceptsNoQop: boolean;
  readonly #uriCheck: UriCheck;
  readonly #clock: Clock;
  readonly #nonces: NonceSource;
  readonly #replays: ReplayGuard;

  constructor(options: DigestServerOptions) {
    this.realm = options.realm;
    this.status = options.role === 'proxy' ? 407 : 401;
    this.#realmBytes = encodeUtf8(options.realm);
    this.#prefix = `Digest realm=${quote(this.#realmBytes)}`;
    this.#algorithms = options.algorithms ?? ['SHA-256', 'MD5'];
    this.#acceptsNoQop = options.acceptsNoQop ?? false;
    this.#uriCheck = options.uriCheck ?? 'related';
    this.#clock = options.clock;
    this.#nonces = new NonceSource(options);
    this.#replays = new ReplayGuard({
      lifetimeMs: (options.nonceLifetimeSec ?? 300) * 1000,
      maxNonces: options.maxNonces ?? 100_000,
    });
  }

  /**
   * Adds one challenge per algorithm to the headers of a response, all with one nonce: a fresh one, or the same again for
   * the same `repeatable`, which names a request that may be answered twice.
   */
  challenge(headers: HeaderList, options: { readonly stale?: boolean; readonly repeatable?: string } = {}): void {
    const name = this.status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate';
    const { repeatable } = options;
    const nonce = repeatable === undefined ? this.#nonces.make() : this.#nonces.makeFor(repeatable);
    const stale = options.stale ? ', stale=true' : '';
    for (const algorithm of this.#algorithms) {
      headers.append(name, `${this.#prefix}, nonce="${nonce}", qop="auth"${stale}, algorithm=${algorithm}`);
    }
  }

  /**
   * Judges the request's credentials for this realm. Not for ACK and CANCEL, which repeat those of their INVITE and
   * cannot be challenged (RFC 3261 §22.1). Does the same work for known and unknown users.
   */
  verify(request: SipRequest, lookup: Ha1Lookup): DigestOutcome {
    const credentials = this.#find(request.headers);
    if (typeof credentials === 'string') return { ok: false, why: credentials };
    const username = decodeUtf8(credentials.username);
    const why = this.#refusal(request, credentials, lookup(username));
    return why === undefined ? { ok: true, username } : { ok: false, why, username };
  }

  /** The credentials for our realm among those in the request, or what is wrong with the last that was looked at. */
  #find(headers: HeaderList): DigestCredentials | DigestRefusal {
    let why: DigestRefusal = 'missing';
    for (const field of headers.all(this.status === 401 ? 'Authorization' : 'Proxy-Authorization')) {
      const credentials = parseCredentials(field);
      if (credentials === 'other-scheme') continue;
      if (typeof credentials === 'string') why = credentials;
      else if (credentials.realm === this.#realmBytes) return credentials;
      else why = 'wrong-realm';
    }
    return why;
  }

  #refusal(request: SipRequest, given: DigestCredentials, stored: Ha1Set | undefined): DigestRefusal | undefined {
    if (!this.#algorithms.includes(given.algorithm)) return 'wrong-algorithm';
    if (given.qop === 'auth-int') return 'malformed';
    const isLegacy = given.qop === undefined;
    if (isLegacy && !(this.#acceptsNoQop && given.algorithm === 'MD5')) return 'malformed';
    if (!isUriAccepted(given.uri, request.uriText, this.#uriCheck)) return 'wrong-uri';

    const { hash } = ALGORITHMS[given.algorithm];
    const secret = stored?.[hash];
    const expected = digestResponse(secret ?? DECOY[hash], { ...given, method: request.method });
    const isRight = sameSecret(given.response, expected);
    if (stored === undefined) return 'unknown-user';
    if (!isRight || secret === undefined) return 'wrong-response';
    return this.#spend(given);
  }

  /** Looks at the nonce only after the response was right: a stale one says so only to who knows the password. */
  #spend(given: DigestCredentials): DigestRefusal | undefined {
    const nowMs = this.#clock.epochMs();
    const madeAtMs = this.#nonces.madeAtMs(given.nonce);
    if (madeAtMs === undefined || !this.#replays.remembers(madeAtMs, nowMs)) return 'stale';
    if (given.qop === undefined) return undefined;
    const count = parseNonceCount(given.nc) as number;
    return this.#replays.use(given.nonce, count, madeAtMs, nowMs) ? undefined : 'replayed';
  }
}
