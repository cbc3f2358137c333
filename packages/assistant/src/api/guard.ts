import type { FastifyReply, FastifyRequest } from 'fastify';
import { type AccessStore, accessWrites } from '../access/access-store.ts';
import { hashSecret } from '../access/password.ts';
import { type Actor, mayActAs } from '../access/roles.ts';
import { secondFactorOf } from '../access/second-factor.ts';
import { Refusal } from './problems.ts';
import type { Api, ApiParts } from './types.ts';

export const SESSION_COOKIE = 'unisono_assistant';
/** A session ends this long after it was last used, */
export const IDLE_MS = 8 * 60 * 60_000;
/** and this long after it began. */
export const SESSION_MS = 7 * 24 * 60 * 60_000;
/** How exactly it is known when a session was last used: each note of it is a write. */
const SEEN_STEP_MS = 5 * 60_000;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Lets nobody to a route whose role they do not have, and no other site use the cookie of somebody who is signed in. */
export function addGuard(api: Api, parts: ApiParts): void {
  api.decorateRequest('actor', undefined);
  api.decorateRequest('sessionHash', undefined);
  api.addHook('onRequest', async (request: FastifyRequest, reply: FastifyReply) => {
    const needs = request.routeOptions.config.needs;
    const isApi = request.url.startsWith('/api/');
    if (isApi) reply.header('cache-control', 'no-store');
    if (needs === undefined && !isApi) return;
    request.actor = actorOf(request, parts);
    if (needs === 'everybody') return;
    if (request.is404) throw new Refusal('notFound');
    if (request.actor === undefined) throw new Refusal('notSignedIn');
    // A route that names no role is for admins: forgetting it must not open anything.
    if (!mayActAs(request.actor.role, needs ?? 'admin')) throw new Refusal('notAllowed');
    const { isBeforeFactor = false } = request.routeOptions.config;
    if (!isBeforeFactor && isFactorDue(parts, request.actor)) throw new Refusal('secondFactorDue');
  });
}

/** Whether somebody has yet to set up the second factor that is required of administrators; tokens have none. */
export function isFactorDue({ requireTotp, database }: ApiParts, { kind, id }: Pick<Actor, 'kind' | 'id'>): boolean {
  return requireTotp && kind === 'administrator' && secondFactorOf(database, id)?.isOn !== true;
}

function actorOf(request: FastifyRequest, parts: ApiParts): Actor | undefined {
  const bearer = /^Bearer ([\x21-\x7e]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return tokenActor(bearer, parts);
  const cookie = request.cookies[SESSION_COOKIE];
  return cookie === undefined || cookie === '' ? undefined : sessionActor(request, cookie, parts);
}

function tokenActor(secret: string, { access, clock }: ApiParts): Actor | undefined {
  const token = access.token(hashSecret(secret));
  if (token === undefined || (token.expiresAtMs ?? Number.POSITIVE_INFINITY) <= clock.epochMs()) return undefined;
  return { kind: 'token', id: token.id, name: `token:${token.name}`, role: token.role };
}

function sessionActor(request: FastifyRequest, cookie: string, parts: ApiParts): Actor | undefined {
  const { access, clock, database } = parts;
  const hash = hashSecret(cookie);
  const session = access.session(hash);
  const nowMs = clock.epochMs();
  if (session === undefined || isOver(session, nowMs)) return undefined;
  if (!SAFE_METHODS.has(request.method) && request.headers['x-csrf-token'] !== session.csrf) {
    throw new Refusal('csrfMissing');
  }
  if (nowMs - session.seenAtMs > SEEN_STEP_MS) database.writeNow([accessWrites(database).seeSession(hash, nowMs)]);
  request.sessionHash = hash;
  const { id, username: name, role } = session.administrator;
  return { kind: 'administrator', id, name, role };
}

function isOver({ createdAtMs, seenAtMs }: NonNullable<ReturnType<AccessStore['session']>>, nowMs: number): boolean {
  return nowMs - createdAtMs > SESSION_MS || nowMs - seenAtMs > IDLE_MS;
}

/** The one who asks; on routes that need a role there always is one. */
export function actor(request: FastifyRequest): Actor {
  if (request.actor === undefined) throw new Refusal('notSignedIn');
  return request.actor;
}
