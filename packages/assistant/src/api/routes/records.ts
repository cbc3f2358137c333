import { licenceUse } from '@unisono/pbx';
import { z } from 'zod';
import { SYSTEM_ACTOR } from '../../access/roles.ts';
import { csvRow } from '../../csv/csv-row.ts';
import { describeLicence, MAX_LICENCE_FILE_LENGTH } from '../../licence/licence-file.ts';
import type { CallEntry } from '../../ports.ts';
import { actor } from '../guard.ts';
import { done } from '../outcome.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';

const loose = z.record(z.string(), z.unknown());

/** What happened and what is going on: calls, registrations, the audit log, licences. */
export function recordRoutes(api: Api, parts: ApiParts): void {
  nowRoute(api, parts);
  callRoutes(api, parts);
  auditRoutes(api, parts);
  licenceRoutes(api, parts);
}

function nowRoute(api: Api, { now }: ApiParts): void {
  api.get(
    '/api/v1/now',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['now'],
        summary: 'Registrations, calls and trunks at this moment',
        response: {
          200: z.object({ contacts: z.array(loose), calls: z.array(loose), trunks: z.array(loose) }),
        },
      },
    },
    async () => ({
      contacts: now.contacts().map((contact) => ({ ...contact })),
      calls: now.calls().map((call) => ({ ...call })),
      trunks: now.trunks().map((trunk) => ({ ...trunk })),
    }),
  );
}

const CALL_RESULTS = [
  'answered',
  'voicemail',
  'cancelled',
  'busy',
  'declined',
  'noAnswer',
  'unreachable',
  'refused',
  'failed',
  'interrupted',
] as const;

/** As people speak of it: a call that only the mailbox took was not answered. */
function shownResult({ result, legs = [] }: CallEntry): string | undefined {
  const isInMailbox = result === 'answered' && legs.some(({ kind, status }) => kind === 'voicemail' && status === 200);
  return isInMailbox ? 'voicemail' : result;
}

const callQuery = z.object({
  sinceMs: z.coerce.number().int().min(0).optional(),
  untilMs: z.coerce.number().int().min(0).optional(),
  search: z.string().max(100).optional(),
  result: z.enum(CALL_RESULTS).optional().describe('voicemail: a message could be left; answered: somebody did.'),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
});

function callRoutes(api: Api, { calls }: ApiParts): void {
  const read = ({ sinceMs, untilMs, search, result, limit }: z.output<typeof callQuery>) =>
    calls.read({ sinceMs, untilMs, text: search, result, limit });
  const shown = (call: CallEntry) => ({ ...call, result: shownResult(call) });
  api.get(
    '/api/v1/calls',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['calls'],
        summary: 'Lists call detail records, the latest first',
        querystring: callQuery,
        response: { 200: z.object({ calls: z.array(loose) }) },
      },
    },
    async ({ query }) => ({ calls: read(query).map(shown) }),
  );
  api.get(
    '/api/v1/calls/:id',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['calls'],
        summary: 'Reads the record of one call: each device, machine and trunk that was tried',
        params: z.object({ id: z.string().min(1).max(200) }),
        response: { 200: loose },
      },
    },
    async ({ params: { id } }) => {
      const call = calls.find(id);
      if (call === undefined) throw new Refusal('notFound', 'There is no such call, or its record was deleted.');
      return shown(call);
    },
  );
  api.get(
    '/api/v1/calls.csv',
    {
      config: { needs: 'readOnly' },
      schema: { tags: ['calls'], summary: 'The same as comma-separated values', querystring: callQuery },
    },
    async ({ query }, reply) => {
      reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="calls.csv"');
      return `${[csvRow(CALL_COLUMNS), ...read(query).map((call) => csvRow(callCells(call)))].join('\r\n')}\r\n`;
    },
  );
}

const CALL_COLUMNS = [
  'id',
  'began',
  'answered',
  'ended',
  'callerNumber',
  'callerName',
  'dialled',
  'calleeNumber',
  'calleeName',
  'result',
  'detail',
];

function callCells(call: CallEntry): string[] {
  const time = (ms: number | undefined): string => (ms === undefined ? '' : new Date(ms).toISOString());
  return [
    call.id,
    time(call.startedAtMs),
    time(call.answeredAtMs),
    time(call.endedAtMs),
    call.caller.number ?? '',
    call.caller.name ?? '',
    call.dialled,
    call.callee?.number ?? '',
    call.callee?.name ?? '',
    shownResult(call) ?? '',
    call.detail ?? '',
  ];
}

function auditRoutes(api: Api, { audit }: ApiParts): void {
  api.get(
    '/api/v1/audit',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['audit'],
        summary: 'Lists who changed what, the latest first',
        querystring: z.object({
          before: z.coerce.number().int().min(1).optional(),
          target: z.string().max(200).optional(),
          actor: z.string().max(100).optional(),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
        }),
        response: { 200: z.object({ entries: z.array(loose) }) },
      },
    },
    async ({ query: { before, ...rest } }) => ({
      entries: audit.read({ beforeSequence: before, ...rest }).map((entry) => ({ ...entry })),
    }),
  );
  api.post(
    '/api/v1/audit/verify',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['audit'],
        summary: 'Checks that no entry was changed or taken out',
        response: { 200: z.object({ isWhole: z.boolean(), problem: z.string().optional() }) },
      },
    },
    async () => {
      const problem = audit.verify();
      return { isWhole: problem === undefined, problem: problem?.problem };
    },
  );
}

function licenceRoutes(api: Api, parts: ApiParts): void {
  const { administration, licences, clock } = parts;
  const view = z.object({
    state: z.string(),
    message: z.string(),
    licence: loose.optional(),
    flex: loose,
    unifyPhone: loose,
  });
  const show = () => {
    const { state, message, licence } = licences.status();
    const use = licenceUse(administration.system.data);
    return {
      state,
      message,
      licence: licence && { ...licence },
      flex: { ...use.flex },
      unifyPhone: { ...use.unifyPhone },
    };
  };
  api.get(
    '/api/v1/licences',
    {
      config: { needs: 'readOnly' },
      schema: { tags: ['licences'], summary: 'What is granted and used', response: { 200: view } },
    },
    async () => show(),
  );
  api.put(
    '/api/v1/licences',
    {
      config: { needs: 'admin' },
      schema: {
        tags: ['licences'],
        summary: 'Installs a licence file',
        body: z.object({ file: z.string().min(1).max(MAX_LICENCE_FILE_LENGTH) }),
        response: { 200: view },
      },
    },
    async (request) => {
      const read = licences.read(request.body.file);
      if (!read.ok) throw new Refusal('licenceInvalid', read.message, { action: read.hint });
      const { flex, unifyPhone } = read.licence;
      const who = actor(request);
      const fact = { action: 'install', target: 'licences', detail: { licence: describeLicence(read.licence) } };
      const atMs = clock.epochMs();
      // The Assistant itself sets the counts: by hand they cannot be changed while licences are signed.
      const changed = administration.change(
        SYSTEM_ACTOR,
        [{ kind: 'set', section: 'licences', value: { flex, unifyPhone } }],
        {
          also: licences.install(request.body.file, atMs),
          by: { actor: who, facts: [fact] },
        },
      );
      done(changed);
      return show();
    },
  );
}
