import { ASSISTANT_MIGRATIONS } from '@unisono/assistant';
import type { Migrations } from '@unisono/platform';
import type { Kysely } from 'kysely';

/** Every change of the tables ever, oldest first. A released step is never edited: the next change is a new step. */
export const MIGRATIONS: Migrations = {
  ...ASSISTANT_MIGRATIONS,
  '0001-system-registrations-calls': { up: firstTables },
  '0002-client-installations': { up: clientInstallations },
  '0003-voicemail': { up: voicemail },
  '0004-bans': { up: bans },
  '0005-border-calls': { up: borderCalls },
};

async function firstTables({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable('system_snapshots')
    .addColumn('version', 'integer', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('system_changes')
    .addColumn('version', 'integer', (column) => column.primaryKey())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .addColumn('summary', 'text', (column) => column.notNull())
    .addColumn('parts', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('system_imports')
    .addColumn('file', 'text', (column) => column.primaryKey())
    .addColumn('sha256', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createTable('registrations')
    .addColumn('device', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('binding', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('registrations_key', ['device', 'key'])
    .execute();
  await schema
    .createTable('open_calls')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('record', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('call_records')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('started_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('ended_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('result', 'text', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('call_records_started').on('call_records').column('started_at_ms').execute();
}

async function clientInstallations({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable('client_installations')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('ufip_device', 'text', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('revoked_at_ms', 'bigint')
    .execute();
  await schema
    .createIndex('client_installations_revoked')
    .on('client_installations')
    .columns(['revoked_at_ms', 'expires_at_ms'])
    .execute();
  await schema.createIndex('client_installations_user').on('client_installations').column('user_id').execute();
}

async function voicemail({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable('voicemail_messages')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'text', (column) => column.notNull())
    .addColumn('caller_number', 'text')
    .addColumn('caller_name', 'text')
    .addColumn('received_at_ms', 'bigint', (column) => column.notNull())
    .addColumn('duration_ms', 'integer', (column) => column.notNull())
    .addColumn('is_heard', 'integer', (column) => column.notNull())
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addColumn('sample_rate_hz', 'integer', (column) => column.notNull())
    .addColumn('pcm', 'blob', (column) => column.notNull())
    .execute();
  await schema.createIndex('voicemail_messages_user').on('voicemail_messages').column('user_id').execute();
  await schema
    .createTable('voicemail_greetings')
    .addColumn('user_id', 'text', (column) => column.primaryKey())
    .addColumn('sample_rate_hz', 'integer', (column) => column.notNull())
    .addColumn('pcm', 'blob', (column) => column.notNull())
    .execute();
}

async function bans({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable('bans')
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('scope', 'text', (column) => column.notNull())
    .addColumn('because', 'text', (column) => column.notNull())
    .addColumn('since_ms', 'bigint', (column) => column.notNull())
    .addColumn('until_ms', 'bigint')
    .addColumn('level', 'integer', (column) => column.notNull())
    .addColumn('asked', 'text')
    .addPrimaryKeyConstraint('bans_key', ['source', 'scope'])
    .execute();
  await schema.createIndex('bans_asked').on('bans').column('asked').execute();
}

async function borderCalls({ schema }: Kysely<never>): Promise<void> {
  await schema
    .createTable('border_calls')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('call', 'text', (column) => column.notNull())
    .execute();
}
