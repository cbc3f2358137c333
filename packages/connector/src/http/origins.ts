import type { FastifyInstance } from 'fastify';

/** What clients ask for; administration, SCIM and links of phone systems are none of a page's business. */
export const CLIENT_PATHS = /^\/v1\/(sign-in|session|me|push|events|directory)(\/|\?|$)/;

const METHODS = 'GET, POST, PUT, PATCH, DELETE';
const REQUEST_FIELDS = 'Authorization, Content-Type, Idempotency-Key, If-Match';
const RESPONSE_FIELDS = 'Retry-After, ETag';
/** How long a browser may go without asking again; Chromium takes no more. */
const MAX_AGE_SEC = 7_200;

/**
 * Lets pages of these origins use what clients use (Fetch §3.2, CORS). A session is a token that the page itself sends, so cookies are
 * never allowed. Any other origin gets no word of it, and its browser keeps the answer from the page.
 */
export function allowOrigins(app: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.addHook('onRequest', async (request, reply) => {
    if (!CLIENT_PATHS.test(request.url)) return;
    // Answers differ by origin: a cache must not give the one to the other.
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return;
    reply.header('access-control-allow-origin', origin);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      reply.header('access-control-expose-headers', RESPONSE_FIELDS);
      return;
    }
    reply.headers({
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': REQUEST_FIELDS,
      'access-control-max-age': String(MAX_AGE_SEC),
    });
    return reply.code(204).send();
  });
}
