import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Context,
  changeTenant,
  createKey,
  createTenant,
  invite,
  listKeys,
  listTenants,
  ProblemError,
  revokeKey,
  rotateKey,
  runRetention,
  seedPeople,
  tenantBySlug,
  userByEmail,
  verifyAudit,
} from '@unisono/connector';
import { DatabaseError, problemLine } from '@unisono/platform';
import { SystemClock } from '@unisono/sip';
import { type LoadedSettings, loadSettings } from '../config/load.ts';
import { CONNECTOR_DATABASE, openContext } from '../connector/open-connector.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';
import { table } from './table.ts';

interface Given {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly json?: boolean | undefined;
}

const ACTOR = 'operator on the command line';

/** `unisono connector tenants` */
export function tenants(console: Console, given: Given): Promise<ExitCode> {
  return withContext(console, given, async ({ store }) => {
    const rows = await listTenants(store);
    if (given.json === true) for (const { id, slug, name } of rows) console.out(JSON.stringify({ id, slug, name }));
    else
      for (const line of table(
        ['tenant', 'name'],
        rows.map(({ slug, name }) => [slug, name]),
      ))
        console.out(line);
  });
}

/** `unisono connector add-tenant SLUG NAME --domain example.com --admin a@example.com`: prints the first administrator's key. */
export function addTenant(
  console: Console,
  slug: string,
  name: string,
  given: Given & { readonly domain?: readonly string[] | undefined; readonly admin?: string | undefined },
): Promise<ExitCode> {
  return withContext(console, given, async (context) => {
    const tenantId = await createTenant(context, ACTOR, { slug, name, domains: given.domain ?? [] });
    const { key, secret } = await createKey(context, tenantId, ACTOR, { name: 'administrator', scope: 'admin' });
    if (given.admin !== undefined) await addAdministrator(context, tenantId, given.admin);
    if (given.json === true) console.out(JSON.stringify({ tenant: slug, keyId: key.keyId, secret }));
    else
      console.out(
        `Tenant ${slug} is there. Its administrator's API key, shown this once:\n${secret}` +
          (given.admin === undefined ? '' : `\n${given.admin} is invited as administrator.`),
      );
  });
}

async function addAdministrator(context: Context, tenantId: string, email: string): Promise<void> {
  const person = { email, firstName: email.split('@')[0] ?? email, lastName: 'Administrator', phone: false };
  await seedPeople(context, tenantId, ACTOR, [{ ...person, role: 'admin' }]);
  const user = await userByEmail(context.store, tenantId, email);
  if (user !== undefined) await invite(context, tenantId, user.id, ACTOR);
}

/** `unisono connector keys SLUG` */
export function keys(console: Console, slug: string, given: Given): Promise<ExitCode> {
  return withTenant(console, slug, given, async (context, tenantId) => {
    const list = await listKeys(context.store, tenantId);
    if (given.json === true) for (const key of list) console.out(JSON.stringify(key));
    else {
      const time = (atMs: number | undefined): string => (atMs === undefined ? '' : new Date(atMs).toISOString());
      const rows = list.map((key) => [
        key.keyId,
        key.scope,
        key.system ?? '',
        key.name,
        time(key.lastUsedAtMs),
        time(key.revokedAtMs ?? key.expiresAtMs),
      ]);
      for (const line of table(['key', 'scope', 'system', 'name', 'last used', 'ends'], rows)) console.out(line);
    }
  });
}

const SCOPES = ['assistant', 'scim', 'directory', 'admin'] as const;

/** `unisono connector add-key SLUG --scope assistant --system main` */
export function addKey(
  console: Console,
  slug: string,
  given: Given & {
    readonly scope: string;
    readonly system?: string | undefined;
    readonly name?: string | undefined;
    readonly certificate?: string | undefined;
  },
): Promise<ExitCode> {
  return withTenant(console, slug, given, async (context, tenantId) => {
    const scope = SCOPES.find((one) => one === given.scope);
    if (scope === undefined) throw new ProblemError('invalidRequest', `The scope is one of ${SCOPES.join(', ')}.`);
    const { system, certificate, name = scope } = given;
    const { key, secret } = await createKey(context, tenantId, ACTOR, { name, scope, system, certificate });
    if (given.json === true) console.out(JSON.stringify({ ...key, secret }));
    else console.out(`Key ${key.keyId}, shown this once:\n${secret}`);
  });
}

/** `unisono connector rotate-key SLUG ID --overlap SECONDS` */
export function rotate(
  console: Console,
  slug: string,
  keyId: string,
  given: Given & { readonly overlap: number },
): Promise<ExitCode> {
  return withTenant(console, slug, given, async (context, tenantId) => {
    const { key, secret } = await rotateKey(context, { tenantId, keyId, actor: ACTOR, overlapSec: given.overlap });
    console.out(`Key ${key.keyId}, shown this once; ${keyId} ends in ${given.overlap} s:\n${secret}`);
  });
}

/** `unisono connector revoke-key SLUG ID` */
export function revoke(console: Console, slug: string, keyId: string, given: Given): Promise<ExitCode> {
  return withTenant(console, slug, given, async (context, tenantId) => {
    await revokeKey(context, tenantId, keyId, ACTOR);
    console.out(`Key ${keyId} has ended.`);
  });
}

/** `unisono connector audit SLUG --expect HASH`: whether the audit log is as it was written. */
export function audit(
  console: Console,
  slug: string,
  given: Given & { readonly expect?: string | undefined },
): Promise<ExitCode> {
  return withTenant(console, slug, given, async (context, tenantId) => {
    const verdict = await verifyAudit(context.store, tenantId, given.expect);
    if (!verdict.ok) throw new ProblemError('conflict', `The audit log of ${slug} was changed. ${verdict.message}`);
    console.out(
      `${verdict.entries} entries, unchanged. Write this down to notice later if entries are cut off:\n${verdict.lastHash}`,
    );
  });
}

/** `unisono connector retention`: deletes now what has had its time. */
export function retention(console: Console, given: Given): Promise<ExitCode> {
  return withContext(console, given, async (context) => console.out(JSON.stringify(await runRetention(context))));
}

/** `unisono connector require-totp SLUG on|off` is a change of the tenant like any other: `--password-sign-in`, `--history-months`. */
export function setTenant(
  console: Console,
  slug: string,
  given: Given & {
    readonly requireTotp?: string | undefined;
    readonly passwordSignIn?: string | undefined;
    readonly historyMonths?: number | undefined;
  },
): Promise<ExitCode> {
  return withTenant(console, slug, given, async (context, tenantId) => {
    const { requireTotp, passwordSignIn, historyMonths } = given;
    await changeTenant(context, tenantId, ACTOR, {
      ...(requireTotp === undefined ? {} : { requireTotp: requireTotp === 'on' }),
      ...(passwordSignIn === undefined ? {} : { passwordSignIn: passwordSignIn === 'on' }),
      ...(historyMonths === undefined ? {} : { historyMonths }),
    });
    console.out(`Tenant ${slug} is changed.`);
  });
}

function withTenant(
  console: Console,
  slug: string,
  given: Given,
  use: (context: Context, tenantId: string) => Promise<void>,
): Promise<ExitCode> {
  return withContext(console, given, async (context) => {
    const tenant = await tenantBySlug(context.store, slug);
    if (tenant === undefined) throw new ProblemError('notFound', `There is no tenant ${slug}.`);
    await use(context, tenant.id);
  });
}

/** The Connector's database, also beside a running one, without a server. */
async function withContext(
  console: Console,
  given: Given,
  use: (context: Context) => Promise<void>,
): Promise<ExitCode> {
  const { config, data } = given;
  const loaded = loadSettings(
    { ...(config && { config }), ...(data && { data }) },
    console.environment,
    console.workingFolder,
  );
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(problemLine(problem));
    return EXIT.failed;
  }
  return useContext(console, loaded.settings, use);
}

async function useContext(
  console: Console,
  settings: LoadedSettings,
  use: (context: Context) => Promise<void>,
): Promise<ExitCode> {
  const isNew = settings.connector.database === undefined && !existsSync(join(settings.data, CONNECTOR_DATABASE));
  if (isNew) mkdirSync(settings.data, { recursive: true, mode: 0o700 });
  let close: (() => Promise<void>) | undefined;
  try {
    const open = await openContext(settings, new SystemClock());
    close = open.close;
    await use(open.context);
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof ProblemError || error instanceof DatabaseError)) throw error;
    console.error(error.message);
    return EXIT.failed;
  } finally {
    await close?.();
  }
}
