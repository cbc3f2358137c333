import type { Change } from '../change.ts';

/** Tells the phone systems of a person how many of the person's clients can be woken. */
export async function tellWakeable(one: Change, tenantId: string, userId: string): Promise<void> {
  const connected = one.writing
    .selectFrom('connections')
    .select('system')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('data_sealed', 'is not', null);
  const installations = await countWakeable(one, tenantId, userId);
  for (const { system } of await connected.execute()) {
    await one.tell(tenantId, system, { kind: 'wakeable', userId, installations }, `wakeable ${userId}`);
  }
}

async function countWakeable({ writing }: Change, tenantId: string, userId: string): Promise<number> {
  const rows = writing
    .selectFrom('installations')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('push_sealed', 'is not', null);
  return (await rows.execute()).length;
}
