/** The client's side of digest (RFC 7616) with MD5, which every server measured speaks. */
import { hash } from 'node:crypto';
import { headersOf } from './text.ts';

export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly hasQop: boolean;
  readonly opaque: string;
}

/** The MD5 challenge of a 401; undefined when there is none. */
export function challengeOf(response: string): Challenge | undefined {
  for (const value of headersOf(response, 'WWW-Authenticate')) {
    if (/algorithm="?(?!MD5\b)/i.test(value)) continue;
    const quoted = (name: string) => value.match(new RegExp(`${name}="([^"]*)"`))?.[1] ?? '';
    return { realm: quoted('realm'), nonce: quoted('nonce'), hasQop: /qop=/.test(value), opaque: quoted('opaque') };
  }
  return undefined;
}

/** The value of the Authorization header. */
export function authorization(
  user: string,
  password: string,
  method: string,
  uri: string,
  challenge: Challenge,
): string {
  const { realm, nonce, hasQop, opaque } = challenge;
  const ha1 = hash('md5', `${user}:${realm}:${password}`);
  const ha2 = hash('md5', `${method}:${uri}`);
  const middle = hasQop ? `${nonce}:00000001:0a4f113b:auth` : nonce;
  const response = hash('md5', `${ha1}:${middle}:${ha2}`);
  const qop = hasQop ? ', qop=auth, nc=00000001, cnonce="0a4f113b"' : '';
  const echo = opaque === '' ? '' : `, opaque="${opaque}"`;
  return `Digest username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}", algorithm=MD5${qop}${echo}`;
}
