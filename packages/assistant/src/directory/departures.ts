import { emailKey } from '@unisono/pbx';
import { type AssistantDatabase, type Statement, statementOf } from '../store/index.ts';
import { putValue } from '../sync/sync-store.ts';

/** Somebody who was removed here and is still to be taken out of the directory. */
export interface Departure {
  readonly email: string;
  readonly name: string;
  readonly atMs: number;
}

const PREFIX = 'departure ';

/** The list of departures, in the database: it survives restarts and a cloud that is away. */
export class Departures {
  readonly #database: AssistantDatabase;

  constructor(database: AssistantDatabase) {
    this.#database = database;
  }

  with(one: Departure): Statement {
    return putValue(this.#database, PREFIX + emailKey(one.email), JSON.stringify(one));
  }

  without(email: string): Statement {
    const { query } = this.#database;
    return statementOf(query.deleteFrom('assistant_values').where('name', '=', PREFIX + emailKey(email)));
  }

  all(): readonly Departure[] {
    const { query, read } = this.#database;
    const rows = query.selectFrom('assistant_values').select('value').where('name', 'like', `${PREFIX}%`);
    return read(rows.orderBy('name')).map(({ value }) => JSON.parse(value) as Departure);
  }
}
