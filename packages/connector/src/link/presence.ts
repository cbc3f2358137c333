import { change, knowSystem, tenantTopic } from '../change.ts';
import type { Context } from '../context.ts';
import type { Reader } from '../database/tables.ts';
import type { SystemKey } from './outbox.ts';

/** The link is this session's from now on; another one notices and ends. */
export async function takeOver(context: Context, { tenantId, system }: SystemKey, session: string) {
  return change(context, async (one) => {
    await knowSystem(one, tenantId, system);
    const before = await one.writing
      .selectFrom('systems')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('system', '=', system)
      .executeTakeFirstOrThrow();
    const since_ms = before.session === null ? one.nowMs : before.since_ms;
    await one.writing
      .updateTable('systems')
      .set({ session, since_ms, heard_at_ms: one.nowMs })
      .where('tenant_id', '=', tenantId)
      .where('system', '=', system)
      .execute();
    one.signal(tenantTopic(tenantId));
    return before;
  });
}

/** The link is down, unless another session has it already. */
export async function goOffline(context: Context, { tenantId, system }: SystemKey, session: string): Promise<void> {
  await change(context, async (one) => {
    const gone = await one.writing
      .updateTable('systems')
      .set({ session: null, since_ms: one.nowMs })
      .where('tenant_id', '=', tenantId)
      .where('system', '=', system)
      .where('session', '=', session)
      .returning('system')
      .executeTakeFirst();
    if (gone !== undefined) one.signal(tenantTopic(tenantId));
  });
}

/** The link was heard: for other processes, which cannot know. */
export async function noteHeard(context: Context, { tenantId, system }: SystemKey): Promise<void> {
  await context.store
    .updateTable('systems')
    .set({ heard_at_ms: context.clock.nowMs() })
    .where('tenant_id', '=', tenantId)
    .where('system', '=', system)
    .execute();
}

export async function isCurrent(reader: Reader, { tenantId, system }: SystemKey, session: string): Promise<boolean> {
  const row = reader.selectFrom('systems').select('session').where('tenant_id', '=', tenantId);
  return (await row.where('system', '=', system).executeTakeFirst())?.session === session;
}

/** Silence of so many ping intervals is an end, also when the process that had the link died with it. */
const DEAD_AFTER_PINGS = 3;

/** Whether the link of a phone system is up. */
export async function linkStateOf(context: Context, tenantId: string, system: string | undefined) {
  const row = await context.store
    .selectFrom('systems')
    .select(['session', 'since_ms', 'heard_at_ms'])
    .where('tenant_id', '=', tenantId)
    .where('system', '=', system ?? '')
    .executeTakeFirst();
  if (row === undefined) return { isOnline: false, sinceMs: 0 };
  const deadMs = row.heard_at_ms + DEAD_AFTER_PINGS * context.policy.linkPingSec * 1000;
  const isOnline = row.session !== null && deadMs > context.clock.nowMs();
  return { isOnline, sinceMs: isOnline || row.session === null ? row.since_ms : deadMs };
}
