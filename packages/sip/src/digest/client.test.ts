import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from '../message/headers.ts';
import { SipRequest, SipResponse } from '../message/message.ts';
import { SeededRandom } from '../time/random.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { type DigestAlgorithm, ha1Set } from './algorithm.ts';
import { DigestClient, MAX_CLIENT_REALMS } from './client.ts';
import { parseCredentials } from './credentials.ts';
import { DigestServer, type DigestServerOptions } from './server.ts';

const clock = new VirtualClock();
const account = { username: 'alice', password: 'secret' };
const lookup = (realm: string) => (name: string) => (name === 'alice' ? ha1Set(name, realm, 'secret') : undefined);

function server(options: Partial<DigestServerOptions> = {}) {
  return new DigestServer({ realm: 'r', secret: 'sixteen octets!!', clock, random: new SeededRandom(2), ...options });
}

function newClient(password = 'secret') {
  return new DigestClient(() => ({ username: 'alice', password }), new SeededRandom(3));
}

function challengeOf(...servers: DigestServer[]): SipResponse {
  const response = new SipResponse(servers[0]?.status ?? 401, 'Unauthorized');
  for (const one of servers) one.challenge(response.headers);
  return response;
}

const register = (headers = new HeaderList()) => new SipRequest('REGISTER', 'sip:r', headers);

function sent(request: SipRequest, field = 'Authorization') {
  return request.headers.all(field).map((value) => {
    const credentials = parseCredentials(value);
    if (typeof credentials === 'string') throw new Error(credentials);
    return credentials;
  });
}

test('answers with the strongest algorithm offered, and the server accepts', () => {
  const cases: [DigestAlgorithm[], DigestAlgorithm][] = [
    [['MD5', 'SHA-256'], 'SHA-256'],
    [['SHA-256', 'MD5'], 'SHA-256'],
    [['MD5-sess', 'MD5'], 'MD5'],
    [['SHA-256-sess', 'MD5'], 'SHA-256-sess'],
    [['MD5'], 'MD5'],
  ];
  for (const [algorithms, chosen] of cases) {
    const registrar = server({ algorithms });
    const request = register();
    assert.deepEqual(newClient().answer(challengeOf(registrar), request), { ok: true });
    assert.equal(sent(request)[0]?.algorithm, chosen);
    assert.deepEqual(registrar.verify(request, lookup('r')), { ok: true, username: 'alice' });
  }
});

test('later requests carry credentials at once, the nonce-count rising', () => {
  const registrar = server();
  const client = newClient();
  client.answer(challengeOf(registrar), register());
  for (const nc of ['00000002', '00000003']) {
    const next = register();
    client.authorize(next);
    assert.equal(sent(next)[0]?.nc, nc);
    assert.equal(registrar.verify(next, lookup('r')).ok, true);
  }
});

test('before any challenge nothing is added', () => {
  const request = register();
  newClient().authorize(request);
  assert.equal(request.headers.length, 0);
});

test('a wrong password is tried once, then reported', () => {
  const registrar = server();
  const client = newClient('wrong');
  const request = register();
  assert.deepEqual(client.answer(challengeOf(registrar), request), { ok: true });
  assert.equal(registrar.verify(request, lookup('r')).ok, false);
  assert.deepEqual(client.answer(challengeOf(registrar), request), { ok: false, why: 'refused', realm: 'r' });
});

test('a stale nonce is answered anew, also at its first use', () => {
  const registrar = server();
  const client = newClient();
  const request = register();
  client.answer(challengeOf(registrar), request);
  const stale = new SipResponse(401, 'Unauthorized');
  registrar.challenge(stale.headers, { stale: true });
  assert.deepEqual(client.answer(stale, request), { ok: true });
  assert.equal(registrar.verify(request, lookup('r')).ok, true);
  assert.equal(request.headers.length, 1, 'the old credentials are gone');
});

test('a nonce that was used before and is refused without stale is tried anew', () => {
  const registrar = server();
  const client = newClient();
  client.answer(challengeOf(registrar), register());
  const later = register();
  client.authorize(later);
  assert.deepEqual(client.answer(challengeOf(registrar), later), { ok: true });
  assert.equal(sent(later)[0]?.nc, '00000001');
});

test('two proxies and the far end: each realm has its own credentials, and all are kept', () => {
  const first = server({ realm: 'p1', role: 'proxy' });
  const second = server({ realm: 'p2', role: 'proxy' });
  const end = server({ realm: 'end' });
  const client = newClient();
  const request = register();
  assert.equal(client.answer(challengeOf(first, second), request).ok, true);
  assert.equal(client.answer(challengeOf(end), request).ok, true);
  assert.deepEqual(
    sent(request, 'Proxy-Authorization').map((c) => [c.realm, c.nc]),
    [
      ['p1', '00000002'],
      ['p2', '00000002'],
    ],
  );
  for (const [realm, one] of Object.entries({ p1: first, p2: second, end })) {
    assert.equal(one.verify(request, lookup(realm)).ok, true, realm);
  }
});

test('a realm without an account, and a challenge that nobody here understands', () => {
  const client = new DigestClient((realm) => (realm === 'r' ? account : undefined), new SeededRandom(3));
  const elsewhere = challengeOf(server({ realm: 'elsewhere' }));
  assert.deepEqual(client.answer(elsewhere, register()), { ok: false, why: 'no-account', realm: 'elsewhere' });
  const strange = new SipResponse(401, 'Unauthorized');
  strange.headers.append('WWW-Authenticate', 'Digest realm="r", nonce="n", algorithm=AKAv2-MD5');
  assert.deepEqual(client.answer(strange, register()), { ok: false, why: 'unsupported' });
});

test('RFC 2069 servers: answered without qop, and the nonce not used for a second request', () => {
  const registrar = server({ acceptsNoQop: true, algorithms: ['MD5'] });
  const challenge = challengeOf(registrar);
  const field = (challenge.headers.get('WWW-Authenticate') ?? '').replace(', qop="auth"', '');
  challenge.headers.set('WWW-Authenticate', field);
  const client = newClient();
  const request = register();
  assert.equal(client.answer(challenge, request).ok, true);
  assert.deepEqual([sent(request)[0]?.qop, sent(request)[0]?.nc], [undefined, '']);
  assert.equal(registrar.verify(request, lookup('r')).ok, true);
  const next = register();
  client.authorize(next);
  assert.equal(next.headers.length, 0);
});

test('auth-int is answered over the body when nothing else is offered; opaque comes back as it was', () => {
  const response = new SipResponse(401, 'Unauthorized');
  response.headers.append('WWW-Authenticate', String.raw`Digest realm="r", nonce="n", qop="auth-int", opaque="\"o"`);
  const request = register();
  request.body = Buffer.from('body');
  newClient().answer(response, request);
  assert.partialDeepStrictEqual(sent(request)[0], { qop: 'auth-int', opaque: '"o' });
});

test('RFC 7616 §3.5: the next nonce is taken from a 2xx', () => {
  const client = newClient();
  client.answer(challengeOf(server()), register());
  const ok = new SipResponse(200, 'OK');
  ok.headers.append('Authentication-Info', 'nextnonce="fresh", qop=auth, rspauth="x", cnonce="y", nc=00000001');
  client.learn(ok);
  const next = register();
  client.authorize(next);
  assert.partialDeepStrictEqual(sent(next)[0], { nonce: 'fresh', nc: '00000001' });
});

test('a peer that invents realms does not fill the memory', () => {
  const client = newClient();
  for (let i = 0; i < 3 * MAX_CLIENT_REALMS; i++) client.answer(challengeOf(server({ realm: `r${i}` })), register());
  const request = register();
  client.authorize(request);
  assert.ok(request.headers.length <= MAX_CLIENT_REALMS);
});
