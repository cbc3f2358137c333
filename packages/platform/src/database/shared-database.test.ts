import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { sql } from 'kysely';
import { openSharedDatabase, type SharedDatabase } from './shared-database.ts';

interface Schema {
  things: { id: string; size: number };
}

describe('a shared SQLite database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'unisono-shared-'));
  const path = join(folder, 'shared.db');
  let database: SharedDatabase<Schema>;

  before(async () => {
    database = openSharedDatabase<Schema>(path);
    const table = database.query.schema.createTable('things').addColumn('id', 'text', (column) => column.primaryKey());
    await table.addColumn('size', 'bigint').execute();
  });
  after(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });

  const all = () => database.query.selectFrom('things').select('id').orderBy('id').execute();

  it('is its owner’s alone to read', () => assert.equal(statSync(path).mode & 0o777, 0o600));

  it('gives back what was written, and how many rows it was', async () => {
    const { numInsertedOrUpdatedRows } = await database.query
      .insertInto('things')
      .values([
        { id: 'a', size: 1 },
        { id: 'b', size: 2 ** 40 },
      ])
      .executeTakeFirstOrThrow();
    assert.equal(numInsertedOrUpdatedRows, 2n);
    const row = await database.query.selectFrom('things').selectAll().where('id', '=', 'b').executeTakeFirstOrThrow();
    assert.equal(row.size, 2 ** 40);
    const gone = await database.query.deleteFrom('things').where('id', '=', 'b').returning('id').execute();
    assert.deepEqual(
      gone.map(({ id }) => id),
      ['b'],
    );
  });

  it('shows what a transaction does when it is done, and lets reads past it', async () => {
    await database.query.transaction().execute(async (writing) => {
      await writing.insertInto('things').values({ id: 'c', size: 3 }).execute();
      assert.deepEqual(
        (await all()).map(({ id }) => id),
        ['a'],
      );
    });
    assert.deepEqual(
      (await all()).map(({ id }) => id),
      ['a', 'c'],
    );
  });

  it('takes a transaction back that fails, and lets the next one begin', async () => {
    const failing = database.query.transaction().execute(async (writing) => {
      await writing.insertInto('things').values({ id: 'd', size: 4 }).execute();
      throw new Error('no');
    });
    const next = database.query.insertInto('things').values({ id: 'e', size: 5 }).execute();
    await assert.rejects(failing, /no/);
    await next;
    assert.deepEqual(
      (await all()).map(({ id }) => id),
      ['a', 'c', 'e'],
    );
  });

  it('runs transactions one after the other', async () => {
    const grow = () =>
      database.query.transaction().execute(async (writing) => {
        const { size } = await writing
          .selectFrom('things')
          .select('size')
          .where('id', '=', 'a')
          .executeTakeFirstOrThrow();
        await writing
          .updateTable('things')
          .set({ size: size + 1 })
          .where('id', '=', 'a')
          .execute();
      });
    await Promise.all(Array.from({ length: 20 }, grow));
    const { size } = await database.query
      .selectFrom('things')
      .select('size')
      .where('id', '=', 'a')
      .executeTakeFirstOrThrow();
    assert.equal(size, 21);
  });

  it('says why a statement failed, with the code of SQLite', async () => {
    await assert.rejects(database.query.insertInto('things').values({ id: 'a', size: 0 }).execute(), {
      errcode: 1555,
      message: /UNIQUE constraint failed/,
    });
    await assert.rejects(sql`select * from missing`.execute(database.query), /no such table/);
  });
});
