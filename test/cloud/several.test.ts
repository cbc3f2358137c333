/** Two Connector processes over one PostgreSQL are one service: what happens at one is told at the other at once. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { WebSocket } from 'ws';
import { connectionData } from '../../packages/connector/src/testing/people.ts';
import { postgresMissing, startPostgres, type TestPostgres } from '../../packages/connector/src/testing/postgres.ts';
import { runUnisono } from '../interop/unisono.ts';
import { PeerProcess, type PortBlock, reservePorts, temporaryFolder } from '../peers/index.ts';
import { ask, until } from './parts.ts';

const MAIN = join(import.meta.dirname, '../../apps/unisono/src/main.ts');
const missing = postgresMissing();
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);

interface Frame {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: frames of many forms, looked into
  readonly [field: string]: any;
}

describe('two Connectors over one PostgreSQL', { skip: missing ?? false }, () => {
  const folder = temporaryFolder('several');
  const running: PeerProcess[] = [];
  const sockets: WebSocket[] = [];
  let ports: PortBlock;
  let postgres: TestPostgres;
  let adminKey: string;
  let phoneKey: string;
  let userId: string;
  let token: string;

  before(async () => {
    ports = await reservePorts();
    postgres = await startPostgres();
    for (const index of [0, 1]) {
      mkdirSync(join(folder.path, `c${index}`), { mode: 0o700 });
      const connector = { listen: ports.port(index), database: postgres.url };
      writeFileSync(join(folder.path, `c${index}.yaml`), JSON.stringify({ data: `c${index}`, connector }));
    }
    await start(0);
    // What they encrypt with has to be the same.
    for (const name of ['connector-secret', 'connector-vapid.json'])
      copyFileSync(join(folder.path, 'c0', name), join(folder.path, 'c1', name));
    await start(1);
    const config = ['--json', '--config', join(folder.path, 'c0.yaml')];
    const secretOf = async (...args: string[]): Promise<string> =>
      (JSON.parse((await runUnisono('connector', ...args, ...config)).output) as { secret: string }).secret;
    adminKey = await secretOf('add-tenant', 'lindner', 'Lindner', '--domain', 'lindner.example');
    phoneKey = await secretOf('add-key', 'lindner', '--scope', 'assistant');
    ({ userId, token } = await signedIn());
  });
  after(async () => {
    for (const socket of sockets) socket.terminate();
    for (const child of running) await child.stop();
    postgres?.stop();
    ports.release();
    folder.remove();
  });

  async function start(index: number): Promise<void> {
    const args = [MAIN, 'connector', 'start', '--config', join(folder.path, `c${index}.yaml`)];
    const child = new PeerProcess({ name: `c${index}`, command: process.execPath, args });
    running.push(child);
    await child.waitForOutput(/Stop with/, 40_000);
  }

  const caOf = (index: number) => join(folder.path, `c${index}`, 'tls/ca.pem');
  const at = (index: number, path: string, asked: Parameters<typeof ask>[3] = {}) =>
    ask(ports.port(index), caOf(index), path, asked);

  /** Anna, invited at one Connector and signed in at the other. */
  async function signedIn(): Promise<{ userId: string; token: string }> {
    const body = { email: 'anna@lindner.example', firstName: 'Anna', lastName: 'X' };
    const made = await at(0, '/v1/admin/users', { method: 'POST', token: adminKey, body });
    const outbox = join(folder.path, 'c0/outbox');
    const mail = await until(() => {
      const [name] = readdirSync(outbox);
      return name === undefined ? undefined : readFileSync(join(outbox, name), 'utf8');
    }, 'the invitation');
    const secret = /#(ut_[\w-]+)/.exec(mail)?.[1];
    const use = { token: secret, password: 'correct horse battery', installation: { name: 'Browser' } };
    const session = await at(1, '/v1/sign-in/mailed', { method: 'POST', body: use });
    const items = [{ op: 'put', userId: made.id, version: 1, data: connectionData('anna', '4020') }];
    const headers = { 'idempotency-key': 'upload-anna' };
    await at(0, '/v1/sync/connections', { method: 'POST', token: phoneKey, headers, body: { items } });
    return { userId: made.id, token: session.token };
  }

  async function open(index: number, path: string, bearer: string): Promise<{ socket: WebSocket; frames: Frame[] }> {
    const socket = new WebSocket(`wss://127.0.0.1:${ports.port(index)}${path}`, {
      ca: readFileSync(caOf(index)),
      headers: { authorization: `Bearer ${bearer}` },
    });
    sockets.push(socket);
    const frames: Frame[] = [];
    socket.on('message', (data) => void frames.push(JSON.parse(String(data)) as Frame));
    socket.on('error', () => {});
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return { socket, frames };
  }

  /** The link of a phone system at the first, a client at the second. */
  async function both() {
    const link = await open(0, '/v1/link', phoneKey);
    link.socket.send(JSON.stringify({ type: 'hello', versions: [1], software: 'test', outbox: 'a1' }));
    const client = await open(1, '/v1/events', token);
    await until(() => link.frames.find(({ type }) => type === 'welcome'), 'the welcome');
    await until(() => client.frames.find(({ type }) => type === 'hello'), 'the hello');
    return { link, client };
  }

  const eventOf = (frames: readonly Frame[], kind: string) =>
    frames.find(({ type, body }) => type === 'event' && body.kind === kind);

  test('a wish at the second reaches the link at the first, and its decision the client', async () => {
    const { link, client } = await both();
    const body = { ringSec: 33 };
    const wish = await at(1, '/v1/me/settings', { method: 'PATCH', token, body });
    const message = await until(
      () => link.frames.find(({ type, body: said }) => type === 'message' && said.kind === 'settingsChange'),
      'the wish',
    );
    assert.equal(message.body.changeId, wish.changeId);
    const result = { kind: 'settingsResult', userId, changeId: wish.changeId, outcome: 'applied' };
    link.socket.send(JSON.stringify({ type: 'message', seq: 1, id: 'm1', atMs: 1, body: result }));
    await until(
      () => client.frames.find(({ type, body: said }) => type === 'event' && said.outcome === 'applied'),
      'the decision',
    );
  });

  test('a question at the second is put to the link at the first', async () => {
    const { link } = await both();
    const preview = { en: ['A call now would ring everywhere.'], de: ['Ein Anruf würde jetzt überall läuten.'] };
    link.socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Frame;
      if (frame.type !== 'question') return;
      link.socket.send(JSON.stringify({ type: 'answer', id: frame.id, body: { kind: 'preview', preview } }));
    });
    const answer = await at(1, '/v1/me/settings/preview', { method: 'POST', token, body: { ringSec: 20 } });
    assert.deepEqual(answer, preview);
  });

  test('what happened while a Connector did not hear the other is told when it does again', async () => {
    const { client } = await both();
    const cut = (await postgres.cut('listen%')) + (await postgres.cut('%pg_notify%'));
    assert.ok(cut >= 2, `${cut} connections were cut`);
    const before = client.frames.length;
    const { version } = await at(0, '/v1/me/favourites', { token });
    const favourites = [{ name: 'Ben', number: '4021' }];
    await at(0, '/v1/me/favourites', { method: 'PUT', token, body: { version, favourites } });
    await until(() => eventOf(client.frames.slice(before), 'favourites'), 'the event');
  });

  test('who is signed out at the first hears nothing more at the second', async () => {
    const { client } = await both();
    await at(0, '/v1/session', { method: 'DELETE', token });
    await until(() => client.frames.find(({ type }) => type === 'bye'), 'the farewell');
  });
});
