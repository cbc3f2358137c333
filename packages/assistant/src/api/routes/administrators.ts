import { z } from 'zod';
import { type Administrator, accessWrites } from '../../access/access-store.ts';
import { hashPassword, hashSecret } from '../../access/password.ts';
import { ROLES } from '../../access/roles.ts';
import { secondFactorWrites } from '../../access/second-factor.ts';
import type { AuditFact } from '../../audit/audit-log.ts';
import type { Statement } from '../../store/index.ts';
import { actor } from '../guard.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';
import { checkPassword, username } from './session.ts';

const role = z.enum(ROLES);
const administratorView = z.object({ id: z.string(), username: z.string(), role, createdAtMs: z.number() });
const byId = z.object({ id: z.string().min(1).max(64) });
const INVITATION_MS = 3 * 24 * 60 * 60_000;

/** Administrators and API tokens, for admins. */
export function administratorRoutes(api: Api, parts: ApiParts): void {
  readAndAdd(api, parts);
  changeAndRemove(api, parts);
  tokenRoutes(api, parts);
}

function writer({ database, audit, clock }: ApiParts) {
  return (who: Parameters<typeof audit.statements>[0], fact: AuditFact, ...statements: readonly Statement[]): void =>
    database.writeNow([...statements, ...audit.statements(who, [fact], clock.epochMs())]);
}

function readAndAdd(api: Api, parts: ApiParts): void {
  const { access, database, clock, random } = parts;
  const write = writer(parts);
  const writes = accessWrites(database);
  api.get(
    '/api/v1/administrators',
    {
      config: { needs: 'admin' },
      schema: {
        tags: ['administrators'],
        summary: 'Lists the administrators',
        response: { 200: z.object({ administrators: z.array(administratorView) }) },
      },
    },
    async () => ({ administrators: [...access.administrators()] }),
  );
  api.post(
    '/api/v1/administrators',
    {
      config: { needs: 'admin' },
      schema: {
        tags: ['administrators'],
        summary: 'Adds an administrator',
        body: z.object({ username, password: z.string().max(1000), role }),
        response: { 201: administratorView },
      },
    },
    async (request, reply) => {
      const { body } = request;
      checkPassword(body.password, body.username);
      const hashed = await hashPassword(body.password, random);
      if (access.byUsername(body.username) !== undefined) throw new Refusal('usernameTaken');
      const administrator: Administrator = {
        id: random.bytes(9).toString('hex'),
        username: body.username,
        role: body.role,
        createdAtMs: clock.epochMs(),
      };
      const fact = { action: 'create', target: `administrators/${body.username}`, detail: { role: body.role } };
      write(actor(request), fact, writes.addAdministrator({ ...administrator, password: hashed }));
      reply.code(201);
      return administrator;
    },
  );
  api.post(
    '/api/v1/invitations',
    {
      config: { needs: 'admin' },
      schema: {
        tags: ['administrators'],
        summary: 'Makes a one-time link with which somebody becomes an administrator, good for three days',
        body: z.object({ role }),
        response: { 201: z.object({ secret: z.string(), path: z.string(), expiresAtMs: z.number() }) },
      },
    },
    async (request, reply) => {
      const who = actor(request);
      const secret = random.bytes(24).toString('base64url');
      const expiresAtMs = clock.epochMs() + INVITATION_MS;
      const fact = { action: 'invite', target: 'administrators', detail: { role: request.body.role } };
      write(who, fact, writes.addInvitation(hashSecret(secret), request.body.role, who.name, expiresAtMs));
      reply.code(201);
      return { secret, path: `/#/setup/${secret}`, expiresAtMs };
    },
  );
}

function changeAndRemove(api: Api, parts: ApiParts): void {
  const { access, database, random } = parts;
  const write = writer(parts);
  const writes = accessWrites(database);
  const existing = (id: string): Administrator => {
    const found = access.administrator(id);
    if (found === undefined) throw new Refusal('notFound', 'There is no such administrator.');
    return found;
  };
  const keepOneAdmin = (leaving: Administrator): void => {
    const others = access.administrators().filter((one) => one.role === 'admin' && one.id !== leaving.id);
    if (leaving.role === 'admin' && others.length === 0) throw new Refusal('lastAdmin');
  };
  api.patch(
    '/api/v1/administrators/:id',
    {
      config: { needs: 'admin' },
      schema: {
        tags: ['administrators'],
        summary: 'Changes the role of an administrator, or sets a new password; their sessions end',
        params: byId,
        body: z.object({
          role: role.optional(),
          password: z.string().max(1000).optional(),
          secondFactor: z.literal(false).optional().describe('false takes a second factor away that was lost.'),
        }),
        response: { 200: administratorView },
      },
    },
    async (request) => {
      const { body } = request;
      const name = existing(request.params.id).username;
      if (body.password !== undefined) checkPassword(body.password, name);
      const hashed = body.password === undefined ? undefined : await hashPassword(body.password, random);
      const before = existing(request.params.id);
      if (body.role !== undefined && body.role !== 'admin') keepOneAdmin(before);
      const set = { ...(body.role && { role: body.role }), ...(hashed && { password: hashed }) };
      const detail = [
        ...(body.role === undefined ? [] : [{ field: 'role', before: before.role, after: body.role }]),
        ...(hashed === undefined ? [] : [{ field: 'password', after: '(hidden)' }]),
        ...(body.secondFactor === undefined ? [] : [{ field: 'secondFactor', after: false }]),
      ];
      if (detail.length > 0) {
        const fact = { action: 'update', target: `administrators/${name}`, detail };
        const statements = [
          ...(Object.keys(set).length > 0 ? [writes.updateAdministrator(before.id, set)] : []),
          ...(body.secondFactor === false ? [secondFactorWrites(database).remove(before.id)] : []),
        ];
        write(actor(request), fact, ...statements, writes.endSessionsOf(before.id));
      }
      return existing(before.id);
    },
  );
  api.delete(
    '/api/v1/administrators/:id',
    {
      config: { needs: 'admin' },
      schema: {
        tags: ['administrators'],
        summary: 'Removes an administrator',
        params: byId,
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const leaving = existing(request.params.id);
      keepOneAdmin(leaving);
      const fact = { action: 'delete', target: `administrators/${leaving.username}`, detail: { role: leaving.role } };
      write(actor(request), fact, ...writes.removeAdministrator(leaving.id));
      return reply.code(204).send(null);
    },
  );
}

function tokenRoutes(api: Api, parts: ApiParts): void {
  const { access, database, clock, random } = parts;
  const write = writer(parts);
  const writes = accessWrites(database);
  const view = z.object({
    id: z.string(),
    name: z.string(),
    role,
    createdBy: z.string(),
    createdAtMs: z.number(),
    expiresAtMs: z.number().optional(),
  });
  api.get(
    '/api/v1/tokens',
    {
      config: { needs: 'admin' },
      schema: {
        tags: ['administrators'],
        summary: 'Lists the API tokens',
        response: { 200: z.object({ tokens: z.array(view) }) },
      },
    },
    async () => ({ tokens: [...access.tokens()] }),
  );
  api.post(
    '/api/v1/tokens',
    {
      config: { needs: 'admin' },
      schema: {
        tags: ['administrators'],
        summary: 'Makes an API token for scripts; it is shown this once',
        body: z.object({
          name: z
            .string()
            .trim()
            .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@-]{0,63}$/u),
          role,
          expiresAtMs: z.int().positive().optional(),
        }),
        response: { 201: view.extend({ token: z.string() }) },
      },
    },
    async (request, reply) => {
      const { name, role: granted, expiresAtMs } = request.body;
      const who = actor(request);
      const token = `unisono_${random.bytes(32).toString('base64url')}`;
      const made = {
        id: random.bytes(9).toString('hex'),
        name,
        role: granted,
        createdBy: who.name,
        createdAtMs: clock.epochMs(),
        expiresAtMs,
      };
      const fact = { action: 'create', target: `tokens/${name}`, detail: { role: granted } };
      write(who, fact, writes.addToken(made, hashSecret(token)));
      reply.code(201);
      return { ...made, token };
    },
  );
  api.delete(
    '/api/v1/tokens/:id',
    {
      config: { needs: 'admin' },
      schema: { tags: ['administrators'], summary: 'Revokes an API token', params: byId, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const token = access.tokens().find(({ id }) => id === request.params.id);
      if (token === undefined) throw new Refusal('notFound', 'There is no such token.');
      const fact = { action: 'delete', target: `tokens/${token.name}`, detail: {} };
      write(actor(request), fact, writes.removeToken(token.id));
      return reply.code(204).send(null);
    },
  );
}
