import { type AssistantDatabase, statementOf, written } from '../store/index.ts';

/** A lock that is not renewed for this long belonged to a process that is gone. */
const HOLD_MS = 120_000;
const NAME = 'syncLock';

interface Holder {
  readonly owner: string;
  readonly untilMs: number;
}

/** Keeps two runs from going at once, in this process or another on the same database. */
export interface SyncLock {
  /** True when it is ours now, also when it was before. */
  take(nowMs: number): Promise<boolean>;
  release(): Promise<void>;
}

export function createSyncLock(database: AssistantDatabase, owner: string): SyncLock {
  const { query, read } = database;
  const stored = (): string | undefined =>
    read(query.selectFrom('assistant_values').select('value').where('name', '=', NAME))[0]?.value;
  const holder = (): Holder | undefined => {
    const value = stored();
    return value === undefined ? undefined : (JSON.parse(value) as Holder);
  };
  return {
    take: async (nowMs) => {
      const before = stored();
      const held = holder();
      if (held !== undefined && held.owner !== owner && held.untilMs > nowMs) return false;
      const value = JSON.stringify({ owner, untilMs: nowMs + HOLD_MS } satisfies Holder);
      // Only over what was read: of two that try at once one finds something else there.
      await written(database, [
        before === undefined
          ? statementOf(
              query
                .insertInto('assistant_values')
                .values({ name: NAME, value })
                .onConflict((conflict) => conflict.column('name').doNothing()),
            )
          : statementOf(
              query.updateTable('assistant_values').set({ value }).where('name', '=', NAME).where('value', '=', before),
            ),
      ]);
      return holder()?.owner === owner;
    },
    release: async () => {
      if (holder()?.owner === owner)
        await written(database, [statementOf(query.deleteFrom('assistant_values').where('name', '=', NAME))]);
    },
  };
}
