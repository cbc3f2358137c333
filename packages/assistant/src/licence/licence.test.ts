import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { apiClient } from '../testing/api-client.ts';
import { inspectLicence, type Licence, readLicence, writeLicence } from './licence-file.ts';

const DAY_MS = 86_400_000;
const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const LICENCE: Licence = {
  format: 'unisono-licence-1',
  serial: 'L-1',
  customer: 'Lindner Optik',
  flex: 8,
  unifyPhone: 5,
  issuedAt: '2026-11-01T00:00:00Z',
  expiresAt: '2027-01-31T00:00:00Z',
  graceDays: 30,
};

test('a licence file is read back, by people and by the signature', () => {
  const file = writeLicence(LICENCE, privateKey);
  assert.match(file, /^Licence L-1 for Lindner Optik\nFlex licences: 8\n/);
  assert.deepEqual(readLicence(file, publicKey), { ok: true, licence: LICENCE });
  assert.deepEqual(inspectLicence(file), { ok: true, licence: LICENCE });
});

test('a changed file, another key and another text are refused; what people read above the signed part does not count', () => {
  const file = writeLicence(LICENCE, privateKey);
  const [, body = ''] = /LICENCE-----\n([\s\S]*)\n-----END/.exec(file) ?? [];
  const forged = Buffer.from(JSON.stringify({ ...LICENCE, flex: 9000 })).toString('base64');
  const changed = file.replace(body, `${forged}.${body.replaceAll('\n', '').split('.')[1]}`);
  assert.equal(readLicence(changed, publicKey).ok, false);
  assert.equal(readLicence(file, generateKeyPairSync('ed25519').publicKey).ok, false);
  assert.equal(readLicence('hello', publicKey).ok, false);
  assert.deepEqual(readLicence(file.replace('Flex licences: 8', 'Flex licences: 800'), publicKey), {
    ok: true,
    licence: LICENCE,
  });
});

const station = (number: string) => ({ number, name: 'X', classOfService: 'office' });

test('without an installed licence nothing new is set up; with one up to its counts', async () => {
  const client = (await apiClient({ licenceKey: publicKey })).as('admin');
  assert.equal((await client.refusal('POST', 'stations', station('4050'))).code, 'licenceRefused');
  const installed = await client.expect(200, 'PUT', 'licences', { file: writeLicence(LICENCE, privateKey) });
  assert.deepEqual([installed.state, installed.flex.grantedCount, installed.flex.freeCount], ['valid', 8, 2]);
  await client.expect(201, 'POST', 'stations', station('4050'));
  await client.expect(201, 'POST', 'stations', station('4051'));
  const refused = await client.refusal('POST', 'stations', station('4052'));
  assert.equal(refused.errors?.[0]?.code, 'flexLicencesOverrun');
});

test('the counts cannot be changed by hand while licences are signed', async () => {
  const client = (await apiClient({ licenceKey: publicKey })).as('admin');
  const refused = await client.refusal('PATCH', 'licence-counts', { flex: 9000 }, { 'if-match': '*' });
  assert.equal(refused.code, 'licenceRefused');
});

test('a licence for fewer than are in use is not taken', async () => {
  const client = (await apiClient({ licenceKey: publicKey })).as('admin');
  const refused = await client.refusal('PUT', 'licences', { file: writeLicence({ ...LICENCE, flex: 2 }, privateKey) });
  assert.equal(refused.errors?.[0]?.code, 'flexLicencesOverrun');
  assert.equal((await client.expect(200, 'GET', 'licences')).state, 'none');
});

test('expiring, grace, expired: new devices end with the grace, everything else goes on', async () => {
  const client = (await apiClient({ licenceKey: publicKey })).as('admin');
  const { clock } = client.world;
  await client.expect(200, 'PUT', 'licences', { file: writeLicence(LICENCE, privateKey) });
  const state = async () => (await client.expect(200, 'GET', 'licences')).state;
  clock.advance(Date.parse('2027-01-10') - clock.epochMs());
  assert.equal(await state(), 'expiring');
  clock.advance(25 * DAY_MS);
  assert.equal(await state(), 'grace');
  await client.expect(201, 'POST', 'stations', station('4050'));
  clock.advance(30 * DAY_MS);
  assert.equal(await state(), 'expired');
  const refused = await client.refusal('POST', 'stations', station('4051'));
  assert.match(refused.detail, /The licence ended on 2027-01-31\. Calls go on/);
  await client.expect(200, 'PATCH', 'stations/4050', { name: 'Y' }, { 'if-match': '*' });
  await client.expect(204, 'DELETE', 'stations/4050', undefined, { 'if-match': '*' });
});
