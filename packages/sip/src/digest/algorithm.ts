import { hash } from 'node:crypto';

/** Digest algorithms spoken here, as written on the wire (RFC 7616 §3.3, RFC 8760 §2.1). */
export type DigestAlgorithm = 'SHA-256' | 'SHA-256-sess' | 'MD5' | 'MD5-sess';

/** Names of the hash functions, as `Ha1Set` and node:crypto call them. */
export type HashName = 'sha256' | 'md5';

interface AlgorithmTraits {
  readonly hash: HashName;
  /** `-sess`: the nonces go into HA1 (RFC 7616 §3.4.2). */
  readonly isSession: boolean;
  /** Larger is stronger. */
  readonly strength: number;
}

export const ALGORITHMS: Readonly<Record<DigestAlgorithm, AlgorithmTraits>> = {
  'SHA-256': { hash: 'sha256', isSession: false, strength: 4 },
  'SHA-256-sess': { hash: 'sha256', isSession: true, strength: 3 },
  MD5: { hash: 'md5', isSession: false, strength: 2 },
  'MD5-sess': { hash: 'md5', isSession: true, strength: 1 },
};

const BY_LOWER_CASE = new Map(Object.keys(ALGORITHMS).map((name) => [name.toLowerCase(), name as DigestAlgorithm]));

/** The algorithm of that name in any case; MD5 when none is named (RFC 7616 §3.3); undefined when not spoken here. */
export function digestAlgorithm(name: string | undefined): DigestAlgorithm | undefined {
  if (name === undefined || name === 'MD5') return 'MD5';
  return name === 'SHA-256' ? name : BY_LOWER_CASE.get(name.toLowerCase());
}

/** What is stored of a password: H(username:realm:password) per hash, lower-case hexadecimal. */
export interface Ha1Set {
  readonly md5?: string | undefined;
  readonly sha256?: string | undefined;
}

/** H(username:realm:password) in hexadecimal (RFC 7616 §3.4.2). */
export function ha1(username: string, realm: string, password: string, algorithm: HashName): string {
  return hash(algorithm, `${username}:${realm}:${password}`);
}

/** Both HA1 values of a password; the only thing that a server needs to keep. */
export function ha1Set(username: string, realm: string, password: string): Ha1Set {
  return { md5: ha1(username, realm, password, 'md5'), sha256: ha1(username, realm, password, 'sha256') };
}

/** What goes into a response beside the secret; byte strings. */
export interface ResponseInput {
  readonly algorithm: DigestAlgorithm;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  /** Undefined: the computation of RFC 2069, without nonce-count and cnonce. */
  readonly qop: 'auth' | 'auth-int' | undefined;
  readonly nc: string;
  readonly cnonce: string;
  /** The body, looked at for `auth-int` only. */
  readonly body?: Buffer | undefined;
}

/** The `response` value for a secret HA1 (RFC 7616 §3.4.1), lower-case hexadecimal. */
export function digestResponse(secretHa1: string, input: ResponseInput): string {
  const { algorithm, nonce, cnonce, qop } = input;
  const { hash: name, isSession } = ALGORITHMS[algorithm];
  const key = isSession ? hashBytes(name, `${secretHa1}:${nonce}:${cnonce}`) : secretHa1;
  const bodyHash = qop === 'auth-int' ? `:${hash(name, input.body ?? '')}` : '';
  const ha2 = hashBytes(name, `${input.method}:${input.uri}${bodyHash}`);
  const middle = qop === undefined ? nonce : `${nonce}:${input.nc}:${cnonce}:${qop}`;
  return hashBytes(name, `${key}:${middle}:${ha2}`);
}

const BEYOND_ASCII = /[\x80-\xff]/;

/** Hashes a byte string as the octets it stands for. */
function hashBytes(name: HashName, bytes: string): string {
  return hash(name, BEYOND_ASCII.test(bytes) ? Buffer.from(bytes, 'latin1') : bytes);
}
