import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import { clientPassword, clientUsername, connectionDigest, readClientUsername } from './credentials.ts';

const KEY = Buffer.alloc(32, 7).toString('base64url');

describe('credentials of an installation', () => {
  it('say whose they are and until when', () => {
    const username = clientUsername('anna-clients', 'i-1', 1_800_000_000_999);
    assert.equal(username, 'anna-clients~i-1~1800000000');
    assert.deepEqual(readClientUsername(username), {
      username: 'anna-clients',
      installationId: 'i-1',
      expiresAtMs: 1_800_000_000_000,
    });
  });

  it('are not read out of other user names', () => {
    for (const text of ['anna', 'anna~', 'a~b~c', '~b~1', 'a~b~1~2'])
      assert.equal(readClientUsername(text), undefined, text);
  });

  it('have as password HMAC-SHA-256 of the user name, base64url', async () => {
    const username = 'anna-clients~i-1~1800000000';
    const expected = createHmac('sha256', Buffer.alloc(32, 7)).update(username).digest('base64url');
    assert.equal(await clientPassword(KEY, username), expected);
    assert.equal(expected, 'sRhpoginfPvQqlWpIPpPB1NseNDzsAVEDTaO0ZJnub8');
  });
});

describe('connectionDigest', () => {
  it('does not depend on the order of names, nor on what is undefined', async () => {
    const digest = await connectionDigest({ a: 1, b: [{ c: 'x', d: null }] });
    assert.equal(digest, await connectionDigest({ b: [{ d: null, c: 'x' }], a: 1, e: undefined }));
    assert.notEqual(digest, await connectionDigest({ a: 1, b: [{ c: 'y', d: null }] }));
  });
});
