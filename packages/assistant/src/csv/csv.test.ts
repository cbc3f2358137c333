import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ApiClient, apiClient } from '../testing/api-client.ts';
import { csvRow, unquoted } from './csv-row.ts';

const HEAD = 'id,name,email,number,deskUsername,ufipNumber,mailbox';

async function admin(): Promise<ApiClient> {
  return (await apiClient()).as('admin');
}

test('what is exported and imported again changes nothing', async () => {
  const client = await admin();
  const { text } = await client.get('people.csv');
  assert.equal(text.split('\r\n').length, 6 + 2);
  const { version } = client.world.system;
  const report = await client.expect(200, 'POST', 'people.csv', text);
  assert.deepEqual([report.lines, report.unchanged, report.created, report.updated], [6, 6, 0, 0]);
  assert.equal(client.world.system.version, version);
});

test('new people come with station and UFIP device; those known by their address are changed', async () => {
  const client = await admin();
  const file = [HEAD, ',Zoe,zoe@x.example,4070,4070,8070,yes', ',Anna L.,ANNA@lindner-optik.example,,,,'].join('\n');
  const report = await client.expect(200, 'POST', 'people.csv', file);
  assert.deepEqual([report.created, report.updated], [1, 1]);
  const system = client.world.system.current();
  assert.equal(system.users.get('zoe')?.deskStation, '4070');
  assert.equal(system.users.get('zoe')?.mailbox, true);
  assert.equal(system.stations.get('4070')?.device?.account.password?.length, 20);
  assert.equal(system.ufipDevices.get('ufip-zoe')?.account.username, 'zoe-clients');
  assert.equal(system.users.get('anna')?.name, 'Anna L.');
  assert.ok(system.users.get('anna')?.deskStation === '4020');
});

test('semicolons, a byte order mark and quotes are read', async () => {
  const client = await admin();
  const file = '\ufeffid;name;email;number\r\n;"Kraft; Zoe";zoe@x.example;4071\r\n';
  await client.expect(200, 'POST', 'people.csv', file);
  assert.equal(client.world.system.current().users.get('zoe')?.name, 'Kraft; Zoe');
});

test('every error is told with its line, column and remedy, and nothing is imported', async () => {
  const client = await admin();
  const file = [
    HEAD,
    ',Zoe,zoe@x.example,4021,,,',
    ',Yan,no address,4072,,,',
    ',Xia,xia@x.example,,,8072,',
    ',Ann,anna@lindner-optik.example,,,,perhaps',
    ',Ann,Anna@Lindner-Optik.example,,,,',
    ',,,,,,yes',
  ].join('\n');
  const refused = await client.refusal('POST', 'people.csv', file);
  assert.equal(refused.code, 'importInvalid');
  const told = (refused.errors ?? []).map(({ path, code }) => `${path}: ${code}`);
  for (const wanted of [
    'line 3, email: fieldFormat',
    'line 4, ufipNumber: ',
    'line 5, mailbox: fieldType',
    'line 6, email: lineTwice',
    'line 7, email: lineUnknown',
  ])
    assert.ok(
      told.some((one) => one.startsWith(wanted.replace('ufipNumber: ', ''))),
      `${wanted} in ${told.join(' | ')}`,
    );
  assert.equal(client.world.system.version, 1);
});

test('a column that does not exist and a file that is none', async () => {
  const client = await admin();
  assert.match(
    JSON.stringify((await client.refusal('POST', 'people.csv', 'id,phone\n1,2')).errors),
    /columnUnknown.*phone/,
  );
  assert.match(JSON.stringify((await client.refusal('POST', 'people.csv', 'id,name\n"1,2')).errors), /fileSyntax/);
});

test('a dry run imports nothing', async () => {
  const client = await admin();
  const report = await client.expect(200, 'POST', 'people.csv?dryRun=true', `${HEAD}\n,Zoe,zoe@x.example,4070,,,`);
  assert.deepEqual([report.isDryRun, report.created], [true, 1]);
  assert.equal(client.world.system.current().users.has('zoe'), false);
});

test('a hyphen takes the desk phone away', async () => {
  const client = await admin();
  await client.expect(200, 'POST', 'people.csv', `${HEAD}\nanna,,,,-,,`);
  assert.equal(client.world.system.current().stations.get('4020')?.device, undefined);
});

test('no cell is a formula, and reading gives back what was written', () => {
  for (const cell of ['=1+1', '@x', '+cmd', '-2+3', "'quoted", '+49891234', '-5', 'a,b', 'say "hi"']) {
    const row = csvRow([cell]);
    assert.ok(!/^[=@]/.test(row) && !/^[+-](?!\d+$)/.test(row), row);
    if (!row.startsWith('"')) assert.equal(unquoted(row), cell);
  }
});
