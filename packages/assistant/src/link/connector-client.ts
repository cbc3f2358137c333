import { createHash } from 'node:crypto';
import { ENDPOINTS, type LinkFrame, pathOf, problem, type ReplyOf } from '@unisono/contract';
import { type Dispatcher, request } from 'undici';
import type { z } from 'zod';
import type { ConnectorClient } from '../sync/run-sync.ts';
import { explainFailure } from './explain.ts';
import { LinkError } from './link-error.ts';
import type { RouteToConnector } from './proxy.ts';
import { retryAfterMs } from './retry-after.ts';

export interface ConnectorOptions {
  readonly route: RouteToConnector;
  readonly dispatcher: Dispatcher;
  /** API key of the tenant for this phone system. */
  readonly key: string;
  /** The option that the key is configured with; absent: `assistant.key`. */
  readonly keyOption?: string;
  readonly epochMs: () => number;
}

const ANSWER_MS = 60_000;
const PAGE_SIZE = 1000;

interface Asked {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly value: unknown;
}

/** Asks the Connector over HTTPS. Everything that goes wrong is a `LinkError` in words. */
export class HttpConnectorClient implements ConnectorClient {
  readonly #options: ConnectorOptions;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  async users(query: { cursor?: string; since?: string; etag?: string }) {
    const { cursor, since, etag } = query;
    const answer = await this.ask({
      method: 'GET',
      path: pathOf(ENDPOINTS.syncUsers, {}, { cursor, since, limit: PAGE_SIZE }),
      headers: etag === undefined ? {} : { 'if-none-match': etag },
    });
    if (answer.status === 304) return undefined;
    const page = parsed(ENDPOINTS.syncUsers.replies[200], answer.value) as ReplyOf<typeof ENDPOINTS.syncUsers>;
    return { page, etag: single(answer.headers.etag) };
  }

  async upload(items: Parameters<ConnectorClient['upload']>[0]) {
    const body = { items };
    const key = createHash('sha256').update(JSON.stringify(body)).digest('base64url');
    const answer = await this.ask({
      method: 'POST',
      path: ENDPOINTS.uploadConnections.path,
      headers: { 'idempotency-key': key },
      body,
    });
    const { outcomes } = parsed(ENDPOINTS.uploadConnections.replies[200], answer.value);
    if (outcomes.length !== items.length)
      throw new LinkError('protocol', `The Connector answered ${outcomes.length} of ${items.length} entries.`);
    return outcomes;
  }

  async connections(cursor?: string) {
    const answer = await this.ask({ method: 'GET', path: pathOf(ENDPOINTS.listConnections, {}, { cursor }) });
    return parsed(ENDPOINTS.listConnections.replies[200], answer.value);
  }

  async stations(cursor?: string) {
    const answer = await this.ask({
      method: 'GET',
      path: pathOf(ENDPOINTS.listStations, {}, { cursor, limit: PAGE_SIZE }),
    });
    return parsed(ENDPOINTS.listStations.replies[200], answer.value);
  }

  async uploadStations(items: Parameters<ConnectorClient['uploadStations']>[0]) {
    await this.ask({ method: 'POST', path: ENDPOINTS.uploadStations.path, body: { items } });
  }

  /** One long poll of the link. */
  async poll(
    session: string | undefined,
    frames: readonly LinkFrame[],
    waitSec: number,
    signal: AbortSignal,
  ): Promise<{ session?: string | undefined; frames: unknown[] }> {
    const answer = await this.ask({
      method: 'POST',
      path: ENDPOINTS.pollLink.path,
      body: { ...(session === undefined ? {} : { session }), frames, waitSec },
      timeoutMs: (waitSec + 20) * 1000,
      signal,
    });
    return parsed(ENDPOINTS.pollLink.replies[200], answer.value);
  }

  async ask({ method, path, headers, body, timeoutMs = ANSWER_MS, signal }: Asked): Promise<Answered> {
    const { route, dispatcher, key } = this.#options;
    try {
      const answer = await request(new URL(path, route.url), {
        method,
        dispatcher,
        headers: {
          authorization: `Bearer ${key}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        ...(signal === undefined ? {} : { signal }),
      });
      const text = await answer.body.text();
      const { statusCode: status } = answer;
      if (status < 400) return { status, headers: answer.headers, value: text === '' ? undefined : json(text) };
      throw this.#refusal(status, answer.headers, text);
    } catch (error) {
      if (signal?.aborted) throw new LinkError('closed', 'The link was ended.', { cause: error });
      throw explainFailure(error, route);
    }
  }

  #refusal(status: number, headers: Answered['headers'], text: string): LinkError {
    const { route, epochMs, keyOption = 'assistant.key' } = this.#options;
    const told = problem.safeParse(tryJson(text));
    const said = told.success ? `${told.data.detail} ${told.data.action}` : `It answered ${status}.`;
    const where = `The Connector at ${new URL(route.url).host}`;
    const waitMs = retryAfterMs(single(headers['retry-after']), epochMs());
    const message = `${where} refused: ${said}`;
    if (status === 401)
      return new LinkError('keyRefused', `${where} does not accept the API key: check ${keyOption}. (${said})`);
    if (status === 403) return new LinkError('notAllowed', `${message} Check ${keyOption}.`);
    if (status === 404) return new LinkError('unknownRequest', message);
    if (status === 410) return new LinkError('cursorExpired', message);
    if (status === 429 || status === 503)
      return new LinkError('busy', `${where} is busy and asks to come back later.`, { retryAfterMs: waitMs });
    if (status === 407) return explainFailure(new Error('Proxy response (407)'), route);
    return new LinkError('refused', message, { retryAfterMs: waitMs, status });
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new LinkError(
    'protocol',
    `The Connector's answer is not understood (${issue?.path.join('.')}: ${issue?.message}). Is assistant.connector the address of a Connector?`,
  );
}

function json(text: string): unknown {
  const value = tryJson(text);
  if (value === undefined)
    throw new LinkError(
      'protocol',
      'What answered is no Connector: the answer is not JSON. Check assistant.connector, and whether a proxy answers in its place.',
    );
  return value;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
