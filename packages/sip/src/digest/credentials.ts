import { quote } from '../message/text.ts';
import { type DigestAlgorithm, digestAlgorithm } from './algorithm.ts';
import { parseAuthSchemes } from './auth-header.ts';

/** What a client gives in Authorization or Proxy-Authorization (RFC 7616 §3.4). Texts are byte strings. */
export interface DigestCredentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** Hexadecimal, in lower case. */
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  /** Undefined from a client of RFC 2069; `nc` and `cnonce` are '' then. */
  readonly qop: 'auth' | 'auth-int' | undefined;
  /** Nonce-count as sent: eight hexadecimal digits. */
  readonly nc: string;
  readonly cnonce: string;
  readonly opaque: string | undefined;
}

/** Why a field holds no credentials that can be checked. */
export type CredentialsProblem = 'other-scheme' | 'malformed' | 'wrong-algorithm';

/** Reads one Authorization value. */
export function parseCredentials(field: string): DigestCredentials | CredentialsProblem {
  const first = parseAuthSchemes(field)?.[0];
  if (!first) return 'malformed';
  if (first.scheme !== 'digest') return 'other-scheme';
  const { params } = first;
  const algorithm = digestAlgorithm(params.get('algorithm'));
  if (!algorithm) return 'wrong-algorithm';
  const username = params.get('username');
  const realm = params.get('realm');
  const nonce = params.get('nonce');
  const uri = params.get('uri');
  const response = params.get('response');
  if (username === undefined || realm === undefined || nonce === undefined) return 'malformed';
  if (uri === undefined || response === undefined) return 'malformed';
  const quality = parseQuality(params);
  if (!quality) return 'malformed';
  return {
    username,
    realm,
    nonce,
    uri,
    response: response.toLowerCase(),
    algorithm,
    ...quality,
    opaque: params.get('opaque'),
  };
}

type Quality = Pick<DigestCredentials, 'qop' | 'nc' | 'cnonce'>;

const NO_QUALITY: Quality = { qop: undefined, nc: '', cnonce: '' };

/** With qop there must be nc and cnonce (RFC 7616 §3.4); without it a -sess cnonce may stand alone. */
function parseQuality(params: ReadonlyMap<string, string>): Quality | undefined {
  const qop = params.get('qop')?.toLowerCase();
  const nc = params.get('nc');
  const cnonce = params.get('cnonce');
  if (qop === undefined || qop === '') return cnonce === undefined ? NO_QUALITY : { ...NO_QUALITY, cnonce };
  if (qop !== 'auth' && qop !== 'auth-int') return undefined;
  if (nc === undefined || cnonce === undefined || parseNonceCount(nc) === undefined) return undefined;
  return { qop, nc, cnonce };
}

/** The number in eight (or fewer) hexadecimal digits; undefined for anything else and for 0. */
export function parseNonceCount(nc: string): number | undefined {
  if (nc.length === 0 || nc.length > 8) return undefined;
  let count = 0;
  for (let i = 0; i < nc.length; i++) {
    const digit = hexDigit(nc.charCodeAt(i));
    if (digit < 0) return undefined;
    count = count * 16 + digit;
  }
  return count === 0 ? undefined : count;
}

function hexDigit(c: number): number {
  if (c >= 0x30 && c <= 0x39) return c - 0x30;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Prints an Authorization value; algorithm, qop and nc go without quotes (RFC 7616 §3.4). */
export function printCredentials(credentials: DigestCredentials): string {
  const { username, realm, nonce, uri, response, algorithm, qop, nc, cnonce, opaque } = credentials;
  const pieces = [
    `Digest username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    `response="${response}"`,
    `algorithm=${algorithm}`,
  ];
  if (cnonce !== '') pieces.push(`cnonce=${quote(cnonce)}`);
  if (qop !== undefined) pieces.push(`qop=${qop}`, `nc=${nc}`);
  if (opaque !== undefined) pieces.push(`opaque=${quote(opaque)}`);
  return pieces.join(', ');
}
