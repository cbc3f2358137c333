/** Shared contacts in a real directory: OpenLDAP. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ENDPOINTS } from '@unisono/contract';
import type { PushSender } from '../push/sender.ts';
import { hello, up, webSocketLink } from '../testing/assistant.ts';
import { Listening } from '../testing/listening.ts';
import { connected, type Person } from '../testing/people.ts';
import { BASE_DN, BIND_DN, type Slapd, slapdMissing, startSlapd } from '../testing/slapd.ts';
import { Stage, type TenantKeys } from '../testing/stage.ts';

const person = (name: string, sn: string, ...lines: string[]): string =>
  [`dn: cn=${name},${BASE_DN}`, 'objectClass: inetOrgPerson', `cn: ${name}`, `sn: ${sn}`, ...lines, ''].join('\n');

const ENTRIES = [
  [`dn: ${BASE_DN}`, 'objectClass: dcObject', 'objectClass: organization', 'dc: lindner', 'o: Lindner', ''].join('\n'),
  person(
    'Zoe Meyer',
    'Meyer',
    'o: Meyer Glas',
    'mail: zoe@meyer.example',
    'telephoneNumber: +49 89 1234-567',
    'mobile: 0171 7654321',
  ),
  person('Star * (odd)', 'Odd', 'telephoneNumber: +49 30 111222'),
  person('No Number', 'Number'),
].join('\n');

const missing = slapdMissing();
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);

describe('contacts in an LDAP directory', { skip: missing ?? false }, () => {
  let slapd: Slapd;
  let stage: Stage;
  let tenant: TenantKeys;
  let anna: Person;
  const pushed = Promise.withResolvers<string>();
  const sender: PushSender = {
    kind: 'webPush',
    send: async (_to, { payload }) => {
      pushed.resolve(payload);
      return 'taken';
    },
  };

  before(async () => {
    slapd = await startSlapd(ENTRIES);
    stage = await Stage.open(undefined, { push: { publicKey: 'k', senders: [sender] } });
    tenant = await stage.tenant('lindner');
    anna = await connected(stage, tenant, 'anna', '4020');
    await put('secret');
  });
  after(async () => {
    await stage.close();
    await slapd.stop();
  });

  const put = (bindPassword: string) =>
    stage.get(ENDPOINTS.putLdap, {
      as: tenant.admin,
      params: { sourceId: 'company' },
      body: { name: 'Company', url: slapd.url, baseDn: BASE_DN, bindDn: BIND_DN, bindPassword },
    });
  const names = async (q: string): Promise<string[]> => {
    const { entries } = await stage.get(ENDPOINTS.searchDirectory, { as: anna.token, query: { q } });
    return entries.filter(({ source }) => source === 'ldap').map(({ name }) => name);
  };

  it('are found by parts of their name, company and address', async () => {
    for (const q of ['zoe', 'mey', 'glas zoe', 'zoe@meyer']) assert.deepEqual(await names(q), ['Zoe Meyer'], q);
    assert.deepEqual(await names('nobody'), []);
  });

  it('are shown with what the directory has of them, and not without a number', async () => {
    const { entries } = await stage.get(ENDPOINTS.searchDirectory, { as: anna.token, query: { q: 'zoe' } });
    const { company, email, numbers } = entries[0] ?? {};
    assert.deepEqual([company, email], ['Meyer Glas', 'zoe@meyer.example']);
    assert.deepEqual(
      numbers?.map(({ kind, number }) => [kind, number]),
      [
        ['work', '+49 89 1234-567'],
        ['mobile', '0171 7654321'],
      ],
    );
    assert.deepEqual(await names('number'), []);
  });

  it('are told by their number, however it is written there', async () => {
    const { name } = await stage.get(ENDPOINTS.whoseNumber, { as: anna.token, query: { number: '+49891234567' } });
    assert.equal(name, 'Zoe Meyer');
  });

  it('are named in the history and on a push, while what the phone system says is written at once', async () => {
    const assistant = await webSocketLink(stage, tenant.assistant);
    assistant.send(hello('o1'));
    await assistant.next('welcome');
    const listening = await Listening.open(await stage.port(), anna.token);
    const { userId } = anna;
    const party = { number: '+49891234567' };
    const call = { callId: 'c1', direction: 'incoming' as const, party, startedAtMs: 1 };
    const entries = (): unknown[] =>
      listening.events.flatMap(({ body }) =>
        body.kind === 'history' ? [(body as unknown as { entry: { party: { name?: string } } }).entry.party.name] : [],
      );
    const entry = { ...call, entryId: 'h1', endedAtMs: 2, result: 'noAnswer' };
    assistant.send(up(1, { kind: 'historyEntry', userId, entry }));
    await listening.until(() => entries().length >= 2);
    assert.deepEqual(entries(), [undefined, 'Zoe Meyer']);
    const { entries: found } = await stage.get(ENDPOINTS.history, { as: anna.token, query: { q: 'zoe' } });
    assert.deepEqual(
      found.map((entry) => [entry.entryId, entry.party.name]),
      [['h1', 'Zoe Meyer']],
    );
    const expiresAtMs = stage.clock.nowMs() + 60_000;
    const to = {
      kind: 'webPush' as const,
      endpoint: 'https://push.example/1',
      keys: { p256dh: 'A'.repeat(87), auth: 'A'.repeat(22) },
    };
    await stage.get(ENDPOINTS.subscribePush, { as: anna.token, body: to });
    const push = { pushId: 'p1', kind: 'incomingCall', callId: 'c1', party, expiresAtMs };
    assistant.send(up(2, { kind: 'pushRequest', userId, push }));
    assert.equal((JSON.parse(await pushed.promise) as { party?: { name?: string } }).party?.name, 'Zoe Meyer');
    await listening.cut();
    await assistant.close();
  });

  it('are searched for and not asked: signs of filters mean themselves', async () => {
    assert.deepEqual(await names('*)(objectClass=*'), []);
    assert.deepEqual(await names('(odd)'), ['Star * (odd)']);
  });

  it('are left out when the directory refuses, and the rest is found', async () => {
    await put('wrong');
    const { entries } = await stage.get(ENDPOINTS.searchDirectory, { as: anna.token, query: { q: 'anna' } });
    assert.deepEqual(
      entries.map(({ source }) => source),
      ['person'],
    );
    assert.deepEqual(await names('zoe'), []);
  });
});
