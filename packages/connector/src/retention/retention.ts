import { type Context, DAY_MS, HOUR_MS } from '../context.ts';
import type { Store } from '../database/tables.ts';

const EVERY_MS = HOUR_MS;
const MONTH_DAYS = 30.44;
/** Answers to repeated requests, counts of wrong passwords, decided wishes. */
const IDEMPOTENCY_MS = DAY_MS;
const ATTEMPTS_MS = 2 * DAY_MS;
const WISHES_MS = 90 * DAY_MS;

/** What was deleted, by table. */
export type Deleted = Readonly<Record<string, number>>;

/**
 * Deletes what has had its time: history after the tenant's months, departed people with all that is theirs after 90 days, what has
 * expired, and numbers of phone systems that are silent for as long as departed people are kept. The audit log stays.
 */
export async function runRetention(context: Context): Promise<Deleted> {
  const { store, policy } = context;
  const nowMs = context.clock.nowMs();
  const deleted: Record<string, number> = {};
  const count = async (name: string, done: Promise<readonly { readonly numDeletedRows: bigint }[]>): Promise<void> => {
    const rows = (await done).reduce((sum, { numDeletedRows }) => sum + Number(numDeletedRows), 0);
    if (rows > 0) deleted[name] = rows;
  };
  const tenants = await store.selectFrom('tenants').select(['id', 'history_months']).execute();
  for (const { id, history_months } of tenants) {
    const months = Math.min(history_months, policy.historyMonths);
    const old = store.deleteFrom('history').where('tenant_id', '=', id);
    await count('history', old.where('started_at_ms', '<', nowMs - months * MONTH_DAYS * DAY_MS).execute());
  }
  await count('sessions', store.deleteFrom('sessions').where('expires_at_ms', '<', nowMs).execute());
  await count('tickets', store.deleteFrom('tickets').where('expires_at_ms', '<', nowMs).execute());
  await count(
    'events',
    store
      .deleteFrom('events')
      .where('at_ms', '<', nowMs - policy.eventHours * HOUR_MS)
      .execute(),
  );
  await count(
    'attempts',
    store
      .deleteFrom('attempts')
      .where('last_at_ms', '<', nowMs - ATTEMPTS_MS)
      .execute(),
  );
  await count(
    'idempotency',
    store
      .deleteFrom('idempotency')
      .where('at_ms', '<', nowMs - IDEMPOTENCY_MS)
      .execute(),
  );
  await count(
    'pushes',
    store
      .deleteFrom('pushes')
      .where('expires_at_ms', '<', nowMs - HOUR_MS)
      .execute(),
  );
  const wishes = store.deleteFrom('settings_changes').where('state', '<>', 'pending');
  await count('settings_changes', wishes.where('requested_at_ms', '<', nowMs - WISHES_MS).execute());
  await count('stations', stationsOfGoneSystems(store, nowMs - policy.departedDays * DAY_MS));
  deleted.users = await eraseDeparted(store, nowMs - policy.departedDays * DAY_MS);
  return deleted;
}

/** A phone system that nothing has been heard of for so long is not there any more; one that comes back uploads its numbers anew. */
async function stationsOfGoneSystems(store: Store, beforeMs: number) {
  return store
    .deleteFrom('stations')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('systems')
          .select('systems.system')
          .whereRef('systems.tenant_id', '=', 'stations.tenant_id')
          .whereRef('systems.system', '=', 'stations.system')
          .where('systems.heard_at_ms', '<', beforeMs),
      ),
    )
    .execute();
}

const OF_A_PERSON = [
  'history',
  'events',
  'settings_states',
  'settings_changes',
  'notification_settings',
  'presence',
  'installations',
  'sessions',
  'connections',
  'favourites',
] as const;

/** Erases people who were taken out before that time. Deltas from before their removal are refused from then on. */
async function eraseDeparted(store: Store, beforeMs: number): Promise<number> {
  const departed = await store
    .selectFrom('users')
    .select(['tenant_id', 'id', 'revision'])
    .where('deleted_at_ms', '<', beforeMs)
    .limit(1000)
    .execute();
  for (const { tenant_id, id, revision } of departed) {
    await store.transaction().execute(async (writing) => {
      for (const table of OF_A_PERSON)
        await writing.deleteFrom(table).where('tenant_id', '=', tenant_id).where('user_id', '=', id).execute();
      await writing.deleteFrom('users').where('tenant_id', '=', tenant_id).where('id', '=', id).execute();
      const pruned = writing.updateTable('tenants').set({ pruned_revision: revision }).where('id', '=', tenant_id);
      await pruned.where('pruned_revision', '<', revision).execute();
    });
  }
  return departed.length;
}

/** Runs it every hour, beginning a while after the start. */
export function scheduleRetention(context: Context): () => void {
  let timer = context.clock.after(EVERY_MS / 60, run);
  function run(): void {
    void runRetention(context)
      .then((deleted) => context.log.debug({ deleted }, 'retention'))
      .catch((err: unknown) => context.log.error({ err }, 'retention failed'));
    timer = context.clock.after(EVERY_MS, run);
  }
  return () => timer.cancel();
}
