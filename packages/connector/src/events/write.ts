import type { EventBody } from '@unisono/contract';
import type { Writing } from '../database/tables.ts';

const PEOPLE_AT_ONCE = 200;

/** Writes events of people behind those they have, in their order; people who are gone are told nothing. */
export async function writeEvents(
  writing: Writing,
  tenantId: string,
  told: ReadonlyMap<string, readonly EventBody[]>,
  atMs: number,
): Promise<void> {
  const byCount = Map.groupBy([...told], ([, bodies]) => bodies.length);
  for (const [count, people] of byCount) {
    // In one order everywhere: two that tell the same people do not wait for each other.
    const sorted = people.sort(([a], [b]) => (a < b ? -1 : 1));
    for (let from = 0; from < sorted.length; from += PEOPLE_AT_ONCE)
      await writeSome(writing, tenantId, new Map(sorted.slice(from, from + PEOPLE_AT_ONCE)), count, atMs);
  }
}

async function writeSome(
  writing: Writing,
  tenantId: string,
  told: ReadonlyMap<string, readonly EventBody[]>,
  count: number,
  atMs: number,
): Promise<void> {
  const moved = await writing
    .updateTable('users')
    .set((update) => ({ event_position: update('event_position', '+', count) }))
    .where('tenant_id', '=', tenantId)
    .where('id', 'in', [...told.keys()])
    .returning(['id', 'event_position'])
    .execute();
  const rows = moved.flatMap(({ id, event_position: last }) =>
    (told.get(id) ?? []).map((body, index) => ({
      tenant_id: tenantId,
      user_id: id,
      position: last - count + index + 1,
      at_ms: atMs,
      body: JSON.stringify(body),
    })),
  );
  for (let from = 0; from < rows.length; from += PEOPLE_AT_ONCE)
    await writing
      .insertInto('events')
      .values(rows.slice(from, from + PEOPLE_AT_ONCE))
      .execute();
}
