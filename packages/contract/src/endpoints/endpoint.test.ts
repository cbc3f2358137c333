import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pathOf } from './endpoint.ts';
import { ENDPOINTS } from './index.ts';

describe('pathOf', () => {
  it('fills in parameters, escaped', () => {
    assert.equal(pathOf(ENDPOINTS.user, { userId: 'a/b' }), '/v1/admin/users/a%2Fb');
  });
  it('puts the query behind it, without what is undefined', () => {
    assert.equal(
      pathOf(ENDPOINTS.syncUsers, {}, { limit: 10, since: undefined, cursor: 'a b' }),
      '/v1/sync/users?limit=10&cursor=a+b',
    );
  });
  it('wants every parameter', () => assert.throws(() => pathOf(ENDPOINTS.user), /needs userId/));
});
