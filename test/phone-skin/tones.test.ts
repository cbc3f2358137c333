import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call, PhoneState } from '@unisono/phone';
import { wantedTone } from '../../apps/phone/src/call/wanted-tone.ts';

type CallPart = Partial<Call>;
const CASES: readonly (readonly [says: string, calls: readonly CallPart[], tone: string | undefined])[] = [
  ['nobody calls', [], undefined],
  ['somebody calls', [{ phase: 'incoming' }], 'ring'],
  ['somebody calls during a call', [{ phase: 'active' }, { phase: 'incoming' }], 'knock'],
  ['it rings there', [{ phase: 'alerting' }], 'ringback'],
  ['it rings there, and the other side plays its own', [{ phase: 'alerting', audio: 'flowing' }], undefined],
  ['a call', [{ phase: 'active' }], undefined],
  ['busy', [{ phase: 'ended', direction: 'outgoing', end: { reason: 'busy', isMissed: false } }], 'busy'],
  ['hung up', [{ phase: 'ended', direction: 'outgoing', end: { reason: 'hungUpThere', isMissed: false } }], undefined],
  [
    'declined here',
    [{ phase: 'ended', direction: 'incoming', end: { reason: 'declinedHere', isMissed: false } }],
    undefined,
  ],
];

const state = (calls: readonly CallPart[], role: 'leader' | 'follower') =>
  ({ tab: { role }, calls: calls.map((call) => ({ audio: 'none', isHeld: false, ...call })) }) as unknown as PhoneState;

for (const [says, calls, tone] of CASES)
  test(`sounds: ${says}`, () => {
    assert.equal(wantedTone(state(calls, 'leader'), true), tone);
    assert.equal(wantedTone(state(calls, 'follower'), true), undefined, 'of several tabs only one sounds');
  });

test('a device that shall not ring still knocks during a call', () => {
  assert.equal(wantedTone(state([{ phase: 'incoming' }], 'leader'), false), undefined);
  assert.equal(wantedTone(state([{ phase: 'active' }, { phase: 'incoming' }], 'leader'), false), 'knock');
});
