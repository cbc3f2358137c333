import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessWrites } from '../access/access-store.ts';
import { hashSecret } from '../access/password.ts';
import { secondFactorOf } from '../access/second-factor.ts';
import { totpCode } from '../access/totp.ts';
import { ApiClient, apiClient } from '../testing/api-client.ts';
import { assistantWorld } from '../testing/assistant-world.ts';
import { createServer } from './server.ts';

const SECRET = 'first-link-of-this-assistant';
const PASSWORD = 'correct horse battery';

async function setUp(options: Parameters<typeof apiClient>[0] = {}): Promise<ApiClient> {
  const client = await apiClient(options);
  const { database, clock } = client.world;
  const expiresAtMs = clock.epochMs() + 60_000;
  database.writeNow([accessWrites(database).addInvitation(hashSecret(SECRET), 'admin', 'start', expiresAtMs)]);
  return client;
}

/** Signs in and gives a client with cookie and CSRF token. */
async function signedIn(client: ApiClient, username: string, password: string): Promise<ApiClient> {
  const answer = await client.ask('POST', 'session', { username, password });
  assert.equal(answer.status, 200, answer.text);
  const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
  return client.with({ cookie, 'x-csrf-token': answer.body.csrf });
}

test('the first administrator comes by the one-time link, which works once', async () => {
  const client = await setUp();
  const weak = await client.refusal('POST', 'invitations/use', { secret: SECRET, username: 'root', password: 'short' });
  assert.equal(weak.code, 'passwordWeak');
  const made = await client.ask('POST', 'invitations/use', { secret: SECRET, username: 'Anna', password: PASSWORD });
  assert.deepEqual([made.status, made.body.role], [201, 'admin']);
  assert.match(String(made.headers['set-cookie']), /HttpOnly; SameSite=Strict/);
  const again = await client.refusal('POST', 'invitations/use', {
    secret: SECRET,
    username: 'Eve',
    password: PASSWORD,
  });
  assert.equal(again.code, 'linkUsedUp');
  const anna = await signedIn(client, 'anna', PASSWORD);
  assert.equal((await anna.expect(200, 'GET', 'session')).name, 'Anna');
});

test('a one-time link is over when its time is', async () => {
  const client = await setUp();
  client.world.clock.advance(60_001);
  assert.equal((await client.refusal('POST', 'invitations/look', { secret: SECRET })).code, 'linkUsedUp');
});

test('a session changes nothing without its CSRF token, and ends when it is signed out or left alone', async () => {
  const client = await setUp();
  await client.expect(201, 'POST', 'invitations/use', { secret: SECRET, username: 'anna', password: PASSWORD });
  const anna = await signedIn(client, 'anna', PASSWORD);
  const body = { number: '4055', name: 'Lab', classOfService: 'office' };
  assert.equal((await anna.with({ 'x-csrf-token': '' }).refusal('POST', 'stations', body)).code, 'csrfMissing');
  await anna.expect(201, 'POST', 'stations', body);
  client.world.clock.advance(8 * 60 * 60_000 + 1);
  assert.equal((await anna.refusal('GET', 'stations')).code, 'notSignedIn');
  const later = await signedIn(client, 'anna', PASSWORD);
  await later.expect(204, 'DELETE', 'session');
  assert.equal((await later.refusal('GET', 'stations')).code, 'notSignedIn');
});

test('guessing gets slower, for known and unknown names alike, and says how long', async () => {
  const client = await setUp();
  const wrong = { username: 'anna', password: 'wrong' };
  for (let count = 0; count < 5; count++)
    assert.equal((await client.refusal('POST', 'session', wrong)).code, 'signInWrong');
  const answer = await client.ask('POST', 'session', wrong);
  assert.deepEqual([answer.status, answer.headers['retry-after']], [429, '2']);
  client.world.clock.advance(2_000);
  assert.equal((await client.refusal('POST', 'session', wrong)).code, 'signInWrong');
  assert.equal((await client.refusal('POST', 'session', wrong)).retryAfterSec, 4);
});

const NEEDS: readonly [method: 'GET' | 'POST' | 'DELETE' | 'PATCH', path: string, body: unknown, least: string][] = [
  ['GET', 'stations', undefined, 'readOnly'],
  ['GET', 'audit', undefined, 'readOnly'],
  ['POST', 'stations?dryRun=true', { number: '4056', name: 'X', classOfService: 'office' }, 'helpdesk'],
  ['PATCH', 'people/anna/settings?dryRun=true', { ringSec: 30 }, 'helpdesk'],
  ['PATCH', 'numbering?dryRun=true', {}, 'admin'],
  ['GET', 'administrators', undefined, 'admin'],
  ['GET', 'tokens', undefined, 'admin'],
];

test('each role may do what it is for, and no more', async () => {
  const client = await setUp();
  for (const [method, path, body, least] of NEEDS) {
    const roles = ['readOnly', 'helpdesk', 'admin'] as const;
    for (const role of roles) {
      const { status } = await client.as(role).ask(method, path, body, { 'if-match': '*' });
      const may = roles.indexOf(role) >= roles.indexOf(least as 'admin');
      assert.equal(status < 300, may, `${role} ${method} ${path}: ${status}`);
    }
    assert.equal((await client.ask(method, path, body)).status, 401);
  }
});

test('every route says who may use it', async () => {
  const api = await createServer(await assistantWorld(), {});
  await api.ready();
  const open: string[] = [];
  const paths = api.swagger().paths ?? {};
  const client = new ApiClient(api, await assistantWorld());
  for (const [path, methods] of Object.entries(paths)) {
    for (const method of Object.keys(methods ?? {})) {
      const url = path.replace(/\{\w+\}/g, 'x');
      const { status } = await client.ask(method.toUpperCase() as 'GET', url);
      if (status !== 401) open.push(`${method} ${path} ${status}`);
    }
  }
  assert.deepEqual(open.sort(), [
    'post /api/v1/invitations/look 400',
    'post /api/v1/invitations/use 400',
    'post /api/v1/session 400',
  ]);
});

test('the last admin can neither be removed nor lowered', async () => {
  const client = await setUp();
  await client.expect(201, 'POST', 'invitations/use', { secret: SECRET, username: 'anna', password: PASSWORD });
  const anna = await signedIn(client, 'anna', PASSWORD);
  const { administrators } = await anna.expect(200, 'GET', 'administrators');
  const [{ id }] = administrators;
  assert.equal((await anna.refusal('DELETE', `administrators/${id}`)).code, 'lastAdmin');
  assert.equal((await anna.refusal('PATCH', `administrators/${id}`, { role: 'helpdesk' })).code, 'lastAdmin');
  const ben = { username: 'ben', password: 'another long one', role: 'admin' };
  await anna.expect(201, 'POST', 'administrators', ben);
  assert.equal((await anna.refusal('POST', 'administrators', ben)).code, 'usernameTaken');
  await anna.expect(204, 'DELETE', `administrators/${id}`);
  assert.equal((await anna.refusal('GET', 'session')).code, 'notSignedIn');
});

test('an API token is shown once, works as Bearer, and ends when it is revoked or over', async () => {
  const client = await setUp();
  const admin = client.as('admin');
  const expiresAtMs = client.world.clock.epochMs() + 1000;
  const made = await admin.expect(201, 'POST', 'tokens', { name: 'nightly', role: 'readOnly', expiresAtMs });
  const script = client.with({ authorization: `Bearer ${made.token}` });
  await script.expect(200, 'GET', 'stations');
  assert.ok(!(await admin.get('tokens')).text.includes(made.token));
  client.world.clock.advance(1001);
  assert.equal((await script.refusal('GET', 'stations')).code, 'notSignedIn');
});

test('a changed password ends the other sessions', async () => {
  const client = await setUp();
  await client.expect(201, 'POST', 'invitations/use', { secret: SECRET, username: 'anna', password: PASSWORD });
  const [here, there] = [await signedIn(client, 'anna', PASSWORD), await signedIn(client, 'anna', PASSWORD)];
  await here.expect(204, 'POST', 'session/password', { current: PASSWORD, next: 'quite another one' });
  await here.expect(200, 'GET', 'session');
  assert.equal((await there.refusal('GET', 'session')).code, 'notSignedIn');
});

test('a second factor is wanted once it was confirmed, takes each code once, and is taken away by another admin', async () => {
  const client = await setUp();
  await client.expect(201, 'POST', 'invitations/use', { secret: SECRET, username: 'anna', password: PASSWORD });
  const anna = await signedIn(client, 'anna', PASSWORD);
  const { id } = await anna.expect(200, 'GET', 'session');
  assert.equal((await anna.refusal('POST', 'session/second-factor', { password: 'wrong' })).code, 'signInWrong');
  const { uri } = await anna.expect(200, 'POST', 'session/second-factor', { password: PASSWORD });
  assert.match(uri, /^otpauth:\/\/totp\/Unisono%20Assistant:anna\?secret=[A-Z2-7]{32}&/);
  const code = (): string => {
    const secret = secondFactorOf(client.world.database, id)?.secret ?? Buffer.alloc(0);
    return totpCode(secret, Math.floor(client.world.clock.epochMs() / 30_000));
  };
  await signedIn(client, 'anna', PASSWORD);
  await anna.expect(204, 'POST', 'session/second-factor/confirm', { code: code() });
  const signIn = { username: 'anna', password: PASSWORD };
  assert.equal((await client.refusal('POST', 'session', signIn)).code, 'secondFactorRequired');
  assert.equal((await client.refusal('POST', 'session', { ...signIn, code: code() })).code, 'signInWrong', 'used');
  client.world.clock.advance(30_000);
  const used = code();
  await client.expect(200, 'POST', 'session', { ...signIn, code: used });
  assert.equal((await client.refusal('POST', 'session', { ...signIn, code: used })).code, 'signInWrong');
  const other = client.as('admin');
  await other.expect(200, 'PATCH', `administrators/${id}`, { secondFactor: false });
  await client.expect(200, 'POST', 'session', signIn);
});

test('where a second factor is required an administrator may do nothing else before it is on, and not switch it off', async () => {
  const client = await setUp({ requireTotp: true });
  const link = { secret: SECRET, username: 'anna', password: PASSWORD };
  assert.equal((await client.expect(201, 'POST', 'invitations/use', link)).isFactorDue, true);
  const anna = await signedIn(client, 'anna', PASSWORD);
  const { id, isFactorDue } = await anna.expect(200, 'GET', 'session');
  assert.equal(isFactorDue, true);
  for (const [method, path] of [
    ['GET', 'people'],
    ['GET', 'administrators'],
    ['DELETE', 'stations/4020'],
    ['POST', 'tokens'],
    ['POST', 'session/password'],
  ] as const)
    assert.equal((await anna.refusal(method, path, {})).code, 'secondFactorDue', path);
  await client.as('readOnly').expect(200, 'GET', 'people');
  await anna.expect(200, 'POST', 'session/second-factor', { password: PASSWORD });
  assert.equal((await anna.refusal('GET', 'people')).code, 'secondFactorDue', 'begun is not on');
  const code = (): string => {
    const secret = secondFactorOf(client.world.database, id)?.secret ?? Buffer.alloc(0);
    return totpCode(secret, Math.floor(client.world.clock.epochMs() / 30_000));
  };
  await anna.expect(204, 'POST', 'session/second-factor/confirm', { code: code() });
  assert.equal((await anna.expect(200, 'GET', 'session')).isFactorDue, false);
  await anna.expect(200, 'GET', 'people');
  client.world.clock.advance(30_000);
  assert.equal((await anna.refusal('POST', 'session/second-factor/remove', { code: code() })).code, 'notAllowed');
  // Lost: taken away by another admin, it is due again at the next sign-in.
  await client.as('admin').expect(200, 'PATCH', `administrators/${id}`, { secondFactor: false });
  const again = await client.expect(200, 'POST', 'session', { username: 'anna', password: PASSWORD });
  assert.equal(again.isFactorDue, true);
});
