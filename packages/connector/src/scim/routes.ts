import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { change } from '../change.ts';
import type { KeyCaller } from '../http/caller.ts';
import { acceptEmptyJson } from '../http/server.ts';
import { deleteUser, type UserRow, userRow, versionOf } from '../people/directory.ts';
import { byOf } from '../people/routes.ts';
import type { Site } from '../site.ts';
import { RESOURCE_TYPES, SCHEMAS, SERVICE_PROVIDER_CONFIG } from './description.ts';
import { ScimError, scimErrorOf } from './error.ts';
import { patched } from './patch.ts';
import { asRecord, type Resource, resourceOf, versionTag, wantedOf } from './resource.ts';
import { createUser, listResponse, listUsers, MAX_RESULTS, replaceUser } from './users.ts';

const MEDIA_TYPE = 'application/scim+json; charset=utf-8';
export const SCIM_PREFIX = '/scim/v2';

/** SCIM 2.0 (RFC 7643, 7644) for identity providers that keep the directory. */
export async function scimRoutes(site: Site): Promise<void> {
  await site.app.register(
    async (app) => {
      app.addHook('onRequest', async (request) => {
        request.caller = await site.authenticator.caller(request, 'scim');
      });
      refuseAsScim(app, site);
      userRoutes(app, site);
      descriptionRoutes(app, site);
    },
    { prefix: SCIM_PREFIX },
  );
}

function refuseAsScim(app: FastifyInstance, { context }: Site): void {
  acceptEmptyJson(app, 'application/scim+json');
  // Answers have the form of the RFC, which is not ours to check.
  app.setSerializerCompiler(() => (body) => JSON.stringify(body));
  app.setErrorHandler(async (error, request, reply) => {
    const known = scimErrorOf(error);
    if (known === undefined)
      context.log.error({ err: error, request: request.id, route: request.routeOptions.url }, 'a fault of the program');
    const refusal = known ?? new ScimError(500, undefined, 'The service has made a mistake.');
    return answer(reply, refusal.status, refusal.body());
  });
  app.setNotFoundHandler(async (_, reply) =>
    answer(reply, 404, new ScimError(404, undefined, 'There is no such resource.').body()),
  );
}

function userRoutes(app: FastifyInstance, { context }: Site): void {
  const location = `${context.publicUrl}${SCIM_PREFIX}`;
  const callerOf = (request: FastifyRequest): KeyCaller => request.caller as KeyCaller;
  const idOf = (request: FastifyRequest): string => (request.params as { readonly id: string }).id;
  const show = (request: FastifyRequest, reply: FastifyReply, status: number, row: UserRow): FastifyReply => {
    const resource = resourceOf(row, location);
    reply.header('etag', versionTag(row));
    if (status === 201) reply.header('location', `${location}/Users/${row.id}`);
    return answer(reply, status, project(resource, request.query as Query));
  };
  const list = async (request: FastifyRequest, reply: FastifyReply, query: Query): Promise<FastifyReply> => {
    const { filter } = query;
    const asked = { filter, startIndex: whole(query.startIndex, 1), count: whole(query.count, MAX_RESULTS) };
    const found = await listUsers(context.store, callerOf(request).tenantId, asked, location);
    return answer(reply, 200, { ...found, Resources: found.Resources.map((one) => project(one as Resource, query)) });
  };

  app.get('/Users', (request, reply) => list(request, reply, request.query as Query));
  app.post('/Users/.search', (request, reply) => list(request, reply, searchQuery(asRecord(request.body))));
  app.post('/Users', async (request, reply) => {
    const wanted = wantedOf(asRecord(request.body));
    return show(request, reply, 201, await change(context, (one) => createUser(one, byOf(callerOf(request)), wanted)));
  });
  app.get('/Users/:id', async (request, reply) => {
    const row = await userRow(context.store, callerOf(request).tenantId, idOf(request));
    if (request.headers['if-none-match'] === versionTag(row))
      return reply.code(304).header('etag', versionTag(row)).send();
    return show(request, reply, 200, row);
  });
  app.put('/Users/:id', async (request, reply) => {
    const version = versionOf(request.headers['if-match']);
    const wanted = wantedOf(asRecord(request.body));
    const row = await change(context, (one) =>
      replaceUser(one, byOf(callerOf(request)), idOf(request), wanted, version),
    );
    return show(request, reply, 200, row);
  });
  app.patch('/Users/:id', async (request, reply) => {
    const version = versionOf(request.headers['if-match']);
    const by = byOf(callerOf(request));
    const row = await change(context, async (one) => {
      const before = await userRow(one.writing, by.tenantId, idOf(request));
      const after = followingName(
        resourceOf(before, location),
        await patched(resourceOf(before, location), request.body),
      );
      return replaceUser(one, by, idOf(request), wantedOf(after), version);
    });
    return show(request, reply, 200, row);
  });
  app.delete('/Users/:id', async (request, reply) => {
    const version = versionOf(request.headers['if-match']);
    await change(context, (one) => deleteUser(one, byOf(callerOf(request)), idOf(request), version));
    return reply.code(204).send();
  });
}

/** A patch may change the address as user name or as primary e-mail: what was changed counts. */
function followingName(before: Resource, after: Resource): Resource {
  const emailIn = (resource: Resource): unknown =>
    asRecord(Array.isArray(resource.emails) ? resource.emails[0] : {}).value;
  const isEmailChanged = emailIn(after) !== undefined && emailIn(after) !== emailIn(before);
  return isEmailChanged && after.userName === before.userName ? { ...after, userName: emailIn(after) } : after;
}

function descriptionRoutes(app: FastifyInstance, { context }: Site): void {
  const location = `${context.publicUrl}${SCIM_PREFIX}`;
  app.get('/ServiceProviderConfig', async (_, reply) => answer(reply, 200, SERVICE_PROVIDER_CONFIG(location)));
  app.get('/ResourceTypes', async (_, reply) => answer(reply, 200, listResponse(RESOURCE_TYPES(location), 1, 1)));
  app.get('/Schemas', async (_, reply) =>
    answer(reply, 200, listResponse(SCHEMAS(location), SCHEMAS(location).length, 1)),
  );
  // Groups are not kept; providers that look for them find none.
  app.get('/Groups', async (_, reply) => answer(reply, 200, listResponse([], 0, 1)));
}

function answer(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply.code(status).type(MEDIA_TYPE).header('cache-control', 'no-store').serializer(JSON.stringify).send(body);
}

interface Query {
  readonly filter?: string | undefined;
  readonly startIndex?: string | undefined;
  readonly count?: string | undefined;
  readonly attributes?: string | undefined;
  readonly excludedAttributes?: string | undefined;
}

function searchQuery(body: Resource): Query {
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  const names = (value: unknown): string | undefined => (Array.isArray(value) ? value.join(',') : text(value));
  return {
    filter: text(body.filter),
    startIndex: text(body.startIndex),
    count: text(body.count),
    attributes: names(body.attributes),
    excludedAttributes: names(body.excludedAttributes),
  };
}

/** RFC 7644 §3.9: only these attributes, or all but those; id and schemas always. */
function project(resource: Resource, { attributes, excludedAttributes }: Query): Resource {
  const topLevel = (list: string): string[] =>
    list.split(',').map((name) => name.trim().split('.')[0]?.toLowerCase() ?? '');
  const always = ['id', 'schemas'];
  if (attributes !== undefined && attributes !== '') {
    const wanted = [...always, ...topLevel(attributes)];
    return Object.fromEntries(Object.entries(resource).filter(([name]) => wanted.includes(name.toLowerCase())));
  }
  const left = topLevel(excludedAttributes ?? '').filter((name) => !always.includes(name));
  return Object.fromEntries(Object.entries(resource).filter(([name]) => !left.includes(name.toLowerCase())));
}

function whole(text: string | undefined, otherwise: number): number {
  if (text === undefined || text === '') return otherwise;
  if (!/^-?\d{1,9}$/.test(text))
    throw new ScimError(400, 'invalidValue', 'startIndex and count have to be whole numbers.');
  return Number(text);
}
