import type { tenantPatch, tenantView as tenantViewSchema } from '@unisono/contract';
import type { z } from 'zod';
import { type Change, change } from '../change.ts';
import type { Context } from '../context.ts';
import { linkStateOf } from '../link/presence.ts';
import { tenantById } from './tenants.ts';

/** A tenant as its administrators see it. */
export async function tenantView(context: Context, tenantId: string): Promise<z.output<typeof tenantViewSchema>> {
  const { store } = context;
  const tenant = await tenantById(store, tenantId);
  const people = store.selectFrom('users').where('tenant_id', '=', tenantId).where('deleted_at_ms', 'is', null);
  const { users, phone_users } = await people
    .select((select) => [
      select.fn.countAll<number>().as('users'),
      select.fn.coalesce(select.fn.sum<number>('phone'), select.val(0)).as('phone_users'),
    ])
    .executeTakeFirstOrThrow();
  const { connected } = await store
    .selectFrom('connections')
    .select((select) => select.fn.countAll<number>().as('connected'))
    .where('tenant_id', '=', tenantId)
    .where('data_sealed', 'is not', null)
    .executeTakeFirstOrThrow();
  const systems = await store.selectFrom('systems').select('system').where('tenant_id', '=', tenantId).execute();
  return {
    tenant: tenant.slug,
    name: tenant.name,
    domains: JSON.parse(tenant.domains),
    passwordSignIn: tenant.password_sign_in === 1,
    requireTotp: tenant.require_totp === 1,
    historyMonths: tenant.history_months,
    users: Number(users),
    phoneUsers: Number(phone_users),
    connected: Number(connected),
    systems: await Promise.all(
      systems.map(async ({ system }) => ({ system, ...(await linkStateOf(context, tenantId, system)) })),
    ),
  };
}

/** Changes what is given; for administrators and the operator. */
export async function changeTenant(
  context: Context,
  tenantId: string,
  actor: string,
  patch: z.output<typeof tenantPatch>,
): Promise<void> {
  await change(context, (one) => writeTenant(one, tenantId, actor, patch));
}

async function writeTenant(
  one: Change,
  tenantId: string,
  actor: string,
  patch: z.output<typeof tenantPatch>,
): Promise<void> {
  const values = {
    ...(patch.name === undefined ? {} : { name: patch.name }),
    ...(patch.passwordSignIn === undefined ? {} : { password_sign_in: Number(patch.passwordSignIn) }),
    ...(patch.requireTotp === undefined ? {} : { require_totp: Number(patch.requireTotp) }),
    ...(patch.historyMonths === undefined ? {} : { history_months: patch.historyMonths }),
  };
  if (Object.keys(values).length === 0) return;
  await one.writing.updateTable('tenants').set(values).where('id', '=', tenantId).execute();
  one.audit({ tenantId, actor, action: 'tenant changed', subject: tenantId, details: { ...patch } });
}
