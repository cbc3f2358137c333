import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { Hmac } from './hmac.ts';

test('equals the HMAC-SHA-256 of node:crypto under the derived key', () => {
  for (const secret of ['', 'secret', 'ü', Buffer.from([0, 255, 10]), 'long'.repeat(100)]) {
    const hmac = new Hmac(secret);
    for (const message of ['', 'a', 'message '.repeat(40), 'jürgen']) {
      const expected = createHmac('sha256', Hmac.keyOf(secret)).update(message).digest('hex');
      assert.equal(hmac.sign(message), expected, message);
      assert.equal(hmac.sign(message), expected, 'the same again');
    }
  }
});
