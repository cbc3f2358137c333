import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from '../simulation/world.ts';

test('nothing is kept of a REGISTER that was only challenged (RFC 3261 §8.2.7)', () => {
  const world = new World({ seed: 1 });
  world.deskPhone('4020').register();
  world.advance(2_000);
  const { contacts, serverTransactions } = world.gateway.snapshot();
  // Two requests came: the one that was answered 200 is remembered, in case it comes again.
  assert.deepEqual({ contacts, serverTransactions }, { contacts: 1, serverTransactions: 1 });
});
