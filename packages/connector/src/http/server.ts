import type { RequestListener } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import { type Problem, problemOf } from '@unisono/contract';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { databaseFailure } from '../database/failures.ts';
import type { Log, Random } from '../ports.ts';
import { newId } from '../secrets/secrets.ts';
import { allowOrigins } from './origins.ts';
import { ProblemError } from './problem-error.ts';

/** Octets of a request's body; imports and uploads may have more. */
const MAX_BODY_OCTETS = 1_048_576;
export const MAX_UPLOAD_OCTETS = 33_554_432;
const MAX_FRAME_OCTETS = 1_048_576;
/** After a full or locked database. */
const RETRY_SEC = 2;

/** Addresses at which nothing but the API is, also where it has nothing. */
const OF_THE_API = /^\/(v\d+|scim)(\/|\?|$)/;

export interface ServerOptions {
  readonly log: Log;
  readonly random: Random;
  /** Requests of one address in a minute. */
  readonly requestsPerMinute: number;
  /** Addresses of proxies whose X-Forwarded-For is believed. */
  readonly trustProxy: readonly string[];
  /** Pages of these origins may ask what clients ask. */
  readonly pageOrigins: readonly string[];
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /** Answers what is not the API's: the client app. Without it such requests are refused. */
  readonly pages?: RequestListener;
}

/** A server without routes that refuses everything in the one form of refusals. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: MAX_BODY_OCTETS,
    routerOptions: { maxParamLength: 200 },
    requestTimeout: 60_000,
    keepAliveTimeout: 65_000,
    forceCloseConnections: true,
    trustProxy: [...options.trustProxy],
    genReqId: () => newId(options.random, 'r'),
    ...(options.tls === undefined ? {} : { https: httpsOptions(options.tls) }),
  }) as unknown as FastifyInstance;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorateRequest('caller', undefined);
  refuseInOneForm(app, options.log, options.pages);
  app.addContentTypeParser('text/csv', { parseAs: 'string', bodyLimit: MAX_UPLOAD_OCTETS }, (_, body, done) =>
    done(null, body),
  );
  acceptEmptyJson(app);
  await app.register(helmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } });
  noteAddress(app);
  allowOrigins(app, options.pageOrigins);
  await app.register(rateLimit, {
    global: true,
    max: options.requestsPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (_, { ttl }) => {
      const retryAfterSec = Math.max(1, Math.ceil(ttl / 1000));
      return new ProblemError('tooManyRequests', undefined, { retryAfterSec });
    },
  });
  await app.register(websocket, { options: { maxPayload: MAX_FRAME_OCTETS, perMessageDeflate: false } });
  return app;
}

function httpsOptions({ cert, key, ca }: NonNullable<ServerOptions['tls']>): object {
  const clients = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false };
  return { cert, key, minVersion: 'TLSv1.2', ...clients };
}

/** Shows another certificate to whoever connects from now on; the authorities of client certificates stay. */
export function showCertificate(app: FastifyInstance, tls: NonNullable<ServerOptions['tls']>): void {
  (app.server as unknown as HttpsServer).setSecureContext(httpsOptions(tls));
}

/**
 * Asks for the address of whoever asks first of all. Node remembers it then: a browser whose page is left hangs up while its session is
 * being looked for, and the limit of requests would find nobody to count for. Who is gone already is not answered.
 */
function noteAddress(app: FastifyInstance): void {
  app.addHook('onRequest', async ({ raw: { socket } }, reply) => {
    if (socket.remoteAddress === undefined && socket.destroyed) return reply.hijack();
    return undefined;
  });
}

/** Clients that always send `Content-Type: application/json` may leave the body out where none is needed. */
export function acceptEmptyJson(app: FastifyInstance, type = 'application/json'): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  if (app.hasContentTypeParser(type)) app.removeContentTypeParser(type);
  app.addContentTypeParser(type, { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else parse(request, body as string, done);
  });
}

function refuseInOneForm(app: FastifyInstance, log: Log, pages: RequestListener | undefined): void {
  app.setNotFoundHandler(async (request, reply) => {
    if (pages !== undefined && request.method === 'GET' && !OF_THE_API.test(request.url)) {
      reply.hijack();
      return pages(request.raw, reply.raw);
    }
    const problem = problemOf('notFound', `There is no ${request.method} ${request.url.split('?')[0]}.`);
    return reply.code(404).type('application/problem+json').send(JSON.stringify(problem));
  });
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const problem = { ...problemFor(error, request, log), requestId: request.id };
    if (problem.retryAfterSec !== undefined) reply.header('retry-after', String(problem.retryAfterSec));
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer');
    reply.code(problem.status).header('cache-control', 'no-store').type('application/problem+json; charset=utf-8');
    return reply.serializer((body: unknown) => JSON.stringify(body)).send(problem);
  });
}

function problemFor(error: FastifyError, request: FastifyRequest, log: Log): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error.validation !== undefined) return invalid(error);
  const failure = databaseFailure(error);
  if (failure === 'full') return problemOf('storageFull');
  if (failure === 'busy' || failure === 'unavailable') {
    log.warn({ failure, err: error }, 'the database could not be used');
    return problemOf('overloaded', undefined, { retryAfterSec: RETRY_SEC });
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return problemOf('tooLarge');
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return problemOf('unsupportedMedia', error.message);
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500)
    return problemOf('invalidRequest', error.message);
  log.error(
    { err: error, request: request.id, method: request.method, route: request.routeOptions.url },
    'a fault of the program',
  );
  return problemOf('fault');
}

function invalid(error: FastifyError): Problem {
  const place = { body: 'body', params: 'path', querystring: 'query', headers: 'header' }[
    error.validationContext ?? 'body'
  ];
  const errors = (error.validation ?? []).slice(0, 50).map(({ instancePath, keyword, message }) => ({
    path: `/${place}${instancePath === '/' ? '' : instancePath}`,
    code: keyword,
    message: message ?? 'is not as expected',
  }));
  const [first] = errors;
  return problemOf('invalidRequest', first === undefined ? undefined : `${first.path}: ${first.message}`, { errors });
}
