import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../message/headers.ts';
import { SipRequest } from '../message/message.ts';
import { SeededRandom } from '../time/random.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { digestResponse, type Ha1Set, ha1Set } from './algorithm.ts';
import { parseChallenges } from './challenge.ts';
import { type DigestCredentials, printCredentials } from './credentials.ts';
import { DigestServer, type DigestServerOptions } from './server.ts';

const REALM = 'example.com';
const URI = 'sip:example.com';
const USERS = new Map<string, Ha1Set>([
  ['alice', ha1Set('alice', REALM, 'secret')],
  ['jürgen', ha1Set('jürgen', REALM, 'schlüssel')],
  ['old', { md5: ha1Set('old', REALM, 'secret').md5 }],
]);
const lookup = (username: string) => USERS.get(username);

function setup(options: Partial<DigestServerOptions> = {}) {
  const clock = new VirtualClock();
  const random = new SeededRandom(1);
  const server = new DigestServer({ realm: REALM, secret: 'sixteen octets!!', clock, random, ...options });
  return { clock, server };
}

function nonceOf(server: DigestServer): string {
  const headers = new HeaderList();
  server.challenge(headers);
  return parseChallenges(headers.valueAt(0))[0]?.nonce ?? '';
}

interface Attempt extends Partial<DigestCredentials> {
  readonly password?: string;
  readonly requestUri?: string;
  readonly method?: string;
  readonly field?: string;
}

/** A request with credentials that are right but for what `attempt` changes. */
function request(nonce: string, attempt: Attempt = {}): SipRequest {
  const { password = 'secret', requestUri = URI, method = 'REGISTER', field = 'Authorization', ...over } = attempt;
  const base = { username: 'alice', realm: REALM, nonce, uri: URI, algorithm: 'MD5', qop: 'auth' } as const;
  const parts = { ...base, nc: '00000001', cnonce: 'c', opaque: undefined, ...over };
  const bytes = (text: string) => Buffer.from(text).toString('latin1');
  const secret = ha1Set(parts.username, parts.realm, password);
  const right = digestResponse((parts.algorithm.startsWith('MD5') ? secret.md5 : secret.sha256) ?? '', {
    ...parts,
    method,
  });
  const credentials = { response: right, ...parts, username: bytes(parts.username) };
  return new SipRequest(method, requestUri, new HeaderList().append(field, printCredentials(credentials)));
}

test('RFC 8760 §2.4: one challenge per algorithm, strongest first, one nonce, stale when asked', () => {
  const { server } = setup();
  const headers = new HeaderList();
  server.challenge(headers, { stale: true });
  const challenges = headers.all('WWW-Authenticate').flatMap(parseChallenges);
  assert.deepEqual(
    challenges.map(({ algorithm, qop, stale, realm }) => ({ algorithm, qop, stale, realm })),
    ['SHA-256', 'MD5'].map((algorithm) => ({ algorithm, qop: ['auth'], stale: true, realm: REALM })),
  );
  assert.equal(challenges[0]?.nonce, challenges[1]?.nonce);
  assert.equal(server.status, 401);
});

test('a proxy challenges by 407 in fields of its own; a realm with quotes is escaped', () => {
  const { server } = setup({ role: 'proxy', realm: 'a "b"', algorithms: ['MD5'] });
  const headers = new HeaderList();
  server.challenge(headers);
  assert.equal(server.status, 407);
  assert.equal(headers.length, 1);
  assert.match(headers.get('Proxy-Authenticate') ?? '', /^Digest realm="a \\"b\\"", nonce="[0-9a-f]{60}", qop="auth"/);
});

test('right credentials are accepted, once per nonce-count, in either algorithm', () => {
  const { server } = setup();
  for (const algorithm of ['MD5', 'SHA-256'] as const) {
    const nonce = nonceOf(server);
    assert.deepEqual(server.verify(request(nonce, { algorithm }), lookup), { ok: true, username: 'alice' });
    assert.deepEqual(server.verify(request(nonce, { algorithm }), lookup), {
      ok: false,
      why: 'replayed',
      username: 'alice',
    });
    assert.equal(server.verify(request(nonce, { algorithm, nc: '00000002' }), lookup).ok, true);
  }
});

test('names and passwords beyond ASCII', () => {
  const { server } = setup();
  const outcome = server.verify(request(nonceOf(server), { username: 'jürgen', password: 'schlüssel' }), lookup);
  assert.deepEqual(outcome, { ok: true, username: 'jürgen' });
});

const REFUSED: Record<string, [Attempt, string, Partial<DigestServerOptions>?]> = {
  'a wrong password': [{ password: 'Secret' }, 'wrong-response'],
  'an unknown user': [{ username: 'mallory' }, 'unknown-user'],
  'no secret stored for the algorithm': [{ username: 'old', algorithm: 'SHA-256' }, 'wrong-response'],
  'the response of another method': [{ response: '0'.repeat(32) }, 'wrong-response'],
  'an empty response': [{ response: '' }, 'wrong-response'],
  'the decoy that unknown users are compared with': [{ username: 'mallory', response: 'x'.repeat(32) }, 'unknown-user'],
  'another realm': [{ realm: 'other' }, 'wrong-realm'],
  'an algorithm that was not offered': [{ algorithm: 'MD5' }, 'wrong-algorithm', { algorithms: ['SHA-256'] }],
  'a session algorithm that was not offered': [{ algorithm: 'SHA-256-sess' }, 'wrong-algorithm'],
  'qop=auth-int, not offered': [{ qop: 'auth-int' }, 'malformed'],
  'no qop': [{ qop: undefined, nc: '', cnonce: '' }, 'malformed'],
  'no qop in SHA-256': [{ qop: undefined, nc: '', algorithm: 'SHA-256' }, 'malformed', { acceptsNoQop: true }],
  'made for another user': [{ uri: 'sip:bob@example.com' }, 'wrong-uri'],
  'made for another port, when strict': [{ uri: 'sip:example.com:5060' }, 'wrong-uri', { uriCheck: 'same' }],
  'a nonce of our own making': [{ nonce: 'deadbeef' }, 'stale'],
  'a wrong password with a nonce of our own making': [{ nonce: 'deadbeef', password: 'x' }, 'wrong-response'],
};

for (const [name, [attempt, why, options]] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, () => {
    const { server } = setup(options);
    const outcome = server.verify(request(nonceOf(server), attempt), lookup);
    assert.equal(outcome.ok ? 'accepted' : outcome.why, why);
  });
}

test('refused attempts do not use up the nonce-count', () => {
  const { server } = setup();
  const nonce = nonceOf(server);
  assert.equal(server.verify(request(nonce, { password: 'x' }), lookup).ok, false);
  assert.equal(server.verify(request(nonce), lookup).ok, true);
});

const ACCEPTED: Record<string, [Attempt, Partial<DigestServerOptions>]> = {
  'no qop in MD5, when allowed': [{ qop: undefined, nc: '', cnonce: '' }, { acceptsNoQop: true }],
  'a session algorithm, when offered': [{ algorithm: 'MD5-sess' }, { algorithms: ['MD5-sess'] }],
  'a port written out': [{ uri: 'sip:example.com:5060' }, {}],
  'retargeted on the way, when allowed': [{ requestUri: 'sip:bob@10.0.0.1' }, { uriCheck: 'any' }],
  'in the proxy field': [{ field: 'Proxy-Authorization' }, { role: 'proxy' }],
};

for (const [name, [attempt, options]] of Object.entries(ACCEPTED)) {
  test(`accepted: ${name}`, () => {
    const { server } = setup(options);
    assert.deepEqual(server.verify(request(nonceOf(server), attempt), lookup), { ok: true, username: 'alice' });
  });
}

test('a nonce is stale after its lifetime, and only who knows the password hears so', () => {
  const { server, clock } = setup({ nonceLifetimeSec: 300 });
  const nonce = nonceOf(server);
  clock.advance(299_999);
  assert.equal(server.verify(request(nonce), lookup).ok, true);
  clock.advance(1);
  assert.partialDeepStrictEqual(server.verify(request(nonce, { nc: '00000002' }), lookup), { why: 'stale' });
  assert.partialDeepStrictEqual(server.verify(request(nonce, { nc: '00000002', password: 'x' }), lookup), {
    why: 'wrong-response',
  });
});

test('a process that shares the secret accepts the nonce, a restarted one with another calls it stale', () => {
  const nonce = nonceOf(setup().server);
  assert.equal(setup().server.verify(request(nonce), lookup).ok, true);
  const restarted = setup({ secret: 'another 16 octets' }).server;
  assert.partialDeepStrictEqual(restarted.verify(request(nonce), lookup), { why: 'stale' });
});

test('among several fields those for our realm are judged; none is missing, others only is wrong-realm', () => {
  const { server } = setup();
  const ours = request(nonceOf(server));
  const foreign = request('n', { realm: 'other' }).headers.get('Authorization') ?? '';
  const both = new HeaderList().append('Authorization', 'Bearer abc').append('Authorization', foreign);
  const verify = (headers: HeaderList) => server.verify(new SipRequest('REGISTER', URI, headers), lookup);
  assert.deepEqual(verify(new HeaderList()), { ok: false, why: 'missing' });
  assert.deepEqual(verify(both.clone()), { ok: false, why: 'wrong-realm' });
  assert.equal(verify(both.append('Authorization', ours.headers.valueAt(0))).ok, true);
  assert.deepEqual(verify(new HeaderList().append('Authorization', 'Digest username="')), {
    ok: false,
    why: 'malformed',
  });
  const bearer = new HeaderList().append('Authorization', 'Bearer abc');
  assert.deepEqual(verify(bearer), { ok: false, why: 'missing' });
});
