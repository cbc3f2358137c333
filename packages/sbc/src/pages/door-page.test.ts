import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import { type DoorPageOptions, doorPage } from './door-page.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';

async function serving(t: TestContext, options: Partial<DoorPageOptions> = {}): Promise<string> {
  const server = createServer(doorPage({ isReady: () => true, authority: PEM, ...options }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${address.port}`;
}

describe('HTTP on the port of secure WebSockets', () => {
  test('the page says what this is, in the language of the browser, and may load nothing', async (t) => {
    const url = await serving(t);
    const english = await fetch(url);
    assert.match(await english.text(), /lang="en".*Trust this certificate/s);
    assert.match(english.headers.get('content-security-policy') ?? '', /default-src 'none'/);
    const german = await fetch(url, { headers: { 'accept-language': 'de-DE,de;q=0.9' } });
    assert.match(await german.text(), /lang="de".*Diesem Zertifikat vertrauen/s);
  });

  test('the certificate of the own authority can be had, another one has none to give', async (t) => {
    assert.equal(await (await fetch(`${await serving(t)}/ca.pem`)).text(), PEM);
    const trusted = await serving(t, { authority: undefined });
    assert.equal((await fetch(`${trusted}/ca.pem`)).status, 404);
    assert.doesNotMatch(await (await fetch(trusted)).text(), /ca\.pem/);
  });

  test('health is told in status and words', async (t) => {
    let isReady = true;
    const url = `${await serving(t, { isReady: () => isReady })}/health`;
    const well = await fetch(url);
    assert.deepEqual([well.status, await well.json()], [200, { status: 'ready' }]);
    isReady = false;
    const ill = await fetch(url);
    assert.deepEqual([ill.status, await ill.json()], [503, { status: 'unavailable' }]);
  });

  const OTHERS: [method: string, path: string, status: number][] = [
    ['GET', '/nowhere', 404],
    ['GET', '/../etc/passwd', 404],
    ['POST', '/', 405],
    ['DELETE', '/health', 405],
  ];
  for (const [method, path, status] of OTHERS) {
    test(`${method} ${path}: ${status}`, async (t) => {
      assert.equal((await fetch(`${await serving(t)}${path}`, { method })).status, status);
    });
  }

  test('a client app takes everything but what is the door’s own', async (t) => {
    const app: RequestListener = (request, response) => response.end(`app ${request.url}`);
    const url = await serving(t, { app });
    assert.match(await (await fetch(`${url}/trust`)).text(), /Trust this certificate/);
    assert.equal(await (await fetch(url)).text(), 'app /');
    assert.equal(await (await fetch(`${url}/call/4021`)).text(), 'app /call/4021');
    assert.equal((await fetch(`${url}/health`)).headers.get('content-type'), 'application/json');
  });
});
