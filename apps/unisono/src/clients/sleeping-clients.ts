import { type AssistantDatabase, WAKEABLE_USERS } from '@unisono/assistant';
import type { SleepingClients } from '@unisono/gateway';
import type { Store } from '../stores/open-store.ts';

/** Whose clients can be woken, as the Assistant of this data folder has written it down. */
export class SleepingClientsOfFolder implements SleepingClients {
  readonly #store: Store;
  #written = '[]';
  #users: ReadonlySet<string> = new Set();

  constructor(store: Store) {
    this.#store = store;
    this.refresh();
  }

  canBeWoken(user: string): boolean {
    return this.#users.has(user);
  }

  /** Takes over what was written meanwhile. */
  refresh(): void {
    const { query, read } = this.#store as unknown as AssistantDatabase;
    const [row] = read(query.selectFrom('assistant_values').select('value').where('name', '=', WAKEABLE_USERS));
    const written = row?.value ?? '[]';
    if (written === this.#written) return;
    this.#written = written;
    this.#users = new Set(JSON.parse(written) as string[]);
  }
}
