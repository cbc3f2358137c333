import { z } from 'zod';
import type { Cloud } from '../../cloud.ts';
import { LinkError } from '../../link/link-error.ts';
import { reasonText } from '../../sync/reasons.ts';
import { countsOf, RUNNING } from '../../sync/run-sync.ts';
import type { SyncReport } from '../../sync/sync-store.ts';
import { SYNC_CLASSES, type SyncRow } from '../../sync/types.ts';
import { isFound, searchWords } from '../entries.ts';
import { actor } from '../guard.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';
import { directoryAccess } from './invitations.ts';

const words = z.object({ reason: z.string(), action: z.string() });
const row = z
  .object({
    class: z.enum(SYNC_CLASSES),
    code: z.string(),
    name: z.string(),
    email: z.string(),
    person: z.string().optional(),
    user: z.string().optional(),
    en: words,
    de: words,
  })
  .meta({ id: 'SyncRow' });
const counts = z.record(z.enum(SYNC_CLASSES), z.int());
const report = z
  .object({
    id: z.string(),
    trigger: z.string(),
    startedAtMs: z.number(),
    endedAtMs: z.number(),
    outcome: z.enum(['done', 'stopped', 'failed']),
    message: z.string(),
    counts,
    uploaded: z.int(),
    withdrawn: z.int(),
    refused: z.int(),
    requests: z.int().optional(),
  })
  .meta({ id: 'SyncReport' });
const reportWithRows = report.extend({ rows: z.array(row) });

/** Synchronisation with the directory, and the link that carries it. */
export function syncRoutes(api: Api, parts: ApiParts): void {
  planRoute(api, parts);
  runRoutes(api, parts);
  linkRoute(api, parts);
}

function cloudOf({ cloud }: ApiParts): Cloud {
  if (cloud === undefined) throw new Refusal('linkOff');
  return cloud;
}

function planRoute(api: Api, parts: ApiParts): void {
  api.get(
    '/api/v1/sync/plan',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['sync'],
        summary: 'What a synchronisation would do now: everybody with their class, the reason and what to do',
        querystring: z.object({
          fresh: z.enum(['true', 'false']).default('false').describe('true: asks the directory first.'),
          class: z.enum(SYNC_CLASSES).optional(),
          search: z.string().max(100).optional(),
          offset: z.coerce.number().int().min(0).default(0),
          limit: z.coerce.number().int().min(1).max(500).default(100),
        }),
        response: {
          200: z.object({ total: z.int(), counts, uploads: z.int(), withdrawals: z.int(), rows: z.array(row) }),
        },
      },
    },
    async ({ query }) => {
      const plan = await asked(() => cloudOf(parts).plan(query.fresh === 'true'));
      const searched = searchWords(query.search);
      const found = plan.rows.filter(
        (one) => (query.class === undefined || one.class === query.class) && isFound([one.name, one.email], searched),
      );
      return {
        total: found.length,
        counts: { ...countsOf(plan.rows) },
        uploads: plan.steps.filter(({ op }) => op === 'put').length,
        withdrawals: plan.steps.filter(({ op }) => op === 'withdraw').length,
        rows: found.slice(query.offset, query.offset + query.limit).map(shownRow),
      };
    },
  );
}

function runRoutes(api: Api, parts: ApiParts): void {
  api.post(
    '/api/v1/sync/runs',
    {
      config: { needs: 'helpdesk' },
      schema: {
        tags: ['sync'],
        summary: 'Synchronises now',
        body: z.object({
          confirm: z
            .boolean()
            .default(false)
            .describe('Withdraws although it is more than is done without asking; for admins.'),
          full: z.boolean().default(false).describe('Asks for everything anew instead of for what has changed.'),
        }),
        response: { 200: reportWithRows },
      },
    },
    async (request) => {
      const { confirm, full } = request.body;
      const who = actor(request);
      if (confirm && who.role !== 'admin') throw new Refusal('notAllowed', 'Confirming withdrawals is for admins.');
      const cloud = cloudOf(parts);
      const fact = { action: confirm ? 'confirmWithdrawals' : 'synchronise', target: 'sync', detail: { full } };
      parts.database.writeNow(parts.audit.statements(who, [fact], parts.clock.epochMs()));
      const done = await cloud.synchronise({ trigger: 'demand', isConfirmed: confirm, isFull: full });
      if (done === RUNNING) throw new Refusal('syncRunning');
      return shownReport(done);
    },
  );
  api.get(
    '/api/v1/sync/runs',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['sync'],
        summary: 'Reports of the last runs, the latest first',
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
        response: { 200: z.object({ isRunning: z.boolean(), runs: z.array(report) }) },
      },
    },
    async ({ query: { limit } }) => {
      const cloud = cloudOf(parts);
      return { isRunning: cloud.isRunning, runs: cloud.reports(limit).map(shownReport) };
    },
  );
  api.get(
    '/api/v1/sync/runs/:id',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['sync'],
        summary: 'One report, with everybody who was not in step',
        params: z.object({ id: z.string().max(64) }),
        response: { 200: reportWithRows },
      },
    },
    async ({ params: { id } }) => {
      const found = cloudOf(parts)
        .reports(100)
        .find((one) => one.id === id);
      if (found === undefined) throw new Refusal('notFound', 'There is no such report any more.');
      return shownReport(found);
    },
  );
}

function linkRoute(api: Api, parts: ApiParts): void {
  api.get(
    '/api/v1/link',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['sync'],
        summary: 'Where the link to the Connector stands',
        response: {
          200: z.object({
            isConfigured: z.boolean(),
            state: z.string(),
            over: z.string().optional(),
            sinceMs: z.number().optional(),
            problem: z.object({ code: z.string(), message: z.string(), atMs: z.number() }).optional(),
            nextTryAtMs: z.number().optional(),
            /** Whether people can be invited and removed from here, or what is missing. */
            directory: z.enum(['ready', 'noKey', 'noCloud']),
            /** People who were removed here and are still to be taken out of the directory. */
            departures: z.array(z.object({ name: z.string(), atMs: z.number() })),
            waitingMessages: z.int(),
            clockOffsetMs: z.number(),
          }),
        },
      },
    },
    async () => {
      const directory = directoryAccess(parts);
      const departures = [...(parts.cloud?.directory?.departures() ?? [])];
      const common = { directory, departures };
      if (parts.cloud === undefined)
        return { ...common, isConfigured: false, state: 'off', waitingMessages: 0, clockOffsetMs: 0 };
      return { ...common, isConfigured: true, ...parts.cloud.status() };
    },
  );
}

async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LinkError) throw new Refusal('linkDown', error.message);
    throw error;
  }
}

function shownRow({ reason, about, ...rest }: SyncRow): z.output<typeof row> {
  const told = { reason, about };
  return { ...rest, code: reason, en: reasonText(told, 'en'), de: reasonText(told, 'de') };
}

function shownReport(run: SyncReport): z.output<typeof reportWithRows> {
  return { ...run, counts: { ...run.counts }, rows: run.rows.map(shownRow) };
}
