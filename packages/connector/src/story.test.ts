import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { clientPassword, ENDPOINTS } from '@unisono/contract';
import { acceptInvitation, connectionData, onceKey, PASSWORD, upload } from './testing/people.ts';
import { Stage, type TenantKeys } from './testing/stage.ts';

describe('from a new person to a client that can connect', () => {
  let stage: Stage;
  let tenant: TenantKeys;
  let userId: string;
  let delta: string;

  before(async () => {
    stage = await Stage.open();
    tenant = await stage.tenant('lindner');
  });
  after(() => stage.close());

  it('an administrator creates her, and she is invited', async () => {
    const anna = await stage.get(ENDPOINTS.createUser, {
      as: tenant.admin,
      body: { email: 'Anna@Lindner.example', firstName: 'Anna', lastName: 'Lindner', language: 'de' },
    });
    userId = anna.id;
    assert.deepEqual(
      [anna.status, anna.phone, anna.connected, anna.displayName],
      ['invited', true, false, 'Anna Lindner'],
    );
    assert.deepEqual(
      stage.mails.map(({ to }) => to),
      ['Anna@Lindner.example'],
    );
    assert.match(stage.mails[0]?.text ?? '', /^Guten Tag Anna,/);
    assert.match(stage.mails[0]?.text ?? '', /mit Anna@Lindner.example. Der Kurzname der Firma ist lindner;/);
  });

  it('the Assistant finds her', async () => {
    const page = await stage.get(ENDPOINTS.syncUsers, { as: tenant.assistant });
    assert.deepEqual(
      page.users.map(({ id, email }) => [id, email]),
      [[userId, 'Anna@Lindner.example']],
    );
    assert.equal(page.next, undefined);
    delta = page.delta ?? '';
  });

  it('there is nothing for her to connect to yet', async () => {
    const { token } = await acceptInvitation(stage, 'Anna@Lindner.example');
    assert.equal((await stage.refusal(ENDPOINTS.connection, { as: token })).code, 'noConnectionData');
  });

  it('the Assistant uploads her connection data, and says so again without harm', async () => {
    const asking = {
      as: tenant.assistant,
      headers: { 'idempotency-key': onceKey() },
      body: { items: [{ op: 'put' as const, userId, version: 1, data: connectionData('anna', '4020') }] },
    };
    const first = await stage.get(ENDPOINTS.uploadConnections, asking);
    assert.deepEqual(first, { outcomes: [{ userId, outcome: 'stored', version: 1 }] });
    assert.deepEqual(await stage.get(ENDPOINTS.uploadConnections, asking), first);
    assert.equal((await upload(stage, tenant, userId, 1, connectionData('anna', '4020')))?.outcome, 'unchanged');
  });

  it('she signs in with her password and gets it, with credentials of her browser alone', async () => {
    const session = await stage.get(ENDPOINTS.signInWithPassword, {
      body: { tenant: 'lindner', email: 'anna@lindner.EXAMPLE', password: PASSWORD },
    });
    const reply = await stage.ask(ENDPOINTS.connection, { as: session.token });
    assert.equal(reply.headers['cache-control'], 'no-store');
    const { sip, turn, desk, validUntilMs } = reply.body;
    assert.equal(sip.username, `anna-clients~${session.installationId}~${Math.floor(sip.expiresAtMs / 1000)}`);
    assert.equal(sip.password, await clientPassword(Buffer.alloc(32, 5).toString('base64url'), sip.username));
    assert.equal(sip.expiresAtMs, stage.clock.nowMs() + 86_400_000);
    assert.equal(turn[0].username, `${Math.floor(turn[0].expiresAtMs / 1000)}:${session.installationId}`);
    assert.equal(desk.number, '4020');
    assert.equal(validUntilMs, turn[0].expiresAtMs);
    assert.ok(!JSON.stringify(reply.body).includes('turn secret'));
  });

  it('the Assistant sees what changed since, and that nothing has since then', async () => {
    const { users, delta: next } = await stage.get(ENDPOINTS.syncUsers, {
      as: tenant.assistant,
      query: { since: delta },
    });
    assert.deepEqual(
      users.map(({ status, connection }) => [status, connection?.version]),
      [['active', 1]],
    );
    const nothing = await stage.get(ENDPOINTS.syncUsers, { as: tenant.assistant, query: { since: next } });
    assert.deepEqual([nothing.users, nothing.removed], [[], []]);
  });
});
