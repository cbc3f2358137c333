import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENDPOINTS } from '@unisono/contract';
import { sql } from 'kysely';
import { connected } from '../testing/people.ts';
import { sqliteStore } from '../testing/sqlite.ts';
import { Stage } from '../testing/stage.ts';
import { migrateConnector } from './migrations.ts';

test('who was in the directory before names had keys is found by them afterwards', async () => {
  const store = sqliteStore();
  const stage = await Stage.open(store);
  const tenant = await stage.tenant('lindner');
  const anna = await connected(stage, tenant, 'anna', '4020');
  await connected(stage, await stage.tenant('other'), 'anna', '4020');
  const csv = 'name,work\nZoe Kraft,+49301234';
  await stage.get(ENDPOINTS.importContacts, { as: tenant.admin, body: csv, query: { dryRun: false } } as never);
  // As it was before.
  for (const table of ['users', 'stations', 'contacts'])
    await sql`alter table ${sql.table(table)} drop column name_keys`.execute(store);
  await sql`alter table sessions drop column is_factor_due`.execute(store);
  await sql`delete from connector_migrations where name >= '0004'`.execute(store);
  await migrateConnector(store);
  const found = async (q: string): Promise<string[]> =>
    (await stage.get(ENDPOINTS.searchDirectory, { as: anna.token, query: { q } })).entries.map(({ name }) => name);
  assert.deepEqual([await found('2662'), await found('57238')], [['anna Example'], ['Zoe Kraft']]);
  await stage.close();
});
