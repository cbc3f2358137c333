/** People of a tenant in numbers, put into the Connector's database before it starts. */
import { randomBytes } from 'node:crypto';
import {
  type ConnectorOptions,
  type Context,
  contextOf,
  createKey,
  createTenant,
  migrateConnector,
  silentLog,
  type Tables,
} from '@unisono/connector';
import { openSharedDatabase } from '@unisono/platform';
import { type Change, change } from '../../packages/connector/src/change.ts';
import { newRow } from '../../packages/connector/src/people/directory.ts';
import { addSession } from '../../packages/connector/src/sign-in/sessions.ts';
import { DOMAIN, emailOf } from '../targets/company.ts';

const ROWS_AT_ONCE = 400;
const WHO = 'bench';

export interface Directory {
  readonly tenantId: string;
  readonly adminKey: string;
  readonly assistantKey: string;
  readonly userIds: readonly string[];
  /** Tokens of people who are signed in, the first ones. */
  readonly tokens: readonly string[];
}

/** Fills a database with a tenant of so many people, of whom so many are signed in. */
export async function fillDirectory(target: string, people: number, signedIn: number): Promise<Directory> {
  return withContext(target, async (context) => {
    const tenantId = await createTenant(context, WHO, { slug: 'bench', name: 'Bench', domains: [DOMAIN] });
    const key = async (scope: 'admin' | 'assistant') =>
      (await createKey(context, tenantId, WHO, { name: scope, scope })).secret;
    const [adminKey, assistantKey] = [await key('admin'), await key('assistant')];
    const userIds = await change(context, (one) => addPeople(one, tenantId, people));
    const tokens = await change(context, (one) => signIn(one, tenantId, userIds.slice(0, signedIn)));
    return { tenantId, adminKey, assistantKey, userIds, tokens };
  });
}

/** Switches Unify Phone off for people, as an import would; the running Connector notices. */
export async function switchPhoneOff(target: string, tenantId: string, userIds: readonly string[]): Promise<void> {
  await withContext(target, (context) =>
    change(context, async (one) => {
      const last = await one.nextRevision(tenantId, userIds.length);
      for (const [index, id] of userIds.entries()) {
        const revision = last - userIds.length + index + 1;
        const row = one.writing.updateTable('users').set({ phone: 0, revision, changed_at_ms: one.nowMs });
        await row.where('tenant_id', '=', tenantId).where('id', '=', id).execute();
      }
    }),
  );
}

async function withContext<T>(target: string, use: (context: Context) => Promise<T>): Promise<T> {
  const database = openSharedDatabase<Tables>(target);
  try {
    await migrateConnector(database.query);
    return await use(contextOf(optionsOver(database.query)));
  } finally {
    await database.close();
  }
}

function optionsOver(store: ConnectorOptions['store']): ConnectorOptions {
  return {
    store,
    clock: { nowMs: Date.now, after: () => ({ cancel: () => {} }) },
    random: { octets: (count) => randomBytes(count) },
    mailer: { send: async () => {} },
    log: silentLog,
    secret: Buffer.alloc(32),
    publicUrl: 'https://127.0.0.1',
    software: 'bench',
  };
}

async function addPeople(one: Change, tenantId: string, count: number): Promise<string[]> {
  const last = await one.nextRevision(tenantId, count);
  const rows = Array.from({ length: count }, (_, index) => {
    const person = { email: emailOf(index), firstName: 'Person', lastName: String(index), role: 'user' as const };
    const row = newRow(one, tenantId, { ...person, phone: true }, last - count + index + 1);
    return { ...row, status: 'active' };
  });
  for (let from = 0; from < count; from += ROWS_AT_ONCE)
    await one.writing
      .insertInto('users')
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .execute();
  return rows.map(({ id }) => id);
}

async function signIn(one: Change, tenantId: string, userIds: readonly string[]): Promise<string[]> {
  const tokens: string[] = [];
  for (const userId of userIds) {
    const installationId = one.newId('i');
    const seen = { name: 'Bench', platform: 'web', method: 'password', last_seen_at_ms: one.nowMs };
    const row = { tenant_id: tenantId, id: installationId, user_id: userId, created_at_ms: one.nowMs };
    await one.writing
      .insertInto('installations')
      .values({ ...row, ...seen, push_sealed: null })
      .execute();
    tokens.push((await addSession(one, { tenantId, userId, installationId, method: 'password' })).token);
  }
  return tokens;
}
