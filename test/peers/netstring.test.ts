import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeNetstring, NetstringDecoder } from './netstring.ts';

test('netstrings arrive whole, however they were split', () => {
  const decoder = new NetstringDecoder();
  const octets = Buffer.concat([encodeNetstring('{"a":1}'), encodeNetstring(''), encodeNetstring('grüße')]);
  const received = Array.from(octets, (octet) => decoder.push(Buffer.of(octet))).flat();
  assert.deepEqual(received, ['{"a":1}', '', 'grüße']);
});

test('bad framing is refused', () => {
  assert.throws(() => new NetstringDecoder().push(Buffer.from('x:y,')), /length/);
  assert.throws(() => new NetstringDecoder().push(Buffer.from('1:yz')), /comma/);
});
