import { type Database, openDatabase } from '@unisono/platform';
import { MIGRATIONS } from './migrations.ts';
import type { Tables } from './schema.ts';

export type Store = Database<Tables>;

export const DATABASE_FILE = 'unisono.db';

/** Opens or creates the database of a data folder. Throws a `DatabaseError`. */
export function openStore(path: string): Promise<Store> {
  return openDatabase<Tables>(path, MIGRATIONS);
}
