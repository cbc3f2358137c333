import { z } from 'zod';
import { exportPeople } from '../../csv/export-people.ts';
import { MAX_IMPORT_OCTETS } from '../../csv/read-table.ts';
import type { ImportOutcome } from '../../csv/run-import.ts';
import { actor } from '../guard.ts';
import { done } from '../outcome.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';
import { dryRun, options } from './system.ts';

/** People and devices as a table. */
export function csvRoutes(api: Api, { administration, importPeople }: ApiParts): void {
  api.addContentTypeParser('text/csv', { parseAs: 'string', bodyLimit: MAX_IMPORT_OCTETS }, (_request, body, done) =>
    done(null, body),
  );
  api.get(
    '/api/v1/people.csv',
    {
      config: { needs: 'readOnly' },
      schema: { tags: ['people'], summary: 'People and devices as comma-separated values' },
    },
    async (_, reply) => {
      reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="people.csv"');
      return exportPeople(administration.system);
    },
  );
  api.post(
    '/api/v1/people.csv',
    {
      config: { needs: 'admin' },
      bodyLimit: MAX_IMPORT_OCTETS,
      schema: {
        tags: ['people'],
        summary: 'Imports people and devices, all or nothing; errors are told with their lines',
        consumes: ['text/csv'],
        body: z.string(),
        querystring: dryRun,
        response: {
          200: z.object({
            isDryRun: z.boolean(),
            lines: z.int(),
            created: z.int(),
            updated: z.int(),
            unchanged: z.int(),
            errors: z.int(),
            /** New desk phones; their passwords are shown this once. */
            accounts: z.array(z.object({ number: z.string(), username: z.string(), password: z.string() })),
          }),
        },
      },
    },
    async (request) => {
      const { isDryRun } = options(request);
      const outcome = await importPeople({ text: request.body, isDryRun, actor: actor(request) });
      if (outcome.errorCount > 0) throw refusalOf(outcome);
      if (outcome.refused !== undefined) done(outcome.refused);
      const { lines, created, updated, unchanged, accounts } = outcome;
      return { isDryRun, lines, created, updated, unchanged, errors: 0, accounts: [...accounts] };
    },
  );
}

function refusalOf({ errors, errorCount }: ImportOutcome): Refusal {
  const detail =
    errorCount === 1 ? 'The file has one error.' : `The file has ${errorCount} errors; nothing was imported.`;
  return new Refusal('importInvalid', detail, {
    errors: errors.map(({ line, column, code, message, hint }) => ({
      code,
      path: line === 0 ? column : `line ${line}${column === '' ? '' : `, ${column}`}`,
      message,
      hint,
    })),
  });
}
