import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { type Administrator, accessWrites, usernameKey } from '../../access/access-store.ts';
import { hashPassword, hashSecret, isPassword, passwordProblem } from '../../access/password.ts';
import { type Actor, ROLES, type Role } from '../../access/roles.ts';
import { secondFactorOf, secondFactorWrites } from '../../access/second-factor.ts';
import { stepOfCode } from '../../access/totp.ts';
import type { AuditFact } from '../../audit/audit-log.ts';
import type { Statement } from '../../store/index.ts';
import { actor, IDLE_MS, isFactorDue, SESSION_COOKIE, SESSION_MS } from '../guard.ts';
import { Refusal } from '../problems.ts';
import type { Api, ApiParts } from '../types.ts';
import { secondFactorRoutes } from './second-factor.ts';

export const username = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}._@-]{0,63}$/u, 'Write letters, digits and . _ - @, at most 64.');
const password = z.string().min(1).max(1000);
const me = z.object({
  kind: z.string(),
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  csrf: z.string(),
  isFactorDue: z.boolean().describe('A second factor has to be set up before anything else is allowed.'),
});
const secret = z.string().min(20).max(200);

/** Signing in and out, the first administrator, and the own password. */
export function sessionRoutes(api: Api, parts: ApiParts): void {
  signInRoute(api, parts);
  setUpRoutes(api, parts);
  ownRoutes(api, parts);
  secondFactorRoutes(api, parts);
}

function signInRoute(api: Api, parts: ApiParts): void {
  const { access, throttle, clock } = parts;
  api.post(
    '/api/v1/session',
    {
      config: { needs: 'everybody' },
      schema: {
        tags: ['session'],
        summary: 'Signs in; the answer sets the cookie',
        body: z.object({
          username: z.string().min(1).max(200),
          password,
          code: z.string().max(20).optional().describe('Of the second factor, where one is on.'),
        }),
        response: { 200: me },
      },
    },
    async (request, reply) => {
      const keys = [`user ${usernameKey(request.body.username)}`, `address ${request.ip}`];
      const waitSec = throttle.waitSec(keys, clock.epochMs());
      if (waitSec > 0) throw tooMany(reply, waitSec);
      const known = access.byUsername(request.body.username);
      // Somebody who is not known costs as much time as a wrong password, so that names cannot be found out.
      const isRight = await isPassword(request.body.password, known?.password ?? NOBODY);
      if (known === undefined || !isRight) {
        throttle.failed(keys, clock.epochMs());
        parts.log.warn({ address: request.ip }, 'a sign-in at the Assistant failed');
        throw new Refusal('signInWrong');
      }
      const also = secondFactor(parts, known.administrator, request.body.code, keys);
      throttle.succeeded(keys);
      const fact = { action: 'signIn', target: 'session', detail: {} };
      return beginSession(parts, reply, known.administrator, [fact], also);
    },
  );
}

/** Takes the code of who has a second factor; gives what notes that it was used. */
function secondFactor(
  { database, throttle, clock }: ApiParts,
  { id }: Administrator,
  code: string | undefined,
  keys: readonly string[],
): Statement[] {
  const factor = secondFactorOf(database, id);
  if (factor?.isOn !== true) return [];
  if (code === undefined) throw new Refusal('secondFactorRequired');
  const step = stepOfCode(factor.secret, code, clock.epochMs(), factor.usedStep);
  if (step !== undefined) return [secondFactorWrites(database).use(id, step)];
  throttle.failed(keys, clock.epochMs());
  throw new Refusal('signInWrong', 'The code is wrong, or was used already.');
}

/** A hash that no password has. */
const NOBODY = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

function tooMany(reply: FastifyReply, waitSec: number): Refusal {
  reply.header('retry-after', String(waitSec));
  return new Refusal('tooManyRequests', `There were too many wrong tries. Wait ${waitSec} seconds.`, {
    retryAfterSec: waitSec,
  });
}

function beginSession(
  parts: ApiParts,
  reply: FastifyReply,
  { id, username: name, role }: Administrator,
  facts: readonly AuditFact[],
  also: readonly Statement[] = [],
): z.output<typeof me> {
  const { database, audit, clock, random, isSecure } = parts;
  const cookie = random.bytes(32).toString('base64url');
  const csrf = random.bytes(24).toString('base64url');
  const nowMs = clock.epochMs();
  const who: Actor = { kind: 'administrator', id, name, role };
  const writes = accessWrites(database);
  database.writeNow([
    ...also,
    writes.endOldSessions(nowMs - SESSION_MS, nowMs - IDLE_MS),
    writes.addSession(hashSecret(cookie), id, csrf, nowMs),
    ...audit.statements(who, facts, nowMs),
  ]);
  reply.setCookie(SESSION_COOKIE, cookie, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure,
    maxAge: SESSION_MS / 1000,
  });
  return { kind: who.kind, id, name, role, csrf, isFactorDue: isFactorDue(parts, who) };
}

function setUpRoutes(api: Api, parts: ApiParts): void {
  const { access, clock } = parts;
  const invitation = (link: string): Role => {
    const found = access.invitation(hashSecret(link));
    if (found === undefined || found.expiresAtMs <= clock.epochMs()) throw new Refusal('linkUsedUp');
    return found.role;
  };
  api.post(
    '/api/v1/invitations/look',
    {
      config: { needs: 'everybody' },
      schema: {
        tags: ['session'],
        summary: 'Says whether a one-time link is still good',
        body: z.object({ secret }),
        response: { 200: z.object({ role: z.enum(ROLES) }) },
      },
    },
    async ({ body }) => ({ role: invitation(body.secret) }),
  );
  api.post(
    '/api/v1/invitations/use',
    {
      config: { needs: 'everybody' },
      schema: {
        tags: ['session'],
        summary: 'Makes an administrator with a one-time link, and signs in',
        body: z.object({ secret, username, password }),
        response: { 201: me },
      },
    },
    async ({ body }, reply) => {
      invitation(body.secret);
      checkPassword(body.password, body.username);
      const hashed = await hashPassword(body.password, parts.random);
      // Looked at again: the link may have been used while the password was hashed.
      const role = invitation(body.secret);
      if (access.byUsername(body.username) !== undefined) throw new Refusal('usernameTaken');
      const id = parts.random.bytes(9).toString('hex');
      const administrator: Administrator = { id, username: body.username, role, createdAtMs: clock.epochMs() };
      const writes = accessWrites(parts.database);
      const target = `administrators/${body.username}`;
      reply.code(201);
      return beginSession(
        parts,
        reply,
        administrator,
        [{ action: 'create', target, detail: { role, by: 'one-time link' } }],
        [
          writes.addAdministrator({ ...administrator, password: hashed }),
          writes.removeInvitation(hashSecret(body.secret)),
        ],
      );
    },
  );
}

function ownRoutes(api: Api, parts: ApiParts): void {
  const { access, database, audit, clock } = parts;
  const writes = accessWrites(database);
  api.get(
    '/api/v1/session',
    {
      config: { needs: 'readOnly', isBeforeFactor: true },
      schema: { tags: ['session'], summary: 'Who is signed in', response: { 200: me } },
    },
    async (request) => {
      const who = actor(request);
      const { kind, id, name, role } = who;
      const session = request.sessionHash === undefined ? undefined : access.session(request.sessionHash);
      return { kind, id, name, role, csrf: session?.csrf ?? '', isFactorDue: isFactorDue(parts, who) };
    },
  );
  api.delete(
    '/api/v1/session',
    {
      config: { needs: 'readOnly', isBeforeFactor: true },
      schema: { tags: ['session'], summary: 'Signs out', response: { 204: z.null() } },
    },
    async (request, reply) => {
      if (request.sessionHash !== undefined) database.writeNow([writes.endSession(request.sessionHash)]);
      reply.clearCookie(SESSION_COOKIE, { path: '/' });
      return reply.code(204).send(null);
    },
  );
  api.post(
    '/api/v1/session/password',
    {
      config: { needs: 'readOnly' },
      schema: {
        tags: ['session'],
        summary: 'Changes the own password; other sessions of the same person end',
        body: z.object({ current: password, next: password }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const who = actor(request);
      const keys = [`password ${who.id}`];
      const waitSec = parts.throttle.waitSec(keys, clock.epochMs());
      if (waitSec > 0) throw tooMany(reply, waitSec);
      const known = who.kind === 'administrator' ? access.byUsername(who.name) : undefined;
      if (known === undefined) throw new Refusal('notAllowed', 'An API token has no password.');
      if (!(await isPassword(request.body.current, known.password))) {
        parts.throttle.failed(keys, clock.epochMs());
        throw new Refusal('signInWrong', 'The current password is wrong.');
      }
      checkPassword(request.body.next, who.name);
      const hashed = await hashPassword(request.body.next, parts.random);
      const fact = { action: 'changePassword', target: `administrators/${who.name}`, detail: {} };
      database.writeNow([
        writes.updateAdministrator(who.id, { password: hashed }),
        writes.endSessionsOf(who.id, request.sessionHash),
        ...audit.statements(who, [fact], clock.epochMs()),
      ]);
      return reply.code(204).send(null);
    },
  );
}

export function checkPassword(text: string, name: string): void {
  const problem = passwordProblem(text, name);
  if (problem !== undefined) throw new Refusal('passwordWeak', problem);
}
