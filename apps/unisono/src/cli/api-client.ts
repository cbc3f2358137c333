import { existsSync, readFileSync } from 'node:fs';
import { request as plainRequest } from 'node:http';
import { request } from 'node:https';
import { join, resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { problemLine } from '@unisono/platform';
import { loadSettings } from '../config/load.ts';
import type { Console } from './console.ts';

export type Given = Readonly<Record<string, unknown>>;

/** Where the Assistant of this machine writes how it is reached. */
export const LOCAL_ACCESS_FILE = 'assistant-access.json';

export interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly text: string;
}

interface Access {
  readonly url: string;
  readonly token: string;
  readonly ca?: string;
}

/** The API of an Assistant as commands use it. A message is printed when it cannot be asked; then there is no answer. */
export class ApiClient {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  ask(method: string, path: string, body?: string, headers: Record<string, string> = {}): Promise<Answer> {
    const url = new URL(`/api/v1/${path}`, this.#access.url);
    const ca =
      this.#access.ca === undefined ? {} : { ca: [...rootCertificates, readFileSync(this.#access.ca, 'utf8')] };
    const send = url.protocol === 'https:' ? request : plainRequest;
    return new Promise((done, fail) => {
      const asked = send(url, {
        method,
        ...ca,
        headers: {
          authorization: `Bearer ${this.#access.token}`,
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      });
      asked.on('error', fail);
      asked.on('response', (answer) => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => done({ status: answer.statusCode ?? 0, etag: answer.headers.etag, text }));
      });
      asked.end(body);
    });
  }
}

/** The client for what was given, or undefined after printing what is missing. */
export function apiClient(console: Console, given: Given): ApiClient | undefined {
  const text = (name: string, variable: string): string | undefined =>
    (given[name] as string | undefined) ?? console.environment[variable];
  const [url, token, ca] = [text('url', 'UNISONO_URL'), text('token', 'UNISONO_TOKEN'), text('ca', 'UNISONO_CA')];
  if (url !== undefined && token !== undefined)
    return new ApiClient({ url, token, ...(ca && { ca: resolve(console.workingFolder, ca) }) });
  if (url !== undefined || token !== undefined) {
    console.error('Give both --url and --token, or neither for the system of this machine.');
    return undefined;
  }
  return localClient(console, given);
}

function localClient(console: Console, { config, data }: Given): ApiClient | undefined {
  const flags = { config: config as string | undefined, data: data as string | undefined };
  const { UNISONO_URL: _, UNISONO_TOKEN: __, UNISONO_CA: ___, ...environment } = console.environment;
  const loaded = loadSettings(flags, environment, console.workingFolder);
  if (!loaded.ok) {
    for (const problem of loaded.problems) console.error(problemLine(problem));
    return undefined;
  }
  const file = join(loaded.settings.data, LOCAL_ACCESS_FILE);
  if (existsSync(file)) return new ApiClient(JSON.parse(readFileSync(file, 'utf8')) as Access);
  console.error(
    `There is no running system in ${loaded.settings.data}: start it, give its folder with --data, or --url and --token.`,
  );
  return undefined;
}
