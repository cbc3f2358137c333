import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Stage } from '../testing/stage.ts';

const PAGE = 'https://phone.example:8443';
const PREFLIGHT = { 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'authorization' };

describe('a page of another origin', () => {
  let stage: Stage;
  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  async function ask(method: 'GET' | 'OPTIONS', url: string, headers: Record<string, string>) {
    const reply = await stage.connector.app.inject({ method, url, headers });
    const cors = Object.entries(reply.headers).filter(([name]) => name.startsWith('access-control-'));
    return { status: reply.statusCode, cors: Object.fromEntries(cors), vary: reply.headers.vary };
  }

  it('that is named may ask before, and is told what it may send; no cookies', async () => {
    const { status, cors } = await ask('OPTIONS', '/v1/me/settings', { origin: PAGE, ...PREFLIGHT });
    assert.equal(status, 204);
    assert.deepEqual(cors, {
      'access-control-allow-origin': PAGE,
      'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': 'Authorization, Content-Type, Idempotency-Key, If-Match',
      'access-control-max-age': '7200',
    });
  });

  it('that is named reads answers, refusals too', async () => {
    const { status, cors, vary } = await ask('GET', '/v1/me', { origin: PAGE });
    assert.deepEqual([status, cors['access-control-allow-origin'], vary], [401, PAGE, 'Origin']);
    assert.equal(cors['access-control-allow-credentials'], undefined);
  });

  for (const origin of [
    'https://evil.example',
    'https://phone.example',
    'http://phone.example:8443',
    'https://phone.example:8443.evil.example',
    'null',
  ])
    it(`${origin} is told nothing`, async () => {
      assert.deepEqual((await ask('GET', '/v1/me', { origin })).cors, {});
      const before = await ask('OPTIONS', '/v1/me', { origin, ...PREFLIGHT });
      assert.deepEqual([before.status, before.cors], [404, {}]);
    });

  for (const path of ['/v1/admin/users', '/v1/sync/users', '/scim/v2/Users', '/v1/meadow'])
    it(`${path} is no business of a page, whatever its origin`, async () => {
      assert.deepEqual((await ask('OPTIONS', path, { origin: PAGE, ...PREFLIGHT })).cors, {});
      assert.deepEqual((await ask('GET', path, { origin: PAGE })).cors, {});
    });

  it('without such origins nothing is said of them at all', async () => {
    const alone = await Stage.open(undefined, { pageOrigins: [] });
    const reply = await alone.connector.app.inject({ method: 'GET', url: '/v1/me', headers: { origin: PAGE } });
    assert.equal(reply.headers['access-control-allow-origin'], undefined);
    await alone.close();
  });
});
