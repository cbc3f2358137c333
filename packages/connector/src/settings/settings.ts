import {
  type NotificationSettings,
  notificationSettings,
  type SettingsChange,
  type SettingsPatch,
  type SettingsView,
  type UpBody,
} from '@unisono/contract';
import type { Selectable } from 'kysely';
import type { Change } from '../change.ts';
import type { Context } from '../context.ts';
import type { Reader, Tables } from '../database/tables.ts';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';
import { linkStateOf } from '../link/presence.ts';
import { systemOf } from '../sync/connections.ts';

/** Wishes of one person that the phone system may have before it. */
const MAX_PENDING = 50;

type ChangeRow = Selectable<Tables['settings_changes']>;

/**
 * Keeps a wish and puts it into the phone system's outbox: it is decided there, and pending until then. Throws `noConnectionData`,
 * `overloaded`.
 */
export async function wish(
  one: Change,
  { tenantId, userId, installationId }: SessionCaller,
  patch: SettingsPatch,
): Promise<ChangeRow> {
  const system = await systemOf(one.writing, tenantId, userId);
  if (system === undefined) throw new ProblemError('noConnectionData');
  const pending = await pendingOf(one.writing, tenantId, userId);
  if (pending.length >= MAX_PENDING)
    throw new ProblemError('overloaded', 'Too many changes wait for the phone system.', { retryAfterSec: 60 });
  const id = one.newId('c');
  const body = { changeId: id, userId, patch, requestedAtMs: one.nowMs };
  const seq = await one.tell(tenantId, system, { kind: 'settingsChange', ...body });
  const row: ChangeRow = {
    tenant_id: tenantId,
    id,
    user_id: userId,
    system,
    installation_id: installationId,
    seq,
    patch: JSON.stringify(patch),
    state: 'pending',
    requested_at_ms: one.nowMs,
    decided_at_ms: null,
    code: null,
    message: null,
  };
  await one.writing.insertInto('settings_changes').values(row).execute();
  await one.event(tenantId, userId, { kind: 'settings', changeId: row.id });
  return row;
}

export async function wishById(reader: Reader, { tenantId, userId }: SessionCaller, id: string): Promise<ChangeRow> {
  const row = reader.selectFrom('settings_changes').selectAll().where('tenant_id', '=', tenantId);
  const found = await row.where('user_id', '=', userId).where('id', '=', id).executeTakeFirst();
  if (found === undefined) throw new ProblemError('notFound', 'There is no such change.');
  return found;
}

type Result = Extract<UpBody, { kind: 'settingsResult' }>;
type State = Omit<Extract<UpBody, { kind: 'settingsState' }>, 'kind'>;

/** The phone system has decided on a wish. */
export async function decided(one: Change, tenantId: string, system: string, result: Result): Promise<void> {
  if (result.inForce !== undefined) await inForce(one, tenantId, system, result.inForce);
  await one.writing
    .updateTable('settings_changes')
    .set({
      state: result.outcome,
      decided_at_ms: one.nowMs,
      code: result.code ?? null,
      message: result.message ?? null,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', result.changeId)
    .where('user_id', '=', result.userId)
    .where('state', '=', 'pending')
    .execute();
  const { changeId, outcome } = result;
  await one.event(tenantId, result.userId, { kind: 'settings', changeId, outcome });
}

/** What is in force at the phone system; older news than known is passed over. */
export async function inForce(one: Change, tenantId: string, system: string, state: State): Promise<boolean> {
  const values = {
    system,
    version: state.version,
    settings: JSON.stringify(state.settings),
    preview: state.preview === undefined ? null : JSON.stringify(state.preview),
    origin: state.origin,
    changed_at_ms: state.changedAtMs,
  };
  const written = await one.writing
    .insertInto('settings_states')
    .values({ tenant_id: tenantId, user_id: state.userId, ...values })
    .onConflict((conflict) =>
      conflict
        .columns(['tenant_id', 'user_id'])
        .doUpdateSet(values)
        .where(({ or, eb }) =>
          or([eb('settings_states.system', '!=', system), eb('settings_states.version', '<=', state.version)]),
        ),
    )
    .returning('user_id')
    .executeTakeFirst();
  return written !== undefined;
}

/** The settings page of a person. */
export async function settingsView(context: Context, { tenantId, userId }: SessionCaller): Promise<SettingsView> {
  const { store } = context;
  const system = await systemOf(store, tenantId, userId);
  const link = await linkStateOf(context, tenantId, system);
  const state = await store
    .selectFrom('settings_states')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  const last = await lastWish(store, tenantId, userId);
  const isRejected = last?.state === 'refused' || last?.state === 'superseded';
  return {
    ...(state === undefined
      ? {}
      : {
          settings: JSON.parse(state.settings),
          changedAtMs: state.changed_at_ms,
          origin: state.origin,
          ...(state.preview === null ? {} : { preview: JSON.parse(state.preview) }),
        }),
    version: state?.version ?? 0,
    pending: (await pendingOf(store, tenantId, userId)).map((row) => changeView(row, link.isOnline)),
    ...(last !== undefined && isRejected ? { rejected: changeView(last, link.isOnline) } : {}),
    notifications: await notificationsOf(store, tenantId, userId),
    link,
  };
}

/** A wish as its person sees it. */
export function changeView(row: ChangeRow, isOnline: boolean): SettingsChange {
  return {
    changeId: row.id,
    patch: JSON.parse(row.patch),
    state: row.state === 'pending' ? (isOnline ? 'sent' : 'queued') : row.state,
    requestedAtMs: row.requested_at_ms,
    ...(row.decided_at_ms === null ? {} : { decidedAtMs: row.decided_at_ms }),
    ...(row.message === null ? {} : { message: row.message }),
    ...(row.code === null ? {} : { code: row.code }),
  };
}

export async function notificationsOf(reader: Reader, tenantId: string, userId: string): Promise<NotificationSettings> {
  const row = reader.selectFrom('notification_settings').select('settings').where('tenant_id', '=', tenantId);
  const found = await row.where('user_id', '=', userId).executeTakeFirst();
  return notificationSettings.parse(found === undefined ? {} : JSON.parse(found.settings));
}

export async function setNotifications(
  one: Change,
  { tenantId, userId }: SessionCaller,
  wanted: NotificationSettings,
): Promise<void> {
  const settings = JSON.stringify(wanted);
  await one.writing
    .insertInto('notification_settings')
    .values({ tenant_id: tenantId, user_id: userId, settings })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'user_id']).doUpdateSet({ settings }))
    .execute();
  await one.event(tenantId, userId, { kind: 'settings' });
}

async function pendingOf(reader: Reader, tenantId: string, userId: string): Promise<ChangeRow[]> {
  const rows = reader.selectFrom('settings_changes').selectAll().where('tenant_id', '=', tenantId);
  return rows
    .where('user_id', '=', userId)
    .where('state', '=', 'pending')
    .orderBy('requested_at_ms')
    .orderBy('seq')
    .execute();
}

async function lastWish(reader: Reader, tenantId: string, userId: string): Promise<ChangeRow | undefined> {
  const rows = reader.selectFrom('settings_changes').selectAll().where('tenant_id', '=', tenantId);
  return rows
    .where('user_id', '=', userId)
    .orderBy('requested_at_ms', 'desc')
    .orderBy('seq', 'desc')
    .executeTakeFirst();
}
