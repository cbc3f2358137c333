import type { DatabaseError, Statement } from '@unisono/platform';
import type { CallStore, KeptCall } from '@unisono/sbc';
import type { Store } from './open-store.ts';

const SAVE = 'insert into border_calls (key, call) values (?, ?) on conflict (key) do update set call = excluded.call';
const REMOVE = 'delete from border_calls where key = ?';

/** Answered calls of the border in the database. Written a moment later, together with others. */
export function createBorderCallStore(store: Store, onFailure: (error: DatabaseError) => void): CallStore {
  const write = (statement: Statement): void =>
    store.writer.write([statement], (error) => {
      if (error !== undefined) onFailure(error);
    });
  return {
    load: () => {
      const kept = store.query.selectFrom('border_calls').select('call');
      return store.read(kept).map(({ call }) => JSON.parse(call) as KeptCall);
    },
    save: (call) => write([SAVE, [call.key, JSON.stringify(call)]]),
    remove: (key) => write([REMOVE, [key]]),
  };
}
