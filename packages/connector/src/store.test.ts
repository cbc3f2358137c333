import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ENDPOINTS, type UpBody } from '@unisono/contract';
import { verifyAudit } from './audit/audit.ts';
import { change, knowSystem } from './change.ts';
import type { Store } from './database/tables.ts';
import { runRetention } from './retention/retention.ts';
import { hello, up, webSocketLink } from './testing/assistant.ts';
import { connected, connectionData, onceKey, PASSWORD, type Person, signedIn, upload } from './testing/people.ts';
import { postgresMissing, startPostgres, type TestPostgres } from './testing/postgres.ts';
import { sqliteStore } from './testing/sqlite.ts';
import { Stage, type TenantKeys } from './testing/stage.ts';

const DAY_MS = 86_400_000;

/** What has to hold on every database. */
function suite(open: () => Promise<Store>): void {
  let stage: Stage;
  let tenant: TenantKeys;
  let anna: Person;

  before(async () => {
    stage = await Stage.open(await open());
    tenant = await stage.tenant('lindner');
    anna = await connected(stage, tenant, 'anna', '4020');
  });
  after(() => stage.close());

  it('keeps an address for one person of a tenant, however it is written', async () => {
    const body = { email: 'ANNA@lindner.example', firstName: 'A', lastName: 'B' };
    assert.equal((await stage.refusal(ENDPOINTS.createUser, { as: tenant.admin, body })).code, 'emailTaken');
    const other = await stage.tenant('other');
    await stage.get(ENDPOINTS.createUser, { as: other.admin, body });
  });

  it('gives the whole list in pages, without gaps while it changes', async () => {
    for (let count = 0; count < 12; count++) {
      const body = { email: `p${count}@lindner.example`, firstName: 'P', lastName: `${count}`, invite: false };
      await stage.get(ENDPOINTS.createUser, { as: tenant.admin, body });
    }
    const seen = new Set<string>();
    let cursor: string | undefined;
    let delta: string | undefined;
    for (let page = 0; delta === undefined; page++) {
      const got = await stage.get(ENDPOINTS.syncUsers, { as: tenant.assistant, query: { limit: 5, cursor } });
      for (const user of got.users) seen.add(user.email);
      [cursor, delta] = [got.next, got.delta];
      const late = { email: `late${page}@lindner.example`, firstName: 'Late', lastName: 'Comer', invite: false };
      if (page === 0) await stage.get(ENDPOINTS.createUser, { as: tenant.admin, body: late });
    }
    const { users } = await stage.get(ENDPOINTS.syncUsers, { as: tenant.assistant, query: { since: delta } });
    for (const user of users) seen.add(user.email);
    assert.equal(seen.size, 14);
  });

  it('says that nothing changed by the entity tag, and what did by the delta', async () => {
    const first = await stage.ask(ENDPOINTS.syncUsers, { as: tenant.assistant, query: { limit: 1000 } });
    const etag = String(first.headers.etag);
    const again = await stage.ask(ENDPOINTS.syncUsers, { as: tenant.assistant, headers: { 'if-none-match': etag } });
    assert.deepEqual([again.status, again.body], [304, '']);
    const { users } = await stage.get(ENDPOINTS.listUsers, { as: tenant.admin, query: { q: 'late' } });
    const userId = users[0]?.id ?? '';
    await stage.get(ENDPOINTS.changeUser, { as: tenant.admin, params: { userId }, body: { phone: false } });
    const { removed, delta } = await stage.get(ENDPOINTS.syncUsers, {
      as: tenant.assistant,
      query: { since: first.body.delta },
    });
    assert.deepEqual(removed, [{ id: userId, reason: 'phoneOff' }]);
    await stage.ask(ENDPOINTS.deleteUser, { as: tenant.admin, params: { userId } });
    const gone = await stage.get(ENDPOINTS.syncUsers, { as: tenant.assistant, query: { since: delta } });
    assert.deepEqual(gone.removed, [{ id: userId, reason: 'deleted' }]);
  });

  it('refuses old versions, and data for who has no phone', async () => {
    const ben = await signedIn(stage, tenant, 'ben');
    const data = connectionData('ben', '4021');
    assert.equal((await upload(stage, tenant, ben.userId, 5, data))?.outcome, 'stored');
    assert.deepEqual(await upload(stage, tenant, ben.userId, 4, data), {
      userId: ben.userId,
      outcome: 'stale',
      version: 5,
    });
    assert.equal((await upload(stage, tenant, ben.userId, 5, connectionData('x', '4099')))?.outcome, 'refused');
    const withdraw = { items: [{ op: 'withdraw' as const, userId: ben.userId, version: 6 }] };
    const headers = { 'idempotency-key': onceKey() };
    await stage.get(ENDPOINTS.uploadConnections, { as: tenant.assistant, headers, body: withdraw });
    assert.equal((await stage.refusal(ENDPOINTS.connection, { as: ben.token })).code, 'noConnectionData');
    const other = { items: [{ op: 'withdraw' as const, userId: ben.userId, version: 7 }] };
    const refusal = await stage.refusal(ENDPOINTS.uploadConnections, { as: tenant.assistant, headers, body: other });
    assert.equal(refusal.code, 'idempotencyConflict');
  });

  it('slows down who tries passwords, alike for who is there and who is not', async () => {
    for (const email of ['anna@lindner.example', 'nobody@lindner.example']) {
      const body = { tenant: 'lindner', email, password: 'wrong wrong wrong' };
      for (let count = 0; count < 6; count++)
        assert.equal((await stage.refusal(ENDPOINTS.signInWithPassword, { body })).code, 'wrongCredentials');
      const blocked = await stage.refusal(ENDPOINTS.signInWithPassword, { body: { ...body, password: PASSWORD } });
      assert.deepEqual([blocked.code, blocked.retryAfterSec], ['tooManyRequests', 15]);
    }
    stage.clock.jump(16_000);
    const body = { tenant: 'lindner', email: 'anna@lindner.example', password: PASSWORD };
    await stage.get(ENDPOINTS.signInWithPassword, { body });
  });

  it('takes messages of a phone system once, and finds them in the history', async () => {
    const link = await webSocketLink(stage, tenant.assistant);
    link.send(hello());
    await link.next('welcome');
    const entry = (entryId: string, name: string, startedAtMs: number): UpBody => ({
      kind: 'historyEntry',
      userId: anna.userId,
      entry: {
        entryId,
        callId: entryId,
        direction: 'incoming',
        party: { number: '+49301234', name },
        startedAtMs,
        endedAtMs: startedAtMs + 1,
        result: 'noAnswer',
      },
    });
    const now = stage.clock.nowMs();
    link.send(
      up(1, entry('h1', 'Łukasz', now)),
      up(2, entry('h2', 'José', now - 800 * DAY_MS)),
      up(2, entry('h3', 'x', now)),
    );
    while ((await link.next('ack')).seq < 2);
    const found = await stage.get(ENDPOINTS.history, { as: anna.token, query: { q: 'jose', show: 'missed' } });
    assert.deepEqual(
      found.entries.map(({ entryId }) => entryId),
      ['h2'],
    );
    await link.close();
  });

  it('imports people from CSV: first dry, then all or nothing, then what is good', async () => {
    const csv = [
      'E-Mail;First name;lastName;Phone',
      'new1@lindner.example;New;One;yes',
      'no address;New;Two;yes',
      'NEW1@lindner.example;New;Again;no',
      'anna@lindner.example;Anna;Lindner;yes',
      '"new3@lindner.example";"Li";"O""Neil";perhaps',
    ].join('\r\n');
    const run = (query: object) =>
      stage.get(ENDPOINTS.importUsers, { as: tenant.directory, query: { ...query }, body: csv });
    const dry = await run({ dryRun: true });
    assert.deepEqual([dry.isApplied, dry.lines, dry.created, dry.updated, dry.failed], [false, 5, 1, 1, 3]);
    assert.deepEqual(
      dry.errors.map(({ line, code }) => [line, code]),
      [
        [3, 'invalidRequest'],
        [4, 'emailTaken'],
        [6, 'invalidRequest'],
      ],
    );
    assert.equal((await run({})).isApplied, false);
    assert.equal((await run({ skipErrors: true })).isApplied, true);
    const again = await run({ skipErrors: true });
    assert.deepEqual([again.created, again.updated, again.unchanged], [0, 0, 2]);
  });

  it('finds people and shared contacts by name and number', async () => {
    const csv = 'name,company,work\nCarla Rossi,Ottica Rossi,+39 06 1234 567\nKarl,,0171 1234567\n';
    await stage.get(ENDPOINTS.importContacts, { as: tenant.admin, body: csv });
    const search = async (q: string) =>
      (await stage.get(ENDPOINTS.searchDirectory, { as: anna.token, query: { q } })).entries.map(({ name }) => name);
    assert.deepEqual(await search('rossi carla'), ['Carla Rossi']);
    assert.deepEqual(await search('anna lindner'), ['Anna Lindner']);
    assert.deepEqual(await search('402'), ['Anna Lindner']);
    assert.deepEqual(await search('%'), []);
    const whose = async (number: string) =>
      (await stage.get(ENDPOINTS.whoseNumber, { as: anna.token, query: { number } })).name;
    assert.equal(await whose('+39061234567'), 'Carla Rossi');
    assert.equal(await whose('0039 06 1234567'), 'Carla Rossi');
    assert.equal(await whose('+498999998020'), 'Anna Lindner');
    assert.equal(await whose('4020'), 'Anna Lindner');
    assert.equal(await whose('+4930999'), undefined);
    // The phone system does not know them: their names come into the history here.
    const link = await webSocketLink(stage, tenant.assistant);
    link.send(hello());
    await link.next('welcome');
    const now = stage.clock.nowMs();
    const entry = (entryId: string, number: string): UpBody => {
      const times = { startedAtMs: now, endedAtMs: now + 1 };
      const call = { entryId, callId: entryId, direction: 'outgoing', party: { number }, result: 'busy', ...times };
      return { kind: 'historyEntry', userId: anna.userId, entry: call as never };
    };
    link.send(
      up(11, entry('n1', '+39061234567')),
      up(12, entry('n2', '0039061234567')),
      up(13, entry('n3', '+4930999')),
    );
    while ((await link.next('ack')).seq < 13);
    const { entries } = await stage.get(ENDPOINTS.history, { as: anna.token, query: { show: 'outgoing' } });
    const names = Object.fromEntries(entries.map(({ entryId, party }) => [entryId, party.name]));
    assert.deepEqual([names.n1, names.n2, names.n3], ['Carla Rossi', 'Carla Rossi', undefined]);
    for (const entryId of Object.keys(names))
      await stage.get(ENDPOINTS.deleteHistoryEntry, { as: anna.token, params: { entryId } });
    await link.close();
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await stage.get(ENDPOINTS.searchDirectory, { as: anna.token, query: { limit: 4, cursor } });
      paged.push(...page.entries.map(({ entryId }) => entryId));
      cursor = page.next;
    } while (cursor !== undefined);
    assert.equal(new Set(paged).size, paged.length);
    const { total } = await stage.get(ENDPOINTS.listUsers, { as: tenant.admin });
    assert.equal(paged.length, total + 2);
  });

  it('keeps favourites of two devices apart by their version', async () => {
    const list = [{ name: 'Ben', number: '4021' }];
    const put = (version: number) =>
      stage.ask(ENDPOINTS.changeFavourites, { as: anna.token, body: { version, favourites: list } });
    assert.equal((await put(7)).status, 409);
    assert.deepEqual((await put(0)).body, { version: 1, favourites: list });
    assert.equal((await put(0)).status, 409);
    assert.equal((await put(1)).status, 200);
  });

  it('lets two administrators not overwrite each other', async () => {
    const params = { userId: anna.userId };
    const { version } = await stage.get(ENDPOINTS.user, { as: tenant.admin, params });
    const change = (firstName: string) =>
      stage.ask(ENDPOINTS.changeUser, {
        as: tenant.admin,
        params,
        headers: { 'if-match': `"${version}"` },
        body: { firstName },
      });
    const statuses = (await Promise.all([change('Anne'), change('Annie')])).map(({ status }) => status);
    assert.deepEqual(statuses.sort(), [200, 412]);
  });

  it('chains the audit log, and sees what was changed or taken out', async () => {
    const { context } = stage.connector;
    const verdict = await verifyAudit(context.store, tenant.tenantId);
    assert.ok(verdict.ok && verdict.entries > 20);
    const row = stage.store.updateTable('audit').set({ actor: 'nobody' }).where('tenant_id', '=', tenant.tenantId);
    await row.where('seq', '=', 7).execute();
    assert.deepEqual(await verifyAudit(context.store, tenant.tenantId), {
      ok: false,
      seq: 7,
      message: 'Entry 7 is not as it was written.',
    });
    const missing = stage.store.deleteFrom('audit').where('tenant_id', '=', tenant.tenantId).where('seq', '=', 5);
    await missing.execute();
    assert.deepEqual(await verifyAudit(context.store, tenant.tenantId), {
      ok: false,
      seq: 5,
      message: 'Entry 5 is missing.',
    });
    const other = await stage.tenant('cut');
    const whole = await verifyAudit(context.store, other.tenantId);
    const last = stage.store.deleteFrom('audit').where('tenant_id', '=', other.tenantId).where('seq', '=', 5);
    await last.execute();
    assert.ok((await verifyAudit(context.store, other.tenantId)).ok);
    assert.equal((await verifyAudit(context.store, other.tenantId, whole.ok ? whole.lastHash : '')).ok, false);
  });

  it('forgets what has had its time, and refuses deltas from before', async () => {
    const { users, delta } = await stage.get(ENDPOINTS.syncUsers, { as: tenant.assistant, query: { limit: 1000 } });
    const userId = users.find(({ email }) => email.startsWith('p1@'))?.id ?? '';
    await stage.ask(ENDPOINTS.deleteUser, { as: tenant.admin, params: { userId } });
    const erased = async () => (await runRetention(stage.connector.context)).users;
    assert.equal(await erased(), 0);
    stage.clock.jump(91 * DAY_MS);
    assert.equal(await erased(), 2);
    const refusal = await stage.refusal(ENDPOINTS.syncUsers, { as: tenant.assistant, query: { since: delta } });
    assert.equal(refusal.code, 'cursorExpired');
    const left = await stage.store.selectFrom('history').select('entry_id').execute();
    assert.deepEqual(
      left.map(({ entry_id }) => entry_id),
      ['h1'],
    );
  });
}

describe('on SQLite', () => suite(async () => sqliteStore()));

const missing = postgresMissing();
describe('on PostgreSQL', { skip: missing ?? false }, () => {
  let postgres: TestPostgres;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres.stop());
  describe('the same', () => suite(() => postgres.store()));

  it('does a change over that stood in the way of another', async () => {
    const stage = await Stage.open(await postgres.store());
    const { tenantId } = await stage.tenant('crossing');
    const { context } = stage.connector;
    await change(context, (one) => knowSystem(one, tenantId, 'main'));
    const first = Promise.withResolvers<void>();
    const second = Promise.withResolvers<void>();
    let tries = 0;
    // Each holds what the other one wants next.
    const there = change(context, async (one) => {
      tries++;
      await one.nextRevision(tenantId);
      first.resolve();
      await second.promise;
      await one.tell(tenantId, 'main', { kind: 'stateWanted' });
    });
    const back = change(context, async (one) => {
      tries++;
      await one.tell(tenantId, 'main', { kind: 'stateWanted' });
      second.resolve();
      await first.promise;
      await one.nextRevision(tenantId);
    });
    await Promise.all([there, back]);
    const told = await stage.store.selectFrom('outbox').select('body').where('tenant_id', '=', tenantId).execute();
    assert.equal(told.filter(({ body }) => body.includes('stateWanted')).length, 2);
    assert.ok(tries > 2, 'none was in the way');
    await stage.close();
  });
});
