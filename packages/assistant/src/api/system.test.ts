import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type ApiClient, apiClient } from '../testing/api-client.ts';

let nobody: ApiClient;
let admin: ApiClient;
before(async () => {
  nobody = await apiClient();
  admin = nobody.as('admin');
});

async function etagOf(path: string): Promise<string> {
  return String((await admin.get(path)).headers.etag);
}

test('a list is read a page at a time, and searched by words', async () => {
  const page = await admin.expect(200, 'GET', 'stations?limit=2&offset=1');
  assert.deepEqual([page.total, page.entries.map((one: { number: string }) => one.number)], [6, ['4020', '4021']]);
  const found = await admin.expect(200, 'GET', 'users?search=LINDNER%20anna');
  assert.deepEqual(
    found.entries.map(({ id }: { id: string }) => id),
    ['anna'],
  );
});

test('no answer holds a SIP password', async () => {
  const { text } = await admin.get('stations');
  assert.ok(text.includes('"hasPassword":true'));
  const password = nobody.world.system.current().stations.get('4020')?.device?.account.password ?? '';
  assert.ok(password.length > 10 && !text.includes(password));
  assert.ok(!(await admin.get('trunk-groups')).text.includes('from-your-provider'));
});

test('an entry is made, changed with its ETag and deleted, each told in the audit log', async () => {
  const made = await admin.ask('POST', 'stations', { number: '4050', name: 'Lab', classOfService: 'office' });
  assert.equal(made.status, 201);
  assert.equal(made.headers.location, '/api/v1/stations/4050');
  const changed = await admin.ask(
    'PATCH',
    'stations/4050',
    { name: 'Lab 2' },
    { 'if-match': String(made.headers.etag) },
  );
  assert.deepEqual([changed.status, changed.body.name], [200, 'Lab 2']);
  await admin.expect(204, 'DELETE', 'stations/4050', undefined, { 'if-match': String(changed.headers.etag) });
  const { entries } = await admin.expect(200, 'GET', 'audit?target=stations/4050');
  assert.deepEqual(
    entries.map(({ action, actor }: { action: string; actor: string }) => `${actor} ${action}`),
    ['token:admin delete', 'token:admin update', 'token:admin create'],
  );
  assert.deepEqual(entries[1].detail, [{ field: 'name', before: 'Lab', after: 'Lab 2' }]);
  assert.deepEqual(await admin.expect(200, 'POST', 'audit/verify'), { isWhole: true });
});

test('what was read and sent back changes nothing, and keeps the password', async () => {
  const read = await admin.get('stations/4020');
  await admin.expect(200, 'PATCH', 'stations/4020', read.body, { 'if-match': String(read.headers.etag) });
  assert.equal(await etagOf('stations/4020'), read.headers.etag);
});

test('two administrators at once: the second is told who changed what', async () => {
  const seen = await etagOf('users/anna');
  await admin.expect(200, 'PATCH', 'users/anna', { name: 'Anna L.' }, { 'if-match': seen });
  const refused = await nobody
    .as('helpdesk')
    .refusal('PATCH', 'users/anna', { name: 'A. Lindner' }, { 'if-match': seen });
  assert.equal(refused.code, 'stale');
  assert.equal(refused.detail, 'token:admin has changed users/anna (name) meanwhile.');
  assert.deepEqual(refused.changedBy?.fields, ['name']);
});

test('a change from a phone in between counts too', async () => {
  const seen = await etagOf('users/ben');
  nobody.world.system.change({ kind: 'userSettings', user: 'ben', settings: { ringSec: 33 } });
  const refused = await admin.refusal('PATCH', 'users/ben', { name: 'B' }, { 'if-match': seen });
  assert.equal(refused.code, 'stale');
});

test('a change that does not say what it is based on is refused', async () => {
  assert.equal((await admin.refusal('PATCH', 'users/anna', { name: 'X' })).code, 'preconditionMissing');
  assert.equal((await admin.refusal('DELETE', 'users/anna')).code, 'preconditionMissing');
});

test('the rules of the domain answer with field, code and what would be right', async () => {
  const refused = await admin.refusal('POST', 'stations', { number: '4021', name: 'Twin', classOfService: 'office' });
  assert.equal(refused.status, 422);
  assert.deepEqual(
    refused.errors?.map(({ code, path }) => `${code} ${path}`),
    ['numberDuplicate stations[6].number'],
  );
  const mistyped = await admin.refusal('POST', 'stations', { nmber: '4051', name: 'X' });
  assert.match(JSON.stringify(mistyped.errors), /fieldUnknown.*Did you mean \\"number\\"/);
});

test('signing off under a UFIP device is refused with the reason', async () => {
  const refused = await admin.refusal('PATCH', 'stations/4020', { state: 'signedOff' }, { 'if-match': '*' });
  assert.equal(refused.errors?.[0]?.code, 'ufipDeviceStationSignedOff');
});

test('a dry run says what would come of it and changes nothing', async () => {
  const { version } = nobody.world.system;
  await admin.expect(201, 'POST', 'stations?dryRun=true', { number: '4052', name: 'X', classOfService: 'office' });
  const refused = await admin.refusal('POST', 'stations?dryRun=true', { number: '4021', name: 'X' });
  assert.equal(refused.code, 'dataInvalid');
  assert.equal(nobody.world.system.version, version);
});

test('several changes are made all or none', async () => {
  const changes = [
    { kind: 'create', list: 'stations', value: { number: '4060', name: 'A', classOfService: 'office' } },
    { kind: 'delete', list: 'stations', id: 'gone' },
  ];
  await admin.refusal('POST', 'changes', { changes });
  assert.equal((await admin.get('stations/4060')).status, 404);
  assert.equal((await admin.expect(200, 'POST', 'changes', { changes: [changes[0]] })).changes, 1);
});

test('sections are changed like entries', async () => {
  const { headers } = await admin.get('defaults');
  const changed = await admin.expect(200, 'PATCH', 'defaults', { ringSec: 25 }, { 'if-match': String(headers.etag) });
  assert.equal(changed.ringSec, 25);
  const refused = await admin.refusal('PATCH', 'licence-counts', { flex: 2 }, { 'if-match': '*' });
  assert.equal(refused.errors?.[0]?.code, 'flexLicencesOverrun');
});

test('the wizard makes station, user and UFIP device together, and shows the passwords once', async () => {
  const free = await admin.expect(200, 'GET', 'free-numbers');
  const person = {
    name: 'Zoë Kraft',
    email: 'zoë@lindner-optik.example',
    number: free.station,
    ufipNumber: free.ufipDevice,
  };
  const made = await admin.expect(201, 'POST', 'people', person);
  assert.equal(made.id, 'zoe');
  assert.deepEqual(
    made.credentials.map(({ device, username }: { device: string; username: string }) => `${device} ${username}`),
    [`desk ${free.station}`, 'clients zoe-clients'],
  );
  const { people } = await admin.expect(200, 'GET', 'people?search=zo');
  assert.deepEqual([people[0].number, people[0].ufipNumber], [free.station, free.ufipDevice]);
});

test('a person is told in words, in both languages, from the plan of calls', async () => {
  const { en, de } = await admin.expect(200, 'GET', 'people/carla/routing');
  assert.match(en[0], /^A call now would /);
  assert.match(de[0], /^Ein Anruf /);
  const body = { routing: 'clientsOnly' };
  const changed = await admin.expect(200, 'PATCH', 'people/carla/settings', body, { 'if-match': '*' });
  assert.equal(changed.settings.routing, 'clientsOnly');
});

test('what a dialled number means is told with its trunks, without their passwords', async () => {
  const read = await admin.expect(200, 'POST', 'numbers/read', { station: '4020', dialled: '40-21' });
  assert.deepEqual([read.kind, read.station], ['station', '4021']);
  const outside = await admin.ask('POST', 'numbers/read', { station: '4020', dialled: '112' });
  assert.equal(outside.body.kind, 'emergency');
  assert.ok(!outside.text.includes('from-your-provider'));
});

test('a device gets a new password, which nobody can read again', async () => {
  const { password, username } = await admin.expect(201, 'POST', 'stations/4020/password');
  assert.deepEqual([username, password.length], ['4020', 20]);
  assert.equal(nobody.world.system.current().stations.get('4020')?.device?.account.password, password);
  assert.ok(!(await admin.get('audit')).text.includes(password));
});

test('a part that is sent back as it was read keeps its password, and a new password takes its place', async () => {
  const client = (await apiClient()).as('admin');
  const trunk = (credentials: Record<string, unknown>) => ({
    id: 't1',
    peer: { host: 'sip.example.com' },
    credentials: { username: 'lindner', ...credentials },
  });
  await client.expect(201, 'POST', 'trunk-groups', { id: 'city', trunks: [trunk({ password: 'first' })] });
  const stored = () =>
    client.world.system
      .current()
      .trunkGroups.get('city')
      ?.trunks.map(({ credentials }) => credentials?.password);
  const change = (body: unknown) => client.expect(200, 'PATCH', 'trunk-groups/city', body, { 'if-match': '*' });
  const shown = await client.expect(200, 'GET', 'trunk-groups/city');
  assert.ok(!JSON.stringify(shown).includes('first'));
  await change({ mainNumber: '+498912340', trunks: shown.trunks });
  assert.deepEqual(stored(), ['first']);
  await change({ trunks: [trunk({ hasPassword: true, password: 'second' })] });
  assert.deepEqual(stored(), ['second']);
  const refused = await client.expect(
    422,
    'PATCH',
    'trunk-groups/city',
    { trunks: [trunk({ username: 'other', hasPassword: true })] },
    { 'if-match': '*' },
  );
  assert.match(JSON.stringify(refused), /password/);
});
