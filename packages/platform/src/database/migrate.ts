import type { Kysely } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { DatabaseError } from './errors.ts';

/** Steps that bring a database up to date, by name; run once each, in the order of their names (`0001-…`). */
export type Migrations = Readonly<Record<string, Migration>>;

/**
 * Runs the migrations that this database has not seen. All of them happen or none. Steps of several packages share a database, so
 * a new one may sort before those that were run already.
 */
export async function migrate(database: Kysely<never>, migrations: Migrations, path: string): Promise<void> {
  const provider = { getMigrations: async () => ({ ...migrations }) };
  const { error } = await new Migrator({ db: database, provider, allowUnorderedMigrations: true }).migrateToLatest();
  if (error === undefined) return;
  const reason = error instanceof Error ? error.message : String(error);
  if (/previously executed migration .* is missing/.test(reason)) {
    throw new DatabaseError(
      'newer',
      `${path} was written by a newer version of this program: start that version`,
      error,
    );
  }
  throw new DatabaseError('unusable', `${path} could not be brought up to date: ${reason}`, error);
}
