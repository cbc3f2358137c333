import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type ApiClient, apiClient } from '../testing/api-client.ts';

let helpdesk: ApiClient;
beforeEach(async () => {
  helpdesk = (await apiClient()).as('helpdesk');
});

const device = (station: string) => helpdesk.world.system.current().stations.get(station)?.device;

test('a desk phone is given with a password that is shown this once, and taken away; the number stays', async () => {
  await helpdesk.expect(204, 'DELETE', 'stations/4020/desk-phone');
  assert.equal(device('4020'), undefined);
  const made = await helpdesk.expect(201, 'POST', 'stations/4020/desk-phone');
  assert.equal(made.username, '4020');
  assert.deepEqual(device('4020')?.account, made);
  assert.equal((await helpdesk.refusal('POST', 'stations/4020/desk-phone')).code, 'deskPhoneThere');
  assert.deepEqual(device('4020')?.account, made);
  const shown = await helpdesk.ask('GET', 'stations/4020');
  assert.ok(!shown.text.includes(made.password));
  await helpdesk.expect(204, 'DELETE', 'stations/4020/desk-phone');
  await helpdesk.expect(204, 'DELETE', 'stations/4020/desk-phone');
  assert.equal(helpdesk.world.system.current().stations.get('4020')?.number, '4020');
  const { entries } = await helpdesk.expect(200, 'GET', 'audit?target=stations/4020');
  assert.equal(entries.length, 3);
  assert.ok(!JSON.stringify(entries).includes(made.password));
});

test('who may only look neither gives nor takes a desk phone', async () => {
  const reader = helpdesk.as('readOnly');
  assert.equal((await reader.refusal('POST', 'stations/4020/desk-phone')).code, 'notAllowed');
  assert.equal((await reader.refusal('DELETE', 'stations/4020/desk-phone')).code, 'notAllowed');
  assert.equal((await helpdesk.refusal('POST', 'stations/9999/desk-phone')).code, 'notFound');
});

test('a station says whose it is and where a call would go; phones are told where to connect', async () => {
  const routing = await helpdesk.expect(200, 'GET', 'stations/4020/routing');
  assert.equal(routing.person.id, 'anna');
  assert.match(routing.en[0], /call now/);
  assert.match(routing.de[0], /Anruf/);
  const { domain, places } = await helpdesk.expect(200, 'GET', 'phone-access');
  assert.deepEqual(
    [domain, places],
    [helpdesk.world.system.current().data.company.domain, [{ transport: 'udp', host: '192.0.2.1', port: 5060 }]],
  );
});

test('the help desk changes class of service, own outside number, name and state; a dry run changes nothing', async () => {
  const change = { outsideNumber: '+49891234999', name: 'Reception', state: 'outOfService' };
  const any = { 'if-match': '*' };
  const before = helpdesk.world.system.version;
  await helpdesk.expect(200, 'PATCH', 'stations/4020?dryRun=true', change, any);
  assert.equal(helpdesk.world.system.version, before);
  const changed = await helpdesk.expect(200, 'PATCH', 'stations/4020', change, any);
  assert.deepEqual([changed.outsideNumber, changed.name, changed.state], Object.values(change));
  assert.equal(
    (await helpdesk.refusal('PATCH', 'stations/4020', { classOfService: 'nobody' }, any)).errors?.[0]?.code,
    'classOfServiceUnknown',
  );
});
