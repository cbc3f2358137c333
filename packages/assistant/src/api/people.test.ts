import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type ApiClient, apiClient } from '../testing/api-client.ts';

let helpdesk: ApiClient;
before(async () => {
  helpdesk = (await apiClient()).as('helpdesk');
});

test('without a cloud it is said what has to be configured, and nobody is invited', async () => {
  assert.deepEqual(await helpdesk.expect(200, 'GET', 'people/anna/directory'), { access: 'noCloud' });
  assert.equal((await helpdesk.expect(200, 'GET', 'link')).directory, 'noCloud');
  const { code, action } = await helpdesk.refusal('POST', 'people/anna/invitation');
  assert.deepEqual([code, /assistant\.connector/.test(action)], ['linkOff', true]);
});

test('Unisono Phone is switched off and on; it keeps nobody from being switched twice', async () => {
  const { system } = helpdesk.world;
  const hasDevice = (): boolean => system.current().ufipDeviceOfUser.has('anna');
  for (const [method, has] of [
    ['DELETE', false],
    ['DELETE', false],
    ['PUT', true],
    ['PUT', true],
  ] as const) {
    await helpdesk.expect(204, method, 'people/anna/phone');
    assert.equal(hasDevice(), has);
  }
});

test('a person is removed with everything, or not at all; the number can stay without a name', async () => {
  const { system } = helpdesk.world;
  const running = { id: 'k', caller: '4020', callee: '4021', startedAtMs: 0, answeredAtMs: 0, users: ['anna', 'ben'] };
  helpdesk.world.callsNow.push(running);
  const preview = await helpdesk.expect(200, 'GET', 'people/anna/removal?keepNumber=true');
  assert.ok(preview.en.includes('One call is running; it goes on until it ends.'));
  assert.match(preview.en[0], /^Desk number 4020 .*stays/);
  assert.equal((await helpdesk.refusal('DELETE', 'people/anna')).code, 'preconditionMissing');
  await helpdesk.refusal('DELETE', 'people/anna', undefined, { 'if-match': '"of another state"' });
  assert.ok(system.current().users.has('anna') && system.current().ufipDeviceOfUser.has('anna'));
  const removed = await helpdesk.expect(200, 'DELETE', 'people/anna?keepNumber=true', undefined, { 'if-match': '*' });
  assert.deepEqual(removed, { directory: 'noCloud', runningCalls: 1 });
  assert.equal(system.current().stations.get('4020')?.name, '4020');
  assert.equal(system.current().users.has('anna'), false);
});

test('with a mailbox unanswered calls go there, from the beginning, and not where they went already', async () => {
  const { system } = helpdesk.world;
  const settings = (id: string) => system.current().users.get(id)?.settings;
  const zoe = { name: 'Zoe Kraft', email: 'zoe@lindner-optik.example', number: '4035', clients: false, mailbox: true };
  await helpdesk.expect(201, 'POST', 'people', zoe);
  assert.equal(settings('zoe')?.noAnswer, 'voicemail');
  const preview = await helpdesk.expect(200, 'GET', 'people/zoe/routing');
  assert.match(preview.en.join(' '), /voicemail|mailbox/i);
  await helpdesk.expect(200, 'PATCH', 'people/zoe/settings', { busy: 'voicemail' }, { 'if-match': '*' });
  await helpdesk.expect(204, 'DELETE', 'people/zoe/mailbox');
  assert.deepEqual([settings('zoe')?.noAnswer, settings('zoe')?.busy], ['none', 'default']);
  await helpdesk.expect(204, 'PUT', 'people/zoe/mailbox');
  assert.deepEqual([settings('zoe')?.noAnswer, settings('zoe')?.busy], ['voicemail', 'default']);
  const elsewhere = { noAnswer: 'alternativeNumber', alternativeNumber: '4021' };
  await helpdesk.expect(200, 'PATCH', 'people/zoe/settings', elsewhere, { 'if-match': '*' });
  await helpdesk.expect(204, 'DELETE', 'people/zoe/mailbox');
  await helpdesk.expect(204, 'PUT', 'people/zoe/mailbox');
  assert.equal(settings('zoe')?.noAnswer, 'alternativeNumber');
  const admin = helpdesk.as('admin');
  for (const [mailbox, noAnswer] of [
    ['no', 'none'],
    ['yes', 'voicemail'],
    ['no', 'none'],
  ] as const) {
    await admin.expect(200, 'POST', 'people.csv', `email,mailbox\nben@lindner-optik.example,${mailbox}\n`);
    assert.equal(settings('ben')?.noAnswer, noAnswer);
  }
});

test('a PIN of a mailbox is never shown, and taken away when it is forgotten', async () => {
  const { system } = helpdesk.world;
  system.change({ kind: 'update', list: 'users', id: 'ben', value: { mailbox: true, mailboxPin: '47119' } });
  const shown = await helpdesk.ask('GET', 'users/ben');
  assert.ok(!shown.text.includes('47119'));
  assert.equal(shown.body.hasMailboxPin, true);
  await helpdesk.expect(200, 'PATCH', 'users/ben', { ...shown.body, name: 'Ben O.' }, { 'if-match': '*' });
  assert.equal(system.current().users.get('ben')?.mailboxPin, '47119');
  await helpdesk.expect(204, 'DELETE', 'people/ben/mailbox-pin');
  assert.equal(system.current().users.get('ben')?.mailboxPin, undefined);
  const [person] = (await helpdesk.expect(200, 'GET', 'people?search=ben')).people;
  assert.equal(person.hasMailboxPin, false);
});

test('an import tells the passwords of new desk phones once, and not those that the file gives', async () => {
  const admin = helpdesk.as('admin');
  const file = [
    'name,email,number,deskUsername,deskPassword',
    'Uma Berg,uma@lindner-optik.example,4041,4041,',
    'Tim Berg,tim@lindner-optik.example,4042,4042,given by the file',
    '',
  ].join('\n');
  assert.deepEqual((await admin.expect(200, 'POST', 'people.csv?dryRun=true', file)).accounts, []);
  const { accounts } = await admin.expect(200, 'POST', 'people.csv', file);
  const stored = admin.world.system.current().stations.get('4041')?.device?.account;
  assert.deepEqual(accounts, [{ number: '4041', ...stored }]);
});

test('who may only look neither previews nor removes', async () => {
  const reader = helpdesk.as('readOnly');
  assert.equal((await reader.refusal('GET', 'people/ben/removal')).code, 'notAllowed');
  assert.equal((await reader.refusal('DELETE', 'people/ben', undefined, { 'if-match': '*' })).code, 'notAllowed');
});
