import assert from 'node:assert/strict';
import { accessWrites } from '../access/access-store.ts';
import { hashSecret } from '../access/password.ts';
import type { Role } from '../access/roles.ts';
import type { Problem } from '../api/problems.ts';
import { createServer } from '../api/server.ts';
import type { Api } from '../api/types.ts';
import { assistantWorld, type World } from './assistant-world.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind
  readonly body: any;
  readonly text: string;
}

/** For tests: asks the API as somebody with a role. */
export class ApiClient {
  readonly api: Api;
  readonly world: World;
  readonly #headers: Record<string, string>;

  constructor(api: Api, world: World, headers: Record<string, string> = {}) {
    this.api = api;
    this.world = world;
    this.#headers = headers;
  }

  /** The same API, asked by somebody of this role with an API token. */
  as(role: Role): ApiClient {
    const token = `token-of-${role}`;
    const name = role;
    const made = { id: `t-${role}`, name, role, createdBy: 'test', createdAtMs: 0, expiresAtMs: undefined };
    if (this.world.access.token(hashSecret(token)) === undefined)
      this.world.database.writeNow([accessWrites(this.world.database).addToken(made, hashSecret(token))]);
    return new ApiClient(this.api, this.world, { authorization: `Bearer ${token}` });
  }

  with(headers: Record<string, string>): ApiClient {
    return new ApiClient(this.api, this.world, { ...this.#headers, ...headers });
  }

  async ask(method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const isText = typeof body === 'string';
    const payload = body === undefined ? {} : { payload: isText ? body : JSON.stringify(body) };
    const type = body === undefined ? {} : { 'content-type': isText ? 'text/csv' : 'application/json' };
    const url = path.startsWith('/') ? path : `/api/v1/${path}`;
    const answer = await this.api.inject({
      method,
      url,
      headers: { ...type, ...this.#headers, ...headers },
      ...payload,
    });
    const isJson = String(answer.headers['content-type']).includes('json');
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: isJson ? JSON.parse(answer.body) : undefined,
      text: answer.body,
    };
  }

  get(path: string): Promise<Answer> {
    return this.ask('GET', path);
  }

  /** Fails unless the answer has this status; gives its body. */
  async expect(status: number, method: Method, path: string, body?: unknown, headers?: Record<string, string>) {
    const answer = await this.ask(method, path, body, headers);
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text.slice(0, 500)}`);
    return answer.body;
  }

  /** The code with which it is refused. */
  async refusal(method: Method, path: string, body?: unknown, headers?: Record<string, string>): Promise<Problem> {
    const answer = await this.ask(method, path, body, headers);
    assert.ok(answer.status >= 400, `${method} ${path} was not refused: ${answer.text.slice(0, 300)}`);
    return answer.body as Problem;
  }
}

export async function apiClient(options: Parameters<typeof assistantWorld>[0] = {}): Promise<ApiClient> {
  const world = await assistantWorld(options);
  return new ApiClient(await createServer(world, {}), world);
}
