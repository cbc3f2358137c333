import { type AssistantDatabase, type Statement, statementOf } from '../store/index.ts';

/** The second factor of an administrator. */
export interface SecondFactor {
  /** Octets that the codes are made of. */
  readonly secret: Buffer;
  /** False until a first code of it was seen: it does not count yet. */
  readonly isOn: boolean;
  /** The time step of the last code that was taken: none is taken twice. */
  readonly usedStep: number;
}

export function secondFactorOf({ query, read }: AssistantDatabase, administrator: string): SecondFactor | undefined {
  const [row] = read(
    query.selectFrom('assistant_second_factors').selectAll().where('administrator', '=', administrator),
  );
  return row && { secret: Buffer.from(row.secret, 'base64'), isOn: row.is_on === 1, usedStep: row.used_step };
}

/** What changes second factors, as statements. */
export function secondFactorWrites({ query }: AssistantDatabase) {
  return {
    begin: (administrator: string, secret: Buffer): Statement => {
      const row = { secret: secret.toString('base64'), is_on: 0, used_step: 0 };
      return statementOf(
        query
          .insertInto('assistant_second_factors')
          .values({ administrator, ...row })
          .onConflict((conflict) => conflict.column('administrator').doUpdateSet(row)),
      );
    },
    use: (administrator: string, step: number): Statement =>
      statementOf(
        query
          .updateTable('assistant_second_factors')
          .set({ is_on: 1, used_step: step })
          .where('administrator', '=', administrator),
      ),
    remove: (administrator: string): Statement =>
      statementOf(query.deleteFrom('assistant_second_factors').where('administrator', '=', administrator)),
  };
}
