import type { ColumnDataType, CreateTableBuilder, Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { nameKeys } from '../book/keys.ts';
import type { Tables } from './tables.ts';

/** `text` and `integer` must be there, those with a question mark may be null. */
type Kind = 'text' | 'integer' | 'text?' | 'integer?';
type Columns = Readonly<Record<string, Kind>>;

/** Every change of the tables ever, oldest first. A released step is never edited. */
const MIGRATIONS = {
  '0001-connector': { up: firstTables },
  '0002-presence': { up: presenceTable },
  '0003-stations': { up: stationsTable },
  '0004-name-keys': { up: nameKeysColumns },
  '0005-factor-due': { up: factorDueColumn },
};

/** Brings the tables up to date; all of it happens or nothing. Rejects with what the database says. */
export async function migrateConnector(database: Kysely<Tables>): Promise<void> {
  const provider = { getMigrations: async () => MIGRATIONS };
  const names = { migrationTableName: 'connector_migrations', migrationLockTableName: 'connector_migration_lock' };
  const { error } = await new Migrator({ db: database, provider, ...names }).migrateToLatest();
  if (error !== undefined) throw error;
}

const FIRST: Readonly<
  Record<Exclude<keyof Tables, 'presence' | 'stations'>, readonly [key: readonly string[], columns: Columns]>
> = {
  tenants: [
    ['id'],
    {
      id: 'text',
      slug: 'text',
      name: 'text',
      domains: 'text',
      password_sign_in: 'integer',
      require_totp: 'integer',
      require_certificate: 'integer',
      history_months: 'integer',
      created_at_ms: 'integer',
      user_revision: 'integer',
      pruned_revision: 'integer',
    },
  ],
  api_keys: [
    ['tenant_id', 'id'],
    {
      tenant_id: 'text',
      id: 'text',
      name: 'text',
      scope: 'text',
      system: 'text?',
      hash: 'text',
      created_at_ms: 'integer',
      expires_at_ms: 'integer?',
      last_used_at_ms: 'integer?',
      revoked_at_ms: 'integer?',
      certificate: 'text?',
    },
  ],
  users: [
    ['tenant_id', 'id'],
    {
      tenant_id: 'text',
      id: 'text',
      email: 'text',
      email_key: 'text?',
      first_name: 'text',
      last_name: 'text',
      language: 'text?',
      role: 'text',
      status: 'text',
      phone: 'integer',
      external_id: 'text?',
      version: 'integer',
      revision: 'integer',
      created_at_ms: 'integer',
      changed_at_ms: 'integer',
      deleted_at_ms: 'integer?',
      search_key: 'text',
      password: 'text?',
      totp_sealed: 'text?',
      totp_confirmed: 'integer',
      totp_step: 'integer',
      recovery_codes: 'text',
      event_position: 'integer',
      history_seen_at_ms: 'integer',
    },
  ],
  connections: [
    ['tenant_id', 'user_id', 'system'],
    {
      tenant_id: 'text',
      user_id: 'text',
      system: 'text',
      version: 'integer',
      digest: 'text',
      data_sealed: 'text?',
      desk_number: 'text?',
      outside_number: 'text?',
      display_name: 'text?',
      changed_at_ms: 'integer',
    },
  ],
  installations: [
    ['tenant_id', 'id'],
    {
      tenant_id: 'text',
      id: 'text',
      user_id: 'text',
      name: 'text',
      platform: 'text',
      method: 'text',
      created_at_ms: 'integer',
      last_seen_at_ms: 'integer',
      push_sealed: 'text?',
    },
  ],
  sessions: [
    ['hash'],
    {
      tenant_id: 'text',
      hash: 'text',
      user_id: 'text',
      installation_id: 'text',
      method: 'text',
      created_at_ms: 'integer',
      expires_at_ms: 'integer',
      last_seen_at_ms: 'integer',
    },
  ],
  tickets: [
    ['hash'],
    {
      tenant_id: 'text',
      hash: 'text',
      purpose: 'text',
      user_id: 'text?',
      data: 'text',
      created_at_ms: 'integer',
      expires_at_ms: 'integer',
    },
  ],
  attempts: [
    ['tenant_id', 'subject'],
    { tenant_id: 'text', subject: 'text', count: 'integer', blocked_until_ms: 'integer', last_at_ms: 'integer' },
  ],
  oidc_providers: [
    ['tenant_id', 'id'],
    {
      tenant_id: 'text',
      id: 'text',
      name: 'text',
      issuer: 'text',
      client_id: 'text',
      secret_sealed: 'text?',
      create_users: 'integer',
      scopes: 'text',
    },
  ],
  identities: [
    ['tenant_id', 'provider_id', 'subject'],
    { tenant_id: 'text', provider_id: 'text', subject: 'text', user_id: 'text', created_at_ms: 'integer' },
  ],
  settings_states: [
    ['tenant_id', 'user_id'],
    {
      tenant_id: 'text',
      user_id: 'text',
      system: 'text',
      version: 'integer',
      settings: 'text',
      preview: 'text?',
      origin: 'text',
      changed_at_ms: 'integer',
    },
  ],
  settings_changes: [
    ['tenant_id', 'id'],
    {
      tenant_id: 'text',
      id: 'text',
      user_id: 'text',
      system: 'text',
      installation_id: 'text',
      seq: 'integer',
      patch: 'text',
      state: 'text',
      requested_at_ms: 'integer',
      decided_at_ms: 'integer?',
      code: 'text?',
      message: 'text?',
    },
  ],
  notification_settings: [['tenant_id', 'user_id'], { tenant_id: 'text', user_id: 'text', settings: 'text' }],
  systems: [
    ['tenant_id', 'system'],
    {
      tenant_id: 'text',
      system: 'text',
      outbox: 'text',
      last_seq: 'integer',
      their_outbox: 'text?',
      their_seq: 'integer',
      session: 'text?',
      since_ms: 'integer',
      heard_at_ms: 'integer',
    },
  ],
  outbox: [
    ['tenant_id', 'system', 'seq'],
    {
      tenant_id: 'text',
      system: 'text',
      seq: 'integer',
      id: 'text',
      at_ms: 'integer',
      replaces: 'text?',
      body: 'text',
    },
  ],
  history: [
    ['tenant_id', 'user_id', 'entry_id'],
    {
      tenant_id: 'text',
      user_id: 'text',
      entry_id: 'text',
      started_at_ms: 'integer',
      direction: 'text',
      result: 'text',
      search_key: 'text',
      entry: 'text',
    },
  ],
  favourites: [
    ['tenant_id', 'user_id'],
    { tenant_id: 'text', user_id: 'text', version: 'integer', favourites: 'text' },
  ],
  contacts: [
    ['tenant_id', 'id'],
    {
      tenant_id: 'text',
      id: 'text',
      name: 'text',
      company: 'text?',
      email: 'text?',
      numbers: 'text',
      search_key: 'text',
    },
  ],
  contact_numbers: [
    ['tenant_id', 'number_key', 'contact_id'],
    { tenant_id: 'text', number_key: 'text', contact_id: 'text' },
  ],
  ldap_sources: [['tenant_id', 'id'], { tenant_id: 'text', id: 'text', source: 'text', password_sealed: 'text?' }],
  events: [
    ['tenant_id', 'user_id', 'position'],
    { tenant_id: 'text', user_id: 'text', position: 'integer', at_ms: 'integer', body: 'text' },
  ],
  pushes: [
    ['tenant_id', 'id'],
    {
      tenant_id: 'text',
      id: 'text',
      user_id: 'text',
      body: 'text',
      expires_at_ms: 'integer',
      next_at_ms: 'integer',
      tries: 'integer',
    },
  ],
  idempotency: [
    ['tenant_id', 'key'],
    { tenant_id: 'text', key: 'text', request_hash: 'text', answer: 'text', at_ms: 'integer' },
  ],
  audit: [
    ['tenant_id', 'seq'],
    {
      tenant_id: 'text',
      seq: 'integer',
      at_ms: 'integer',
      actor: 'text',
      action: 'text',
      subject: 'text',
      details: 'text',
      hash: 'text',
    },
  ],
};

const FIRST_INDEXES: readonly (readonly [table: keyof Tables, columns: readonly string[], isUnique: boolean])[] = [
  ['tenants', ['slug'], true],
  ['api_keys', ['hash'], true],
  ['users', ['tenant_id', 'email_key'], true],
  ['users', ['tenant_id', 'revision'], false],
  ['users', ['tenant_id', 'external_id'], false],
  ['users', ['tenant_id', 'search_key'], false],
  ['users', ['deleted_at_ms'], false],
  ['connections', ['tenant_id', 'system', 'user_id'], false],
  ['connections', ['tenant_id', 'desk_number'], false],
  ['connections', ['tenant_id', 'outside_number'], false],
  ['installations', ['tenant_id', 'user_id'], false],
  ['sessions', ['tenant_id', 'user_id'], false],
  ['sessions', ['tenant_id', 'installation_id'], false],
  ['sessions', ['expires_at_ms'], false],
  ['tickets', ['expires_at_ms'], false],
  ['tickets', ['tenant_id', 'user_id'], false],
  ['attempts', ['last_at_ms'], false],
  ['identities', ['tenant_id', 'user_id'], false],
  ['settings_changes', ['tenant_id', 'user_id', 'requested_at_ms'], false],
  ['settings_changes', ['requested_at_ms'], false],
  ['history', ['tenant_id', 'user_id', 'started_at_ms'], false],
  ['history', ['started_at_ms'], false],
  ['contacts', ['tenant_id', 'search_key'], false],
  ['events', ['at_ms'], false],
  ['pushes', ['next_at_ms'], false],
  ['idempotency', ['at_ms'], false],
];

async function firstTables(database: Kysely<never>): Promise<void> {
  const { schema } = database;
  for (const [name, [key, columns]] of Object.entries(FIRST)) await createTable(database, name, key, columns);
  for (const [table, columns, isUnique] of FIRST_INDEXES) {
    const index = schema
      .createIndex(`${table}_by_${columns.join('_')}`)
      .on(table)
      .columns([...columns]);
    await (isUnique ? index.unique() : index).execute();
  }
}

async function presenceTable(database: Kysely<never>): Promise<void> {
  const columns: Columns = { tenant_id: 'text', user_id: 'text', state: 'text', is_hidden: 'integer' };
  await createTable(database, 'presence', ['tenant_id', 'user_id'], columns);
}

async function stationsTable(database: Kysely<never>): Promise<void> {
  const columns: Columns = {
    tenant_id: 'text',
    id: 'text',
    system: 'text',
    station: 'text',
    digest: 'text',
    name: 'text',
    email: 'text?',
    email_key: 'text?',
    number: 'text',
    outside_number: 'text?',
    search_key: 'text',
    presence: 'text?',
  };
  await createTable(database, 'stations', ['tenant_id', 'id'], columns);
  for (const column of ['search_key', 'email_key', 'number', 'outside_number'])
    await database.schema
      .createIndex(`stations_by_tenant_id_${column}`)
      .on('stations')
      .columns(['tenant_id', column])
      .execute();
  await database.schema
    .createIndex('stations_by_tenant_id_system_station')
    .on('stations')
    .columns(['tenant_id', 'system', 'station'])
    .execute();
}

async function factorDueColumn({ schema }: Kysely<never>): Promise<void> {
  const column = schema
    .alterTable('sessions')
    .addColumn('is_factor_due', 'bigint', (one) => one.notNull().defaultTo(0));
  await column.execute();
}

const FILLED_AT_ONCE = 500;

/** Names are found by keys, those there are already too. */
async function nameKeysColumns(database: Kysely<never>): Promise<void> {
  const { schema } = database;
  for (const table of ['users', 'stations', 'contacts'])
    await schema
      .alterTable(table)
      .addColumn('name_keys', 'text', (column) => column.notNull().defaultTo(''))
      .execute();
  const filled = database as unknown as Kysely<Tables>;
  await fill(filled, 'users', (row) => `${row.first_name} ${row.last_name}`);
  await fill(filled, 'stations', ({ name }) => String(name));
  await fill(filled, 'contacts', ({ name }) => String(name));
}

async function fill(
  database: Kysely<Tables>,
  table: 'users' | 'stations' | 'contacts',
  nameOf: (row: Readonly<Record<string, unknown>>) => string,
): Promise<void> {
  for (let [tenant, after] = ['', '']; ; ) {
    const found = await database
      .selectFrom(table)
      .selectAll()
      .where((is) =>
        is.or([is('tenant_id', '>', tenant), is.and([is('tenant_id', '=', tenant), is('id', '>', after)])]),
      )
      .orderBy('tenant_id')
      .orderBy('id')
      .limit(FILLED_AT_ONCE)
      .execute();
    for (const row of found)
      await database
        .updateTable(table)
        .set({ name_keys: nameKeys(nameOf({ ...row })) })
        .where('tenant_id', '=', row.tenant_id)
        .where('id', '=', row.id)
        .execute();
    const last = found.at(-1);
    if (last === undefined) return;
    [tenant, after] = [last.tenant_id, last.id];
  }
}

async function createTable(
  { schema }: Kysely<never>,
  name: string,
  key: readonly string[],
  columns: Columns,
): Promise<void> {
  let table: CreateTableBuilder<string, string> = schema.createTable(name);
  for (const [column, kind] of Object.entries(columns)) {
    const type: ColumnDataType = kind.startsWith('text') ? 'text' : 'bigint';
    table = table.addColumn(column, type, (definition) => (kind.endsWith('?') ? definition : definition.notNull()));
  }
  await table.addPrimaryKeyConstraint(`${name}_key`, [...key]).execute();
}
