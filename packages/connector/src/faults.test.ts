/** A database that is full or locked: who asks is told, nothing half done stays, and the service lives. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { ENDPOINTS } from '@unisono/contract';
import { sql } from 'kysely';
import { verifyAudit } from './audit/audit.ts';
import { hello, up, webSocketLink } from './testing/assistant.ts';
import { connected, type Person } from './testing/people.ts';
import { sqliteStore } from './testing/sqlite.ts';
import { Stage, type TenantKeys } from './testing/stage.ts';

const PEOPLE = 2_000;
const CSV = ['email,firstName,lastName']
  .concat(Array.from({ length: PEOPLE }, (_, index) => `p${index}@lindner.example,Person,${index}`))
  .join('\n');

describe('a Connector whose database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'unisono-faults-'));
  const path = join(folder, 'connector.db');
  let stage: Stage;
  let tenant: TenantKeys;
  let anna: Person;

  before(async () => {
    stage = await Stage.open(sqliteStore(path));
    tenant = await stage.tenant('lindner');
    anna = await connected(stage, tenant, 'anna', '4020');
  });
  after(async () => {
    await stage.close();
    rmSync(folder, { recursive: true });
  });

  const total = async () => (await stage.get(ENDPOINTS.listUsers, { as: tenant.admin })).total;

  /** Lets the file grow by so many pages and no more; 0: as it likes. */
  async function roomFor(pages: number): Promise<void> {
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(stage.store);
    const most = pages === 0 ? 1_073_741_823 : (rows[0]?.page_count ?? 0) + pages;
    await sql.raw(`pragma max_page_count = ${most}`).execute(stage.store);
  }

  it('is full says so, does nothing of the request, and goes on when there is room', async () => {
    await roomFor(8);
    const refused = await stage.ask(ENDPOINTS.importUsers, { as: tenant.admin, body: CSV });
    assert.deepEqual([refused.status, refused.body.code], [507, 'storageFull']);
    assert.match(refused.body.action, /\w+/);
    assert.equal(await total(), 1, 'nobody of the file is there');
    const connection = await stage.ask(ENDPOINTS.connection, { as: anna.token });
    assert.equal(connection.status, 200, 'what only reads still works');
    await roomFor(0);
    const report = await stage.get(ENDPOINTS.importUsers, { as: tenant.admin, body: CSV });
    assert.deepEqual([report.created, await total()], [PEOPLE, PEOPLE + 1]);
    assert.ok((await verifyAudit(stage.store, tenant.tenantId)).ok);
  });

  it('is full takes no message of a phone system, which tells it again later', async () => {
    const atMs = stage.clock.nowMs();
    const entry = (id: string) => ({
      entryId: id,
      callId: id,
      direction: 'incoming' as const,
      party: { name: 'Łukasz' },
      startedAtMs: atMs,
      endedAtMs: atMs,
      result: 'noAnswer' as const,
      detail: 'x'.repeat(400),
    });
    const messages = Array.from({ length: 60 }, (_, index) =>
      up(index + 1, { kind: 'historyEntry', userId: anna.userId, entry: entry(`h${index}`) }),
    );
    const first = await webSocketLink(stage, tenant.assistant);
    first.send(hello());
    await first.next('welcome');
    await roomFor(1);
    first.send(...messages);
    assert.equal((await first.next('bye')).code, 'overloaded');
    await roomFor(0);
    const second = await webSocketLink(stage, tenant.assistant);
    second.send(hello());
    const { received } = await second.next('welcome');
    const seq = received?.seq ?? 0;
    const before = await stage.get(ENDPOINTS.history, { as: anna.token, query: { limit: 100 } });
    assert.equal(before.entries.length, seq, 'what counts as taken is there, and nothing more');
    assert.ok(seq < messages.length);
    second.send(...messages.slice(seq));
    while ((await second.next('ack')).seq < messages.length);
    const { entries } = await stage.get(ENDPOINTS.history, { as: anna.token, query: { limit: 100 } });
    assert.equal(entries.length, messages.length);
    await second.close();
  });

  it('is locked asks to come again, and works when it is free', async () => {
    const other = new DatabaseSync(path);
    other.exec('begin immediate');
    const body = { email: 'late@lindner.example', firstName: 'Late', lastName: 'Comer', invite: false };
    const refused = await stage.ask(ENDPOINTS.createUser, { as: tenant.admin, body });
    assert.deepEqual([refused.status, refused.body.code], [503, 'overloaded']);
    assert.ok(Number(refused.headers['retry-after']) > 0);
    other.exec('rollback');
    other.close();
    await stage.get(ENDPOINTS.createUser, { as: tenant.admin, body });
  });
});
