import type { AssistantDatabase, Statement } from './store/index.ts';
import { putValue } from './sync/sync-store.ts';

/** By person of the directory: installations that are woken by push. */
const PERSONS = 'wakeablePersons';
/** Ids of the users whose clients can be woken, for gateways that share the database. */
export const WAKEABLE_USERS = 'wakeableUsers';

/** Remembers whose clients can be woken, where gateways find it. */
export class Wakeable {
  readonly #database: AssistantDatabase;
  readonly #userOf: (person: string) => string | undefined;
  readonly #persons: Map<string, number>;

  constructor(database: AssistantDatabase, userOf: (person: string) => string | undefined) {
    this.#database = database;
    this.#userOf = userOf;
    const { query, read } = database;
    const [row] = read(query.selectFrom('assistant_values').select('value').where('name', '=', PERSONS));
    this.#persons = new Map(JSON.parse(row?.value ?? '[]') as [string, number][]);
  }

  /** What is to be written when the Connector has told of a person. */
  told(person: string, installations: number): readonly Statement[] {
    if (installations > 0) this.#persons.set(person, installations);
    else this.#persons.delete(person);
    return [putValue(this.#database, PERSONS, JSON.stringify([...this.#persons])), ...this.users()];
  }

  /** And when persons are matched with other users. */
  users(): readonly Statement[] {
    const users = [...this.#persons.keys()].flatMap((person) => this.#userOf(person) ?? []);
    return [putValue(this.#database, WAKEABLE_USERS, JSON.stringify(users.sort()))];
  }
}
