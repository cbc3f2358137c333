import type { Kysely } from 'kysely';

interface Migration {
  up(database: Kysely<never>): Promise<void>;
}

/** Every change of the Assistant's tables ever, oldest first. A released step is never edited. */
export const ASSISTANT_MIGRATIONS: Readonly<Record<string, Migration>> = {
  'assistant-0001-first': { up: firstTables },
  'assistant-0002-second-factor': { up: secondFactor },
};

async function firstTables(database: Kysely<never>): Promise<void> {
  await access(database);
  await records(database);
  await synchronisation(database);
  await link(database);
}

async function secondFactor({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable('assistant_second_factors')
    .addColumn('administrator', 'text', (column) => column.primaryKey())
    .addColumn('secret', 'text', (column) => column.notNull())
    .addColumn('is_on', 'integer', (column) => column.notNull())
    .addColumn('used_step', 'bigint', (column) => column.notNull())
    .execute();
}

async function access({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable('assistant_administrators')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('username_key', 'text', (column) => column.notNull().unique())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('password', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createTable('assistant_sessions')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('administrator', 'text', (column) => column.notNull())
    .addColumn('csrf', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('seen_at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createTable('assistant_tokens')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint')
    .execute();
  await schema
    .createTable('assistant_invitations')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('created_by', 'text', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .execute();
}

async function records({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable('assistant_audit')
    .addColumn('sequence', 'integer', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('actor', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('target', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('previous_hash', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('assistant_audit_target').on('assistant_audit').columns(['target', 'sequence']).execute();
  await schema
    .createTable('assistant_licences')
    .addColumn('installed_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .execute();
}

async function synchronisation({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable('assistant_directory')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('generation', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createTable('assistant_uploads')
    .addColumn('person', 'text', (column) => column.primaryKey())
    .addColumn('user', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createTable('assistant_sync_runs')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('ended_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('report', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('assistant_values')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
}

async function link({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable('assistant_outbox')
    .addColumn('sequence', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createTable('assistant_inbox')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('answer', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('assistant_settings')
    .addColumn('user', 'text', (column) => column.primaryKey())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('settings', 'text', (column) => column.notNull())
    .addColumn('changed_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('times', 'text', (column) => column.notNull())
    .execute();
}
