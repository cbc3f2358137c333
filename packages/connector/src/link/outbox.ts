import type { FrameOf } from '@unisono/contract';
import type { Reader, Store } from '../database/tables.ts';

export interface SystemKey {
  readonly tenantId: string;
  readonly system: string;
}

/** Messages to a phone system behind a number, in their order. */
export async function messagesAfter(
  reader: Reader,
  { tenantId, system }: SystemKey,
  seq: number,
  limit: number,
): Promise<FrameOf<'message'>[]> {
  const rows = await reader
    .selectFrom('outbox')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('system', '=', system)
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    type: 'message',
    seq: row.seq,
    id: row.id,
    atMs: row.at_ms,
    body: JSON.parse(row.body),
  }));
}

/** Forgets what the phone system has made safe. */
export async function acknowledge(store: Store, { tenantId, system }: SystemKey, seq: number): Promise<void> {
  await store
    .deleteFrom('outbox')
    .where('tenant_id', '=', tenantId)
    .where('system', '=', system)
    .where('seq', '<=', seq)
    .execute();
}
