import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Kysely } from 'kysely';
import { copyDatabase, type Database, openDatabase, statementOf } from './database.ts';
import { DatabaseError } from './errors.ts';
import type { Migrations } from './migrate.ts';
import { startWriter, UNHURRIED_MS } from './writer.ts';

interface Schema {
  items: { id: string; value: number };
}

const MIGRATIONS: Migrations = {
  '0001-items': {
    up: async (db: Kysely<never>) => {
      await db.schema
        .createTable('items')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('value', 'integer', (column) => column.notNull())
        .execute();
    },
  },
};
const INSERT = 'insert into items (id, value) values (?, ?)';

const folder = mkdtempSync(join(tmpdir(), 'unisono-database-'));
after(() => rmSync(folder, { recursive: true }));

async function withDatabase(name: string, use: (database: Database<Schema>) => Promise<void>): Promise<void> {
  const database = await openDatabase<Schema>(join(folder, name), MIGRATIONS);
  try {
    await use(database);
  } finally {
    await database.close();
  }
}

function ids({ read, query }: Database<Schema>): string[] {
  return read(query.selectFrom('items').select('id').orderBy('id')).map((row) => row.id);
}

function codeOf(code: DatabaseError['code']) {
  return (error: unknown): boolean => error instanceof DatabaseError && error.code === code;
}

test('a write is seen by queries when it is done, and after opening again', async () => {
  await withDatabase('basic.db', async (database) => {
    await database.writer.written([[INSERT, ['a', 1]]]);
    assert.deepEqual(ids(database), ['a']);
    assert.equal(statSync(database.path).mode & 0o777, 0o600);
  });
  await withDatabase('basic.db', async (database) => assert.deepEqual(ids(database), ['a']));
});

test('the statements of one write happen together or not at all', async () => {
  await withDatabase('atomic.db', async ({ writer, ...database }) => {
    await writer.written([[INSERT, ['a', 1]]]);
    await assert.rejects(
      writer.written([
        [INSERT, ['b', 1]],
        [INSERT, ['a', 2]],
      ]),
      codeOf('refused'),
    );
    assert.deepEqual(ids({ writer, ...database }), ['a']);
  });
});

test('a write that nobody waits for goes along with one that somebody waits for', async () => {
  await withDatabase('hurry.db', async (database) => {
    const done: string[] = [];
    database.writer.write([[INSERT, ['a', 1]]], () => done.push('a'), UNHURRIED_MS);
    await database.writer.written([[INSERT, ['b', 1]]]);
    assert.deepEqual([done, ids(database)], [['a'], ['a', 'b']]);
  });
});

test('a refused write does not hurt those that share its commit', async () => {
  await withDatabase('neighbours.db', async (database) => {
    const writes = ['a', 'b', 'a', 'c'].map((id) => database.writer.written([[INSERT, [id, 1]]]));
    const broken = database.writer.written([['insert into nowhere values (?)', [1]]]);
    const results = await Promise.allSettled([...writes, broken]);
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'rejected'],
    );
    assert.deepEqual(ids(database), ['a', 'b', 'c']);
  });
});

test('what is written now is there when the call returns, whole or not at all', async () => {
  await withDatabase('now.db', async (database) => {
    database.writeNow([
      [INSERT, ['a', 1]],
      statementOf(database.query.insertInto('items').values({ id: 'b', value: 2 })),
    ]);
    const twice = (): void =>
      database.writeNow([
        [INSERT, ['c', 1]],
        [INSERT, ['a', 1]],
      ]);
    assert.throws(twice, codeOf('refused'));
    assert.deepEqual(ids(database), ['a', 'b']);
  });
});

test('closing finishes what is waiting and refuses what comes later', async () => {
  let finished = 0;
  const database = await openDatabase<Schema>(join(folder, 'close.db'), MIGRATIONS);
  for (let i = 0; i < 5000; i++) database.writer.write([[INSERT, [`i${i}`, i]]], () => finished++);
  await database.close();
  assert.equal(finished, 5000);
  await assert.rejects(database.writer.written([[INSERT, ['late', 1]]]), codeOf('closed'));
  await withDatabase('close.db', async (reopened) => assert.equal(ids(reopened).length, 5000));
});

test('more writes than can wait are refused at once', async () => {
  await withDatabase('full.db', async ({ path }) => {
    const writer = startWriter(path, 2);
    const results = await Promise.allSettled(['a', 'b', 'c'].map((id) => writer.written([[INSERT, [id, 1]]])));
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'fulfilled', 'rejected'],
    );
    assert.ok(results[2]?.status === 'rejected' && codeOf('overloaded')(results[2].reason));
    await writer.close();
  });
});

test('the change mark moves when something was written', async () => {
  await withDatabase('mark.db', async (database) => {
    const before = database.changeMark();
    assert.equal(database.changeMark(), before);
    await database.writer.written([[INSERT, ['a', 1]]]);
    assert.notEqual(database.changeMark(), before);
  });
});

test('a copy holds everything written so far, and never replaces a file', async () => {
  await withDatabase('original.db', async (database) => {
    await database.writer.written([[INSERT, ['a', 1]]]);
    await copyDatabase(database.path, join(folder, 'copy.db'));
    await database.writer.written([[INSERT, ['b', 1]]]);
    await assert.rejects(copyDatabase(database.path, join(folder, 'copy.db')), codeOf('unusable'));
  });
  await withDatabase('copy.db', async (copy) => assert.deepEqual(ids(copy), ['a']));
  assert.equal(statSync(join(folder, 'copy.db')).mode & 0o777, 0o600);
});

test('a file that is no database is refused with its name', async () => {
  const path = join(folder, 'text.db');
  writeFileSync(path, 'this is not a database, only a text that is long enough to be looked at');
  await assert.rejects(
    openDatabase(path, MIGRATIONS),
    (error) => codeOf('unusable')(error) && String(error).includes(path),
  );
});

test('a database of a newer version is refused and says so', async () => {
  const path = join(folder, 'newer.db');
  const newer = { ...MIGRATIONS, '0002-later': { up: async () => {} } };
  await (await openDatabase(path, newer)).close();
  await assert.rejects(openDatabase(path, MIGRATIONS), codeOf('newer'));
});
