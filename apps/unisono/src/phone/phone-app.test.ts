import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { phoneApp } from './phone-app.ts';
import { phoneDoor } from './phone-door.ts';

async function serving(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${address.port}`;
}

function builtApp(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'phone-app-'));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'dist', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'dist', 'index.html'), '<!doctype html><title>app</title>');
  writeFileSync(join(folder, 'dist', 'sw.js'), 'self;');
  writeFileSync(join(folder, 'dist', '.hidden.js'), 'hidden');
  writeFileSync(join(folder, 'dist', 'assets', 'main-abc.js'), 'x'.repeat(2_000));
  return join(folder, 'dist');
}

/** As it is written, without the cleaning that fetch does. */
function rawStatus(url: string, path: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path }, (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', reject)
      .end();
  });
}

describe('the client app from its folder', () => {
  test('files by their names, places by the page; only what has its contents in its name is kept for good', async (t) => {
    const url = await serving(t, phoneApp(builtApp(t)));
    for (const place of ['/', '/pair', '/history/missed?x=1']) {
      const page = await fetch(url + place);
      assert.match(await page.text(), /<title>app/, place);
      assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'self'/);
      assert.equal(page.headers.get('cache-control'), 'no-cache');
    }
    const script = await fetch(`${url}/assets/main-abc.js`);
    assert.equal((await script.text()).length, 2_000);
    assert.equal(script.headers.get('content-encoding'), 'gzip');
    assert.match(script.headers.get('cache-control') ?? '', /immutable/);
    const worker = await fetch(`${url}/sw.js`);
    assert.equal(worker.headers.get('cache-control'), 'no-cache');
    const again = await fetch(`${url}/sw.js`, { headers: { 'if-none-match': worker.headers.get('etag') ?? '' } });
    assert.equal(again.status, 304);
  });

  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/.hidden.js',
    '/a%00.js',
    '/%zz.js',
    '/none.js',
  ])
    test(`${path}: 404`, async (t) => {
      assert.equal(await rawStatus(await serving(t, phoneApp(builtApp(t))), path), 404);
    });
});

describe('the door to the Connector', () => {
  const asked: string[] = [];
  const connector = {
    app: {
      server: { emit: (name: string) => asked.push(name) > 0 },
      routing: ((message, response) => {
        asked.push(message.url ?? '');
        response.end('connector');
      }) as RequestListener,
    },
  };

  test('passes what clients ask for, and nothing of administration', async (t) => {
    const door = phoneDoor(undefined, () => connector);
    const url = await serving(t, (message, response) => {
      if (!door.onApi(message, response)) response.end('page');
    });
    const cases = {
      '/v1/me/connection': 'connector',
      '/v1/sign-in/password': 'connector',
      '/v1/directory?q=x': 'connector',
      '/v1/admin/users': 'page',
      '/v1/sync/users': 'page',
      '/v1/link': 'page',
      '/scim/v2/Users': 'page',
      '/v1/meadow': 'page',
      '/': 'page',
    };
    for (const [path, answer] of Object.entries(cases))
      assert.equal(await (await fetch(url + path)).text(), answer, path);
  });

  test('says when to come again while the Connector starts', async (t) => {
    const door = phoneDoor(undefined, () => undefined);
    const url = await serving(t, (message, response) => void door.onApi(message, response));
    const answer = await fetch(`${url}/v1/me`);
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '2');
  });
});
