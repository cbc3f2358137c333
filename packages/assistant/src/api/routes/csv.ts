import { z } from 'zod';
import { exportPeople } from '../../csv/export-people.ts';
import { planImport } from '../../csv/import-people.ts';
import { MAX_IMPORT_OCTETS } from '../../csv/read-table.ts';
import { actor } from '../guard.ts';
import { done } from '../outcome.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';
import { dryRun, options } from './system.ts';

/** Errors told at most; the count is of all. */
const MAX_TOLD_ERRORS = 1000;

/** People and devices as a table. */
export function csvRoutes(api: Api, { administration, random }: ApiParts): void {
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
          }),
        },
      },
    },
    async (request) => {
      const plan = planImport(request.body, administration.system, random);
      if (plan.errors.length > 0) throw refusalOf(plan);
      const { isDryRun } = options(request);
      if (plan.changes.length > 0) done(administration.change(actor(request), plan.changes, { isDryRun }));
      const { lines, created, updated, unchanged } = plan;
      return { isDryRun, lines, created, updated, unchanged, errors: 0 };
    },
  );
}

function refusalOf({ errors }: ReturnType<typeof planImport>): Refusal {
  const told = errors.slice(0, MAX_TOLD_ERRORS);
  const detail =
    errors.length === 1 ? 'The file has one error.' : `The file has ${errors.length} errors; nothing was imported.`;
  return new Refusal('importInvalid', detail, {
    errors: told.map(({ line, column, code, message, hint }) => ({
      code,
      path: line === 0 ? column : `line ${line}${column === '' ? '' : `, ${column}`}`,
      message,
      hint,
    })),
  });
}
