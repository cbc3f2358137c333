import type { Selectable } from 'kysely';
import type { Change } from '../change.ts';
import type { Reader, Tables } from '../database/tables.ts';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';

/** Where a person is signed in, the latest seen first, as administrators see it. */
export async function devicesOf(reader: Reader, tenantId: string, userId: string) {
  return (await installationsOf(reader, tenantId, userId)).map(view);
}

/** Where the asking person is signed in, the latest seen first. */
export async function listDevices(reader: Reader, caller: SessionCaller) {
  const rows = await installationsOf(reader, caller.tenantId, caller.userId);
  return rows.map((row) => ({
    ...view(row),
    isThisOne: row.id === caller.installationId,
    hasPush: row.push_sealed !== null,
  }));
}

function installationsOf(reader: Reader, tenantId: string, userId: string) {
  return reader
    .selectFrom('installations')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .orderBy('last_seen_at_ms', 'desc')
    .orderBy('id')
    .execute();
}

function view(row: Selectable<Tables['installations']>) {
  return {
    installationId: row.id,
    name: row.name,
    platform: row.platform,
    method: row.method,
    createdAtMs: row.created_at_ms,
    lastSeenAtMs: row.last_seen_at_ms,
  };
}

export async function oneDevice(reader: Reader, caller: SessionCaller, installationId: string) {
  const found = (await listDevices(reader, caller)).find((device) => device.installationId === installationId);
  return found ?? noDevice();
}

/** Throws `notFound`. */
export async function renameDevice(
  one: Change,
  { tenantId, userId }: SessionCaller,
  installationId: string,
  name: string,
): Promise<void> {
  const renamed = await one.writing
    .updateTable('installations')
    .set({ name })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('id', '=', installationId)
    .returning('id')
    .executeTakeFirst();
  if (renamed === undefined) noDevice();
  await one.event(tenantId, userId, { kind: 'devices' });
}

export function noDevice(): never {
  throw new ProblemError('notFound', 'There is no such device.');
}
