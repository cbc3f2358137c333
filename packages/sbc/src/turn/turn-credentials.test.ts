import assert from 'node:assert/strict';
import { test } from 'node:test';
import { turnCredentials } from './turn-credentials.ts';

test('user name and password are those that coturn computes', () => {
  // printf 1433895918:ninefingers | openssl dgst -sha1 -hmac mysecret -binary | base64
  const service = { urls: ['turn:turn.example.com'], secret: 'mysecret' };
  assert.deepEqual(turnCredentials(service, 'ninefingers', 1_433_895_918), {
    urls: ['turn:turn.example.com'],
    username: '1433895918:ninefingers',
    credential: 'S/aqFAEmEzG0pORbSESrPFv8jYg=',
  });
});
