import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { test } from 'node:test';
import { parseMessage } from 'werift';
import { bindingRequest, bindingSuccess, isBindingRequest, isBindingSuccess } from './stun.ts';

const password = Buffer.from('0123456789abcdef01234567');
const key = createSecretKey(password);
const transactionId = Buffer.alloc(12, 7);

test('werift reads the check, its integrity and its fingerprint', () => {
  const request = bindingRequest('ours:theirs', key, transactionId);
  assert.ok(isBindingRequest(request) && !isBindingSuccess(request));
  const message = parseMessage(request, password);
  assert.ok(message);
  assert.equal(message.getAttributeValue('USERNAME'), 'ours:theirs');
  assert.notEqual(message.getAttributeValue('USE-CANDIDATE'), undefined);
  assert.equal(parseMessage(request, Buffer.from('another password')), undefined);
});

test('werift reads the answer and the address in it', () => {
  const request = bindingRequest('ours:theirs', key, transactionId);
  const success = bindingSuccess(request, '127.0.0.1', 40_001, key);
  assert.ok(isBindingSuccess(success) && !isBindingRequest(success));
  const message = parseMessage(success, password);
  assert.deepEqual(message?.getAttributeValue('XOR-MAPPED-ADDRESS'), ['127.0.0.1', 40_001]);
  assert.deepEqual(message?.transactionId, transactionId);
});
