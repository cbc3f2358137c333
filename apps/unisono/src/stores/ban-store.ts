import { type DatabaseError, type Statement, statementOf } from '@unisono/platform';
import type { Ban, BanScope, BanStore } from '@unisono/sbc';
import type { Store } from './open-store.ts';
import type { Tables } from './schema.ts';

type Row = Tables['bans'];

const SAVE =
  'insert into bans (source, scope, because, since_ms, until_ms, level, asked) values (?, ?, ?, ?, ?, ?, null) ' +
  'on conflict (source, scope) do update set because = excluded.because, since_ms = excluded.since_ms, ' +
  'until_ms = excluded.until_ms, level = excluded.level, asked = null';
// What an operator asked for in the meantime is not overwritten by forgetting.
const REMOVE = "delete from bans where source = ? and scope = ? and asked is not 'ban'";

/** Bans in the database, for the process that makes them. Written a moment later, together with others. */
export function createBanStore(store: Store, onFailure: (error: DatabaseError) => void): BanStore {
  const write = (statement: Statement): void =>
    store.writer.write([statement], (error) => {
      if (error !== undefined) onFailure(error);
    });
  return {
    load: () => {
      const kept = store.query
        .selectFrom('bans')
        .selectAll()
        .where((of) => of.or([of('asked', 'is', null), of('asked', '=', 'ban')]));
      return store.read(kept).map(toBan);
    },
    save: (ban) => {
      const { source, scope, because, sinceMs, untilMs = null, level } = ban;
      write([SAVE, [source, scope, because, sinceMs, untilMs, level]]);
    },
    remove: (source, scope) => write([REMOVE, [source, scope]]),
  };
}

/** Bans in force, as an operator sees them, the latest first. */
export function readBans({ read, query }: Store, nowMs: number): Ban[] {
  const inForce = query
    .selectFrom('bans')
    .selectAll()
    .where((of) => of.or([of('until_ms', 'is', null), of('until_ms', '>', nowMs)]))
    .where((of) => of.or([of('asked', 'is', null), of('asked', '=', 'ban')]))
    .orderBy('since_ms', 'desc');
  return read(inForce).map(toBan);
}

/** Asks a running system to ban; durable when it returns. Throws a `DatabaseError`. */
export function askToBan({ query, writeNow }: Store, ban: Ban): void {
  const { source, scope, because, sinceMs, untilMs = null, level } = ban;
  const row: Row = { source, scope, because, since_ms: sinceMs, until_ms: untilMs, level, asked: 'ban' };
  const { source: _source, scope: _scope, ...changed } = row;
  const insert = query.insertInto('bans').values(row);
  writeNow([statementOf(insert.onConflict((on) => on.columns(['source', 'scope']).doUpdateSet(changed)))]);
}

/** Asks a running system to lift the bans of these sources. Gives how many there were in force. */
export function askToLift(store: Store, sources: readonly string[], nowMs: number): number {
  const { query, writeNow } = store;
  const count = readBans(store, nowMs).filter(({ source }) => sources.includes(source)).length;
  writeNow([statementOf(query.updateTable('bans').set({ asked: 'lift' }).where('source', 'in', sources))]);
  return count;
}

/** What operators asked for since the last time; it is taken note of with `noted`. */
export function readAsked({ read, query }: Store): { readonly ban: Ban; readonly asked: 'ban' | 'lift' }[] {
  const rows = read(query.selectFrom('bans').selectAll().where('asked', 'is not', null));
  return rows.map((row) => ({ ban: toBan(row), asked: row.asked === 'lift' ? 'lift' : 'ban' }));
}

/** A ban that was asked for is in force; one to be lifted is gone. */
export function noted({ query, writeNow }: Store, { source, scope }: Ban, asked: 'ban' | 'lift'): void {
  const statement =
    asked === 'lift'
      ? query.deleteFrom('bans').where('source', '=', source).where('scope', '=', scope).where('asked', '=', 'lift')
      : query.updateTable('bans').set({ asked: null }).where('source', '=', source).where('scope', '=', scope);
  writeNow([statementOf(statement)]);
}

function toBan(row: Row): Ban {
  return {
    source: row.source,
    scope: row.scope as BanScope,
    because: row.because,
    sinceMs: Number(row.since_ms),
    untilMs: row.until_ms === null ? undefined : Number(row.until_ms),
    level: Number(row.level),
  };
}
