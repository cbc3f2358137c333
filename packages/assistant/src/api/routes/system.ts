import type { Change, ListName } from '@unisono/pbx';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { entryOf } from '../../system/entry.ts';
import { etagOf } from '../../system/etag.ts';
import { isFound, searchWords, shownEntry, writtenEntry } from '../entries.ts';
import { actor } from '../guard.ts';
import { LIST_ROUTES, type ListRoute, SECTION_ROUTES } from '../lists.ts';
import { done } from '../outcome.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';

const MAX_PAGE = 500;
const entry = z.record(z.string(), z.unknown());
const byId = z.object({ id: z.string().min(1).max(64) });
export const dryRun = z.object({
  dryRun: z.enum(['true', 'false']).default('false').describe('true: says what would come of it and changes nothing.'),
});
export const ifMatch = z.object({
  'if-match': z.string().max(500).optional().describe('The ETag that was read; * changes whatever is there.'),
});

/** Reading and changing every list and section of the system data. */
export function systemRoutes(api: Api, parts: ApiParts): void {
  for (const route of LIST_ROUTES) {
    listRoute(api, parts, route);
    entryRoutes(api, parts, route);
  }
  for (const section of SECTION_ROUTES) sectionRoutes(api, parts, section);
  changesRoute(api, parts);
}

function listRoute(api: Api, { administration }: ApiParts, { list, path, schema }: ListRoute): void {
  api.get(
    `/api/v1/${path}`,
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: [path],
        summary: `Lists ${path}`,
        querystring: z.object({
          search: z.string().max(100).optional().describe('Words that all have to appear somewhere in the entry.'),
          offset: z.coerce.number().int().min(0).default(0),
          limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(100),
        }),
        response: { 200: z.object({ total: z.int(), version: z.int(), entries: z.array(entry) }).describe(schema) },
      },
    },
    async ({ query: { search, offset, limit } }) => {
      const words = searchWords(search);
      const all: readonly unknown[] = administration.system.data[list];
      const found = words.length === 0 ? all : all.filter((one) => isFound(one, words));
      const entries = found.slice(offset, offset + limit).map(shownEntry);
      return { total: found.length, version: administration.version, entries };
    },
  );
}

function entryRoutes(api: Api, { administration }: ApiParts, { list, path, changes, schema }: ListRoute): void {
  const answer = { 200: entry.describe(schema) };
  const show = (id: string) => found(entryOf(administration.system, `${list}/${id}`), `${path}/${id}`);
  api.get(
    `/api/v1/${path}/:id`,
    {
      config: { needs: 'readOnly' },
      schema: { tags: [path], summary: `Reads one of ${path}`, params: byId, response: answer },
    },
    async ({ params: { id } }, reply) => {
      const one = show(id);
      reply.header('etag', etagOf(one));
      return shownEntry(one);
    },
  );
  api.post(
    `/api/v1/${path}`,
    {
      config: { needs: changes, bodyOf: list },
      schema: { tags: [path], summary: `Adds to ${path}`, body: entry, querystring: dryRun, response: { 201: entry } },
    },
    async (request, reply) => {
      const value = writtenEntry(request.body);
      const before = new Set(administration.system.data[list].map(({ id }) => id));
      const { system } = done(
        administration.change(actor(request), [{ kind: 'create', list, value }], options(request)),
      );
      const made = system.data[list].find(({ id }) => !before.has(id));
      if (made === undefined) throw new Error('what was created is not there');
      reply
        .code(201)
        .header('etag', etagOf(made))
        .header('location', `/api/v1/${path}/${encodeURIComponent(made.id)}`);
      return shownEntry(made);
    },
  );
  api.patch(
    `/api/v1/${path}/:id`,
    {
      config: { needs: changes, bodyOf: list },
      schema: {
        tags: [path],
        summary: `Changes one of ${path} (JSON merge patch, RFC 7396)`,
        params: byId,
        headers: ifMatch,
        body: entry,
        querystring: dryRun,
        response: answer,
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const stored = entryOf(administration.system, `${list}/${id}`);
      const change: Change = { kind: 'update', list, id, value: writtenEntry(request.body, stored) };
      const { system } = done(administration.change(actor(request), [change], expecting(request, `${list}/${id}`)));
      const now = entryNow(system.data[list], id, request.body);
      reply.header('etag', etagOf(now));
      return shownEntry(now);
    },
  );
  api.delete(
    `/api/v1/${path}/:id`,
    {
      config: { needs: changes },
      schema: {
        tags: [path],
        summary: `Deletes one of ${path}`,
        params: byId,
        headers: ifMatch,
        querystring: dryRun,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const expected = expecting(request, `${list}/${id}`);
      done(administration.change(actor(request), [{ kind: 'delete', list, id }], expected));
      return reply.code(204).send(null);
    },
  );
}

/** The entry after a change that may have given it another id. */
function entryNow(entries: readonly { readonly id: string }[], id: string, body: Record<string, unknown>): unknown {
  const now = typeof body.id === 'string' ? body.id : id;
  return entries.find((one) => one.id === now);
}

function sectionRoutes(
  api: Api,
  { administration }: ApiParts,
  { section, path, schema }: (typeof SECTION_ROUTES)[number],
): void {
  const response = { 200: entry.describe(schema) };
  api.get(
    `/api/v1/${path}`,
    { config: { needs: 'readOnly' }, schema: { tags: ['system'], summary: `Reads the ${section}`, response } },
    async (_, reply) => {
      const value = administration.system.data[section];
      reply.header('etag', etagOf(value));
      return shownEntry(value);
    },
  );
  api.patch(
    `/api/v1/${path}`,
    {
      config: { needs: 'admin', bodyOf: section },
      schema: {
        tags: ['system'],
        summary: `Changes the ${section} (JSON merge patch, RFC 7396)`,
        headers: ifMatch,
        body: entry,
        querystring: dryRun,
        response,
      },
    },
    async (request, reply) => {
      const change: Change = { kind: 'set', section, value: request.body };
      const { system } = done(administration.change(actor(request), [change], expecting(request, section)));
      reply.header('etag', etagOf(system.data[section]));
      return shownEntry(system.data[section]);
    },
  );
}

const MAX_CHANGES = 20_000;
const listName = z.enum(LIST_ROUTES.map(({ list }) => list) as [ListName, ...ListName[]]);
const changeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('create'), list: listName, value: entry }),
  z.object({ kind: z.literal('update'), list: listName, id: z.string(), value: entry }),
  z.object({ kind: z.literal('delete'), list: listName, id: z.string() }),
]);

function changesRoute(api: Api, { administration }: ApiParts): void {
  api.post(
    '/api/v1/changes',
    {
      config: { needs: 'admin' },
      schema: {
        tags: ['system'],
        summary: 'Makes several changes, all or none; the rules are asked after the last one',
        body: z.object({ changes: z.array(changeSchema).min(1).max(MAX_CHANGES) }),
        querystring: dryRun,
        response: { 200: z.object({ version: z.int(), changes: z.int() }) },
      },
    },
    async (request) => {
      const changes = request.body.changes as Change[];
      const { version } = done(administration.change(actor(request), changes, options(request)));
      return { version, changes: changes.length };
    },
  );
}

export function options(request: { query: unknown }): { isDryRun: boolean } {
  return { isDryRun: (request.query as { dryRun?: string }).dryRun === 'true' };
}

/** What the request says it has seen. Without it the change is refused (RFC 6585 §3). */
export function expecting(request: FastifyRequest | { headers: unknown; query: unknown }, target: string) {
  const seen = (request.headers as { 'if-match'?: string })['if-match'];
  if (seen === undefined) throw new Refusal('preconditionMissing');
  return { ...options(request), expect: [{ target, ifMatch: seen }] };
}

function found(value: unknown, what: string): unknown {
  if (value === undefined) throw new Refusal('notFound', `There is no ${what}.`);
  return value;
}
