import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@unisono/sip';
import { MAX_WRONG_PINS, PinGate, SHUT_MS } from './pin-gate.ts';

test('guessing shuts the mailbox for a while, also for the right PIN', () => {
  const clock = new VirtualClock();
  const gate = new PinGate(clock);
  for (let tries = 0; tries < MAX_WRONG_PINS; tries++) assert.equal(gate.check('anna', '4711', '0000'), false);
  assert.equal(gate.check('anna', '4711', '4711'), false);
  assert.equal(gate.check('ben', '4711', '4711'), true, 'others are not concerned');
  clock.advance(SHUT_MS + 1);
  assert.equal(gate.check('anna', '4711', '4711'), true);
});

test('a right PIN forgives the wrong ones before it, and no PIN opens nothing', () => {
  const gate = new PinGate(new VirtualClock());
  for (let tries = 0; tries < 3 * MAX_WRONG_PINS; tries++) {
    assert.equal(gate.check('anna', '4711', tries % 3 === 0 ? '4711' : '1'), tries % 3 === 0);
  }
  assert.equal(gate.check('ben', undefined, ''), false);
});
