import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors, serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { addGuard } from './guard.ts';
import { openApiOptions } from './openapi.ts';
import { type PROBLEMS, type Problem, Refusal } from './problems.ts';
import { administratorRoutes } from './routes/administrators.ts';
import { csvRoutes } from './routes/csv.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { peopleRoutes } from './routes/people.ts';
import { mailboxPinRoute, mailboxRoutes, phoneRoutes } from './routes/phone.ts';
import { recordRoutes } from './routes/records.ts';
import { removalRoutes } from './routes/removal.ts';
import { rescueRoutes } from './routes/rescue.ts';
import { sessionRoutes } from './routes/session.ts';
import { stationRoutes } from './routes/stations.ts';
import { syncRoutes } from './routes/sync.ts';
import { systemRoutes } from './routes/system.ts';
import type { Api, ApiParts } from './types.ts';

/** Requests of one address in a minute. */
const MAX_REQUESTS_PER_MINUTE = 1200;
const BODY_LIMIT_OCTETS = 4 * 1024 * 1024;

/** Key and certificate of the server, PEM. */
export interface HttpsOptions {
  readonly key: string;
  readonly cert: string;
}

export interface ServerOptions {
  /** Absent: plain HTTP, for a proxy that ends TLS. */
  readonly https?: HttpsOptions | undefined;
  /** Folder with the built pages; absent: only the API. */
  readonly pages?: string | undefined;
}

/** The HTTP side of the Assistant; it listens when it is told to. */
export async function createServer(parts: ApiParts, options: ServerOptions): Promise<Api> {
  const common = { bodyLimit: BODY_LIMIT_OCTETS, requestIdHeader: false as const, logger: false };
  const app = options.https === undefined ? fastify(common) : fastify({ ...common, https: { ...options.https } });
  const api = app as unknown as Api;
  api.setValidatorCompiler(validatorCompiler);
  api.setSerializerCompiler(serializerCompiler);
  api.setErrorHandler((error: FastifyError, request, reply) => sendProblem(parts, error, request, reply));
  api.setNotFoundHandler({}, (request, reply) => sendProblem(parts, new Refusal('notFound'), request, reply));
  await protect(api);
  addGuard(api, parts);
  await api.register(swagger, openApiOptions());
  await api.register(async (scope) => {
    const routes = scope as unknown as Api;
    sessionRoutes(routes, parts);
    administratorRoutes(routes, parts);
    systemRoutes(routes, parts);
    peopleRoutes(routes, parts);
    invitationRoutes(routes, parts);
    removalRoutes(routes, parts);
    phoneRoutes(routes, parts);
    mailboxRoutes(routes, parts);
    mailboxPinRoute(routes, parts);
    stationRoutes(routes, parts);
    rescueRoutes(routes, parts);
    csvRoutes(routes, parts);
    recordRoutes(routes, parts);
    syncRoutes(routes, parts);
  });
  api.get('/api/openapi.json', { config: { needs: 'everybody' }, schema: { hide: true } }, async () => api.swagger());
  if (options.pages !== undefined) await servePages(api, options.pages);
  return api;
}

async function protect(api: Api): Promise<void> {
  await api.register(helmet, {
    // An Assistant in an office has a certificate of its own authority: a browser that was told so must stay able to come back.
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        styleSrc: ["'self'"],
        scriptSrc: ["'self'"],
        connectSrc: ["'self'"],
        frameAncestors: ["'none'"],
        upgradeInsecureRequests: null,
      },
    },
  });
  await api.register(cookie);
  await api.register(rateLimit, {
    max: MAX_REQUESTS_PER_MINUTE,
    timeWindow: '1 minute',
    errorResponseBuilder: (_request, { ttl }) =>
      new Refusal('tooManyRequests', undefined, { retryAfterSec: Math.ceil(ttl / 1000) }),
  });
}

/** The pages of the console. What no file answers is told as in the API: the pages find their way by the part after `#`. */
async function servePages(api: Api, root: string): Promise<void> {
  const { default: serveStatic } = await import('@fastify/static');
  await api.register(serveStatic, { root, wildcard: true, cacheControl: true, maxAge: 0 });
}

const STATUS_CODES: Readonly<Record<number, keyof typeof PROBLEMS>> = {
  400: 'requestInvalid',
  404: 'notFound',
  413: 'tooLarge',
  415: 'mediaTypeUnknown',
  429: 'tooManyRequests',
};

function sendProblem(parts: ApiParts, error: FastifyError | Refusal, request: FastifyRequest, reply: FastifyReply) {
  const { problem } = refusalOf(parts, error, request);
  if (problem.retryAfterSec !== undefined) reply.header('retry-after', String(problem.retryAfterSec));
  return reply
    .code(problem.status)
    .type('application/problem+json')
    .serializer((value: unknown) => JSON.stringify(value))
    .send({ ...problem, requestId: request.id });
}

function refusalOf({ log }: ApiParts, error: FastifyError | Refusal, request: FastifyRequest): Refusal {
  if (error instanceof Refusal) return error;
  if (hasZodFastifySchemaValidationErrors(error))
    return new Refusal('requestInvalid', undefined, { errors: wrongFields(error) });
  const code = STATUS_CODES[error.statusCode ?? 500];
  if (code !== undefined) return new Refusal(code, error.message);
  if (isStorageFault(error)) {
    log.error({ err: error }, 'the Assistant could not write');
    return new Refusal('storageFull', error.message);
  }
  log.error({ err: error, request: request.id, url: request.routeOptions.url }, 'a request to the Assistant failed');
  return new Refusal('fault');
}

function isStorageFault(error: Error): boolean {
  return error.name === 'DatabaseError' || ('code' in error && error.code === 'ERR_SQLITE_ERROR');
}

interface SchemaIssue {
  readonly instancePath: string;
  readonly message?: string | undefined;
  readonly keyword: string;
}

function wrongFields(error: { readonly validation: readonly SchemaIssue[] }): NonNullable<Problem['errors']> {
  return error.validation.map(({ instancePath, message, keyword }) => ({
    code: keyword,
    path: instancePath.slice(1).replaceAll('/', '.'),
    message: message ?? 'The field is wrong.',
    hint: 'See the document at /api/openapi.json.',
  }));
}
