import { signsInWith, tenantBySlug } from '@unisono/connector';
import type { System } from '@unisono/pbx';
import type { LocalConnector } from '../connector/start-connector.ts';

/** The Connector of this process, and its tenant. */
type LocalTenantOf = {
  readonly running: Pick<LocalConnector['running'], 'connector'>;
  readonly tenant: string;
};

/** People of the demo company who still sign in with the password of their softphone: who has chosen another one is left out. */
export async function demoSignIns(
  { data }: System,
  { running, tenant: slug }: LocalTenantOf,
): Promise<readonly { readonly name: string; readonly email: string; readonly password: string }[]> {
  const { context } = running.connector;
  const tenant = await tenantBySlug(context.store, slug);
  if (tenant === undefined) return [];
  const found = data.ufipDevices.map(async ({ user: id, account: { password } }) => {
    const user = data.users.find((one) => one.id === id);
    if (user === undefined || password === undefined) return [];
    const { name, email } = user;
    return (await signsInWith(context, tenant.id, email, password)) ? [{ name, email, password }] : [];
  });
  return (await Promise.all(found)).flat();
}
