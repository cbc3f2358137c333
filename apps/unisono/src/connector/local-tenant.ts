import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Connector, createKey, createTenant, seedPeople, tenantBySlug } from '@unisono/connector';
import type { System } from '@unisono/pbx';

const KEY_FILE = 'connector-key';
const DIRECTORY_KEY_FILE = 'connector-directory-key';

/** Tenant and keys of the phone system in the same process. */
export interface LocalTenant {
  readonly slug: string;
  readonly key: string;
  /** Invites and removes people. */
  readonly directoryKey: string;
}

/**
 * The tenant of the phone system in the same process, made at the first start, with the keys that its Assistant uses. The demo company's
 * people are put into its directory and sign in with the password of their softphone; of any other company nobody is there yet.
 */
export async function localTenant(
  connector: Connector,
  system: System,
  isDemo: boolean,
  dataFolder: string,
): Promise<LocalTenant> {
  const { name, domain } = system.data.company;
  const slug = slugOf(name);
  const { context } = connector;
  const known = await tenantBySlug(context.store, slug);
  const tenantId = known?.id ?? (await createTenant(context, 'first start', { slug, name, domains: [domain] }));
  if (known === undefined && isDemo) await seedPeople(context, tenantId, 'first start', demoPeople(system));
  const keyOf = async (name: string, scope: 'assistant' | 'directory'): Promise<string> => {
    const file = join(dataFolder, name);
    if (known !== undefined && existsSync(file)) return readFileSync(file, 'utf8').trim();
    const { secret } = await createKey(context, tenantId, 'first start', { name: 'this machine', scope });
    writeFileSync(file, `${secret}\n`, { mode: 0o600 });
    return secret;
  };
  return {
    slug,
    key: await keyOf(KEY_FILE, 'assistant'),
    directoryKey: await keyOf(DIRECTORY_KEY_FILE, 'directory'),
  };
}

function demoPeople(system: System) {
  return system.data.users.map((user) => {
    const [firstName = user.name, ...rest] = user.name.split(' ');
    const device = system.data.ufipDevices.find((one) => one.user === user.id);
    return {
      email: user.email,
      firstName,
      lastName: rest.join(' ') || firstName,
      phone: true,
      ...(device?.account.password === undefined ? {} : { password: device.account.password }),
    };
  });
}

/** `Lindner Optik` is `lindner-optik`; a name without any letter of ASCII gets one of its own. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return slug === '' ? `tenant-${createHash('sha256').update(name).digest('hex').slice(0, 8)}` : slug;
}
