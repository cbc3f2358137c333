import { ENDPOINTS, type Endpoint } from '@unisono/contract';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Authenticator } from './authenticate.ts';
import type { Caller, CallerOf } from './caller.ts';
import { ProblemError } from './problem-error.ts';
import { MAX_UPLOAD_OCTETS } from './server.ts';

type Out<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
/** A request that has the form its endpoint wants, by somebody who may make it. */
export interface Asked<One extends Endpoint> {
  readonly params: Out<One['params']>;
  readonly query: Out<One['query']>;
  readonly headers: Out<One['headers']>;
  readonly body: Out<One['body']>;
  readonly caller: CallerOf<One['access']>;
  readonly request: FastifyRequest;
}

/** What an endpoint answers when all is well. */
type Body<One extends Endpoint> = Exclude<Out<One['replies'][keyof One['replies']]>, undefined>;

/** An answer with header fields, or with a status of its own (304). */
export class Answer<Value> {
  readonly body: Value | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number | undefined;

  constructor(body: Value | undefined, headers: Readonly<Record<string, string>>, status?: number) {
    this.body = body;
    this.headers = headers;
    this.status = status;
  }
}

/** Gives the body of the answer, if it has one; its status is the endpoint's first one. */
export type Handler<One extends Endpoint> = [Body<One>] extends [never]
  ? (asked: Asked<One>) => Promise<void>
  : (asked: Asked<One>) => Promise<Body<One> | Answer<Body<One>>>;

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | undefined;
  }
}

/** Uploads whose bodies may be larger than others'. */
const LARGE: readonly string[] = [
  ENDPOINTS.uploadConnections.path,
  ENDPOINTS.uploadStations.path,
  ENDPOINTS.importUsers.path,
  ENDPOINTS.importContacts.path,
  ENDPOINTS.pollLink.path,
  ENDPOINTS.setGreeting.path,
];

/** What a session is good for before its person has set up the second factor that their tenant wants. */
const WHILE_FACTOR_DUE: readonly Endpoint[] = [
  ENDPOINTS.me,
  ENDPOINTS.startTotp,
  ENDPOINTS.confirmTotp,
  ENDPOINTS.signOut,
];

/** Throws `secondFactorDue`. */
export function refuseFactorDue(caller: Caller | undefined): void {
  if (caller?.kind === 'session' && caller.isFactorDue) throw new ProblemError('secondFactorDue');
}

/** Answers an endpoint of the contract. Who may not is refused before the body is looked at. */
export function answer<const One extends Endpoint>(
  app: FastifyInstance,
  authenticator: Authenticator,
  one: One,
  handler: Handler<One>,
): void {
  const success = Math.min(...Object.keys(one.replies).map(Number));
  app.route({
    method: one.method,
    url: one.path,
    schema: schemaOf(one),
    ...(LARGE.includes(one.path) ? { bodyLimit: MAX_UPLOAD_OCTETS } : {}),
    onRequest: async (request) => {
      request.caller = await authenticator.caller(request, one.access);
      if (!WHILE_FACTOR_DUE.includes(one)) refuseFactorDue(request.caller);
    },
    handler: async (request, reply) => {
      const { params, query, headers, body, caller } = request;
      const asked: unknown = { params, query, headers, body, caller, request };
      send(reply, success, await handler(asked as Asked<One>));
      return reply;
    },
  });
}

function send(reply: FastifyReply, success: number, answered: unknown): void {
  const { body, headers, status } = answered instanceof Answer ? answered : new Answer(answered, {});
  reply.code(status ?? success).headers({ 'cache-control': 'no-store', ...headers });
  if (body === undefined) reply.send();
  else reply.type('application/json; charset=utf-8').send(body);
}

function schemaOf(one: Endpoint): Record<string, unknown> {
  const replies = Object.entries(one.replies).filter(([, schema]) => schema !== null);
  return {
    ...(one.params === undefined ? {} : { params: one.params }),
    ...(one.query === undefined ? {} : { querystring: one.query }),
    ...(one.headers === undefined ? {} : { headers: one.headers }),
    ...(one.body === undefined ? {} : { body: one.body }),
    ...(replies.length === 0 ? {} : { response: Object.fromEntries(replies) }),
  };
}
