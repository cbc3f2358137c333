import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { aliasesOf } from './same-host.ts';

test('a program of this machine may announce a network card and send from loopback', (t) => {
  const card = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find(({ internal }) => !internal);
  if (!card) return t.skip('this machine has no network card');
  assert.deepEqual(aliasesOf(card.address), ['127.0.0.1', '::1']);
});

test('nobody else may, and loopback stands for itself', () => {
  for (const address of ['198.51.100.7', '2001:db8::7', '127.0.0.1', '::1', ''])
    assert.deepEqual(aliasesOf(address), []);
});
