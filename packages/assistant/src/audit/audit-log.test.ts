import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYSTEM_ACTOR } from '../access/roles.ts';
import { memoryDatabase } from '../testing/memory-database.ts';
import { createAuditLog } from './audit-log.ts';
import { differences } from './differences.ts';

async function threeEntries() {
  const database = await memoryDatabase();
  const log = createAuditLog(database);
  for (const target of ['a', 'b', 'c']) {
    database.writeNow(log.statements(SYSTEM_ACTOR, [{ action: 'update', target, detail: { n: 1 } }], 1000));
  }
  return { database, log };
}

test('an untouched chain is whole', async () => assert.equal((await threeEntries()).log.verify(), undefined));

const TAMPERINGS: readonly [name: string, sql: string, sequence: number][] = [
  ['a changed detail', "update assistant_audit set detail = '{}' where sequence = 2", 2],
  ['another actor', "update assistant_audit set actor = 'eve' where sequence = 1", 1],
  ['another time', 'update assistant_audit set at_ms = 5 where sequence = 3', 3],
  ['a removed entry', 'delete from assistant_audit where sequence = 2', 2],
  ['an entry whose hash was made anew', "update assistant_audit set detail = '{}', hash = 'x' where sequence = 2", 2],
];
for (const [name, sql, sequence] of TAMPERINGS) {
  test(`tampering shows: ${name}`, async () => {
    const { database, log } = await threeEntries();
    database.writeNow([[sql, []]]);
    assert.equal(log.verify()?.sequence, sequence);
  });
}

test('differences name fields, and of secrets only that they changed', () => {
  const before = { name: 'A', device: { account: { username: 'a', password: 'old-secret' } }, list: [1] };
  const after = { name: 'A', device: { account: { username: 'b', password: 'new-secret' } }, list: [1, 2] };
  assert.deepEqual(differences(before, after), [
    { field: 'device.account.username', before: 'a', after: 'b' },
    { field: 'device.account.password', before: '(hidden)', after: '(hidden)' },
    { field: 'list', before: [1], after: [1, 2] },
  ]);
});
