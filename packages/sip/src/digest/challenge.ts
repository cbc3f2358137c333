import { isToken } from '../message/text.ts';
import { type DigestAlgorithm, digestAlgorithm } from './algorithm.ts';
import { parseAuthSchemes } from './auth-header.ts';

/** What a server asks for in WWW-Authenticate or Proxy-Authenticate (RFC 7616 §3.3). Texts are byte strings. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: DigestAlgorithm;
  /** Offered qualities in lower case; empty for a server of RFC 2069. */
  readonly qop: readonly string[];
  readonly opaque: string | undefined;
  readonly stale: boolean;
}

/** The Digest challenges in one field that can be answered here; other schemes and algorithms are skipped (RFC 8760 §2.4). */
export function parseChallenges(field: string): DigestChallenge[] {
  const found: DigestChallenge[] = [];
  for (const { scheme, params } of parseAuthSchemes(field) ?? []) {
    const realm = params.get('realm');
    const nonce = params.get('nonce');
    const algorithm = digestAlgorithm(params.get('algorithm'));
    if (scheme !== 'digest' || realm === undefined || nonce === undefined || algorithm === undefined) continue;
    const qop = (params.get('qop') ?? '')
      .toLowerCase()
      .split(/[, \t]+/)
      .filter(isToken);
    const stale = params.get('stale')?.toLowerCase() === 'true';
    found.push({ realm, nonce, algorithm, qop, opaque: params.get('opaque'), stale });
  }
  return found;
}
