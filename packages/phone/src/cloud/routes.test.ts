import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENDPOINTS, EVENTS_PATH, pathOf } from '@unisono/contract';
import * as routes from './routes.ts';

test('the routes are those of the contract', () => {
  for (const [name, [method, path]] of Object.entries(routes.ROUTES)) {
    const endpoint = ENDPOINTS[name as routes.RouteName];
    assert.deepEqual([method, path], [endpoint.method, endpoint.path], name);
  }
  assert.equal(routes.EVENTS_PATH, EVENTS_PATH);
});

test('paths are filled in as the contract does it', () => {
  const cases = [
    ['renameDevice', { installationId: 'a/b c' }, {}],
    ['history', {}, { limit: 5, q: 'ä&b', cursor: undefined }],
    ['me', {}, {}],
  ] as const;
  for (const [name, params, query] of cases)
    assert.equal(routes.pathFor(name, params, query), pathOf(ENDPOINTS[name], params, query));
});
