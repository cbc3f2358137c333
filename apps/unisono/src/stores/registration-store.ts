import type { RegistrationStore, StoredBinding } from '@unisono/gateway';
import type { DatabaseError, Statement } from '@unisono/platform';
import type { Store } from './open-store.ts';

const SAVE =
  'insert into registrations (device, key, expires_at_ms, binding) values (?, ?, ?, ?) ' +
  'on conflict (device, key) do update set expires_at_ms = excluded.expires_at_ms, binding = excluded.binding';
const REMOVE = 'delete from registrations where device = ? and key = ?';
const REMOVE_EXPIRED = 'delete from registrations where expires_at_ms <= ?';

/**
 * Registrations in the database. Each one is on the disk about a millisecond after it was saved, together with those that came at
 * the same time. A failed write is reported and not repeated: the phone registers again.
 */
export function createRegistrationStore(
  store: Store,
  epochMs: () => number,
  onFailure: (error: DatabaseError) => void,
): RegistrationStore {
  const write = (statement: Statement): void =>
    store.writer.write([statement], (error) => {
      if (error !== undefined) onFailure(error);
    });
  return {
    load: () => {
      write([REMOVE_EXPIRED, [epochMs()]]);
      const valid = store.query.selectFrom('registrations').select('binding').where('expires_at_ms', '>', epochMs());
      return store.read(valid).map((row) => JSON.parse(row.binding) as StoredBinding);
    },
    save: (binding) => write([SAVE, [binding.device, binding.key, binding.expiresAtMs, JSON.stringify(binding)]]),
    remove: (device, key) => write([REMOVE, [device, key]]),
  };
}
