import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Answer, type ApiClient, apiClient, type Given } from './api-client.ts';
import { type Console, EXIT, type ExitCode } from './console.ts';

const PAGE = 500;

/** Asks, prints what came as JSON, and tells how it ended. */
async function asked(
  console: Console,
  given: Given,
  work: (client: ApiClient) => Promise<Answer>,
  print: (text: string) => void = (text) => console.out(pretty(text)),
): Promise<ExitCode> {
  const client = apiClient(console, given);
  if (client === undefined) return EXIT.failed;
  let answer: Answer;
  try {
    answer = await work(client);
  } catch (error) {
    console.error(
      `The Assistant cannot be reached: ${error instanceof Error ? error.message : error}. Is the system running?`,
    );
    return EXIT.failed;
  }
  if (answer.status < 300) {
    if (answer.text !== '') print(answer.text);
    return EXIT.done;
  }
  for (const line of refusal(answer)) console.error(line);
  return EXIT.failed;
}

function pretty(text: string): string {
  return JSON.stringify(JSON.parse(text), null, 2);
}

interface Told {
  readonly detail?: string;
  readonly action?: string;
  readonly code?: string;
  readonly errors?: readonly { path: string; message: string; hint: string; code: string }[];
}

function refusal({ status, text }: Answer): string[] {
  let told: Told;
  try {
    told = JSON.parse(text) as Told;
  } catch {
    return [`The Assistant answered ${status}.`];
  }
  const errors = told.errors?.map(({ path, message, hint, code }) => `${path}: ${message} ${hint} [${code}]`) ?? [];
  return errors.length > 0 ? errors : [`${told.detail} ${told.action} [${told.code}]`];
}

/** `unisono stations list`: every entry, page by page, as one JSON list. */
export function list(console: Console, path: string, given: Given): Promise<ExitCode> {
  const search = given.search === undefined ? '' : `&search=${encodeURIComponent(String(given.search))}`;
  return asked(console, given, async (client) => {
    const entries: unknown[] = [];
    for (;;) {
      const answer = await client.ask('GET', `${path}?limit=${PAGE}&offset=${entries.length}${search}`);
      if (answer.status >= 300) return answer;
      const page = JSON.parse(answer.text) as { total: number; entries: unknown[] };
      entries.push(...page.entries);
      if (entries.length >= page.total || page.entries.length === 0)
        return { ...answer, text: JSON.stringify(entries) };
    }
  });
}

export function show(console: Console, path: string, given: Given): Promise<ExitCode> {
  return asked(console, given, (client) => client.ask('GET', path));
}

/** Adds, changes or deletes. What is changed is read first, so that a change in between is noticed. */
export function send(
  console: Console,
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  json: string | undefined,
  given: Given,
): Promise<ExitCode> {
  let body: string | undefined;
  try {
    body = json === undefined ? undefined : JSON.stringify(JSON.parse(textOf(console, json)));
  } catch (error) {
    console.error(`This is no JSON: ${error instanceof Error ? error.message : error}`);
    return Promise.resolve(EXIT.usage);
  }
  const query = given.dryRun ? '?dryRun=true' : '';
  return asked(console, given, async (client) => {
    if (method === 'POST') return client.ask(method, path + query, body);
    const before = await client.ask('GET', path);
    if (before.status >= 300) return before;
    return client.ask(method, path + query, body, { 'if-match': before.etag ?? '*' });
  });
}

function textOf(console: Console, json: string): string {
  if (json === '-') return readFileSync(0, 'utf8');
  return json.startsWith('@') ? readFileSync(resolve(console.workingFolder, json.slice(1)), 'utf8') : json;
}

export function exportPeople(console: Console, file: string | undefined, given: Given): Promise<ExitCode> {
  return asked(
    console,
    given,
    (client) => client.ask('GET', 'people.csv'),
    (text) => {
      if (file === undefined) console.out(text.trimEnd());
      else writeFileSync(resolve(console.workingFolder, file), text, { mode: 0o600 });
    },
  );
}

export async function importPeople(console: Console, file: string, given: Given): Promise<ExitCode> {
  let text: string;
  try {
    text = readFileSync(resolve(console.workingFolder, file), 'utf8');
  } catch (error) {
    console.error(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
    return EXIT.failed;
  }
  const query = given.dryRun ? '?dryRun=true' : '';
  return asked(console, given, (client) =>
    client.ask('POST', `people.csv${query}`, text, { 'content-type': 'text/csv' }),
  );
}

/** `unisono people invite ID` */
export function invitePerson(console: Console, id: string, given: Given): Promise<ExitCode> {
  return asked(console, given, (client) => client.ask('POST', `people/${encodeURIComponent(id)}/invitation`));
}

/** `unisono people sign-out ID [DEVICE]` and others: says when it is done, and what came of it. */
export async function rescue(
  console: Console,
  method: 'POST' | 'DELETE',
  path: string,
  done: string,
  given: Given,
): Promise<ExitCode> {
  const code = await asked(console, given, (client) => client.ask(method, path));
  if (code === EXIT.done) console.out(done);
  return code;
}

/** `unisono users delete ID --with-devices` */
export function removePerson(console: Console, id: string, given: Given): Promise<ExitCode> {
  const path = `people/${encodeURIComponent(id)}?keepNumber=${given.keepNumber === undefined ? 'false' : 'true'}`;
  return asked(console, given, (client) => client.ask('DELETE', path, undefined, { 'if-match': '*' }));
}

export function syncPlan(console: Console, given: Given): Promise<ExitCode> {
  const kind = given.class === undefined ? '' : `&class=${encodeURIComponent(String(given.class))}`;
  return asked(console, given, (client) =>
    client.ask('GET', `sync/plan?limit=${PAGE}&fresh=${given.fresh ? 'true' : 'false'}${kind}`),
  );
}

/** Ends with an error also when the run stopped or failed, so that a script notices. */
export async function syncRun(console: Console, given: Given): Promise<ExitCode> {
  let outcome = '';
  const body = JSON.stringify({ confirm: given.confirm === true, full: given.full === true });
  const code = await asked(
    console,
    given,
    (client) => client.ask('POST', 'sync/runs', body),
    (text) => {
      outcome = (JSON.parse(text) as { outcome: string }).outcome;
      console.out(pretty(text));
    },
  );
  return code === EXIT.done && outcome !== 'done' ? EXIT.failed : code;
}

export function invite(console: Console, given: Given): Promise<ExitCode> {
  return asked(console, given, (client) =>
    client.ask('POST', 'invitations', JSON.stringify({ role: given.role ?? 'admin' })),
  );
}

/** Sends what a command read from a file. */
export function put(console: Console, path: string, body: unknown, given: Given): Promise<ExitCode> {
  return asked(console, given, (client) => client.ask('PUT', path, JSON.stringify(body)));
}
