import type { SipRequest, SipResponse } from '../message/message.ts';
import { decodeUtf8, encodeUtf8 } from '../message/text.ts';
import type { Random } from '../time/random.ts';
import { ALGORITHMS, digestResponse, ha1 } from './algorithm.ts';
import { parseAuthSchemes } from './auth-header.ts';
import { type DigestChallenge, parseChallenges } from './challenge.ts';
import { type DigestCredentials, parseCredentials, printCredentials } from './credentials.ts';

/** How a client proves who it is, in texts as people read them. */
export interface DigestAccount {
  readonly username: string;
  readonly password: string;
}

/** The account for a realm; undefined when there is none, and its challenge stays unanswered. */
export type AccountLookup = (realm: string) => DigestAccount | undefined;

export type DigestAnswer =
  /** The request's headers now hold the credentials: send it again with a new branch and CSeq. */
  | { readonly ok: true }
  /** `unsupported`: no challenge that we understand; `no-account`; `refused`: this password was tried. */
  | { readonly ok: false; readonly why: 'unsupported' | 'no-account' | 'refused'; readonly realm?: string };

type CredentialsField = 'Authorization' | 'Proxy-Authorization';

/** Two fields, which are told apart by who asked: the far end or a proxy (RFC 3261 §22.2, §22.3). */
const FIELDS: Readonly<Record<CredentialsField, { readonly challenge: string; readonly info: string }>> = {
  Authorization: { challenge: 'WWW-Authenticate', info: 'Authentication-Info' },
  'Proxy-Authorization': { challenge: 'Proxy-Authenticate', info: 'Proxy-Authentication-Info' },
};

/** A realm that has challenged us. */
interface Session {
  readonly field: CredentialsField;
  readonly challenge: DigestChallenge;
  /** How often its nonce was used. */
  count: number;
}

/** Realms remembered by one client at most. */
export const MAX_CLIENT_REALMS = 16;

/** The client's side of Digest for one peer (RFC 7616, RFC 8760, RFC 3261 §22). */
export class DigestClient {
  readonly #accountFor: AccountLookup;
  readonly #random: Random;
  readonly #sessions = new Map<string, Session>();

  constructor(accountFor: AccountLookup, random: Random) {
    this.#accountFor = accountFor;
    this.#random = random;
  }

  /**
   * Learns from a 401 or 407 and puts credentials for every realm known into `request`, which is the one that was
   * refused (the same object or a copy of it, with the credentials it carried).
   */
  answer(response: SipResponse, request: SipRequest): DigestAnswer {
    const field = response.status === 407 ? 'Proxy-Authorization' : 'Authorization';
    const challenges = strongestPerRealm(response, field);
    if (challenges.length === 0) return { ok: false, why: 'unsupported' };
    const tried = request.headers.all(field).map(parseCredentials);
    for (const challenge of challenges) {
      const realm = decodeUtf8(challenge.realm);
      if (!this.#accountFor(realm)) return { ok: false, why: 'no-account', realm };
      if (!challenge.stale && tried.some((sent) => isFirstUse(sent, challenge.realm))) {
        return { ok: false, why: 'refused', realm };
      }
      this.#remember({ field, challenge, count: 0 });
    }
    this.#putCredentials(request, [...this.#sessions.values()]);
    return { ok: true };
  }

  /**
   * Puts credentials from nonces that are still known into a new request, none at first. Without qop a nonce is not used
   * for a second request: when it is refused, nobody could tell an old nonce from a wrong password.
   */
  authorize(request: SipRequest): void {
    const sessions = [...this.#sessions.values()];
    this.#putCredentials(
      request,
      sessions.filter(({ challenge, count }) => challenge.qop.length > 0 || count === 0),
    );
  }

  /** Takes the next nonce out of a 2xx (RFC 7616 §3.5). */
  learn(response: SipResponse): void {
    for (const session of this.#sessions.values()) {
      const info = response.headers.get(FIELDS[session.field].info);
      // The field has no scheme in front.
      const next = info === undefined ? undefined : parseAuthSchemes(`Digest ${info}`)?.[0]?.params.get('nextnonce');
      if (next) this.#remember({ ...session, challenge: { ...session.challenge, nonce: next }, count: 0 });
    }
  }

  #remember(session: Session): void {
    const key = `${session.field} ${session.challenge.realm}`;
    if (!this.#sessions.has(key) && this.#sessions.size >= MAX_CLIENT_REALMS) this.#sessions.clear();
    this.#sessions.set(key, session);
  }

  #putCredentials(request: SipRequest, sessions: readonly Session[]): void {
    request.headers.remove('Authorization').remove('Proxy-Authorization');
    for (const session of sessions) {
      const account = this.#accountFor(decodeUtf8(session.challenge.realm));
      if (account) request.headers.append(session.field, this.#credentials(session, account, request));
    }
  }

  #credentials(session: Session, account: DigestAccount, request: SipRequest): string {
    const { realm, nonce, algorithm, opaque, qop: offered } = session.challenge;
    const { hash, isSession } = ALGORITHMS[algorithm];
    const qop = offered.includes('auth') ? 'auth' : offered.includes('auth-int') ? 'auth-int' : undefined;
    session.count++;
    const nc = qop === undefined ? '' : session.count.toString(16).padStart(8, '0');
    const cnonce = qop === undefined && !isSession ? '' : this.#random.hex(8);
    const secret = ha1(account.username, decodeUtf8(realm), account.password, hash);
    const input = { algorithm, method: request.method, uri: request.uriText, nonce, qop, nc, cnonce } as const;
    const response = digestResponse(secret, { ...input, body: request.body });
    return printCredentials({ ...input, username: encodeUtf8(account.username), realm, response, opaque });
  }
}

/** A nonce refused at its first use without being called stale means: wrong name or password. */
function isFirstUse(sent: ReturnType<typeof parseCredentials>, realm: string): boolean {
  return typeof sent !== 'string' && sent.realm === realm && isFirstCount(sent);
}

function isFirstCount(sent: DigestCredentials): boolean {
  return sent.qop === undefined || Number.parseInt(sent.nc, 16) === 1;
}

/** The strongest algorithm that each realm offers, the first of equals (RFC 8760 §2.4 leaves the choice to us). */
function strongestPerRealm(response: SipResponse, field: CredentialsField): DigestChallenge[] {
  const best = new Map<string, DigestChallenge>();
  for (const challenge of response.headers.all(FIELDS[field].challenge).flatMap(parseChallenges)) {
    const known = best.get(challenge.realm);
    if (!known || ALGORITHMS[challenge.algorithm].strength > ALGORITHMS[known.algorithm].strength) {
      best.set(challenge.realm, challenge);
    }
  }
  return [...best.values()];
}
