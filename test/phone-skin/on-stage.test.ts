import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call } from '@unisono/phone';
import { onStage } from '../../apps/phone/src/call/which.ts';

const call = (id: string, part: Partial<Call> = {}): Call => ({
  id,
  direction: 'incoming',
  phase: 'active',
  party: {},
  forwardedFrom: [],
  isSecond: false,
  isEmergency: false,
  isConference: false,
  isMuted: false,
  isHeld: false,
  isHeldByOther: false,
  startedAtMs: 0,
  sentDigits: '',
  digitsToSend: '',
  audio: 'flowing',
  quality: { grade: 'unknown', warnings: [] },
  ...part,
});

const CASES: readonly (readonly [says: string, calls: readonly Call[], where: Readonly<Record<string, string>>])[] = [
  ['nothing', [], {}],
  ['one call', [call('a')], { main: 'a' }],
  ['a held one and the one spoken in', [call('a', { isHeld: true }), call('b')], { main: 'b', other: 'a' }],
  ['two held ones: the later', [call('a', { isHeld: true }), call('b', { isHeld: true })], { main: 'b', other: 'a' }],
  ['one rings', [call('a', { phase: 'incoming' })], { incoming: 'a' }],
  ['one rings during a call', [call('a'), call('b', { phase: 'incoming' })], { main: 'a', incoming: 'b' }],
  ['one ended, none is left', [call('a', { phase: 'ended' })], { ended: 'a' }],
  ['one ended beside another', [call('a', { phase: 'ended' }), call('b')], { main: 'b' }],
];

for (const [says, calls, where] of CASES)
  test(`on the stage: ${says}`, () => {
    const shown = Object.entries(onStage(calls)).flatMap(([place, one]) => (one ? [[place, one.id]] : []));
    assert.deepEqual(Object.fromEntries(shown), where);
  });
