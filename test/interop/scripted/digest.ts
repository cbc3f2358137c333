/** Digest credentials (RFC 7616 §3.4 with MD5), written out so that a test shares no code with the server. */
import { createHash, randomBytes } from 'node:crypto';

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

/** The value of Authorization or Proxy-Authorization that answers a challenge. */
export function authorization(challenge: string, method: string, uri: string, { user, password }: Credentials): string {
  const field = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? '';
  const [realm, nonce, opaque] = [field('realm'), field('nonce'), field('opaque')];
  const cnonce = randomBytes(8).toString('hex');
  const secret = md5(`${user}:${realm}:${password}`);
  const response = md5(`${secret}:${nonce}:00000001:${cnonce}:auth:${md5(`${method}:${uri}`)}`);
  const known = `username="${user}", realm="${realm}", nonce="${nonce}", uri="${uri}", response="${response}"`;
  const echoed = opaque === '' ? '' : `, opaque="${opaque}"`;
  return `Digest ${known}, cnonce="${cnonce}", qop=auth, nc=00000001, algorithm=MD5${echoed}`;
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
