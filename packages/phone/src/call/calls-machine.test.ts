import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { CallRecord } from './call-record.ts';
import {
  type CallCommand,
  type CallEffect,
  type CallsEvent,
  type CallsMachine,
  decide,
  NO_CALLS,
  observe,
} from './calls-machine.ts';

type Input = CallCommand | CallsEvent;
const EVENTS = new Set([
  'invited',
  'progress',
  'accepted',
  'confirmed',
  'heldByOther',
  'holdSettled',
  'audio',
  'quality',
  'identity',
  'named',
  'ended',
  'moveFailed',
  'moveDone',
  'forget',
]);

/** Takes commands and events one after the other; gives the state, the last effects, and why the last command was refused. */
function run(inputs: readonly Input[], from: CallsMachine = NO_CALLS) {
  let state = from;
  let effects: readonly CallEffect[] = [];
  let refused: string | undefined;
  inputs.forEach((input, index) => {
    const nowMs = 1_000 * (index + 1);
    const step = EVENTS.has(input.type)
      ? observe(state, input as CallsEvent, nowMs)
      : decide(state, input as CallCommand, nowMs);
    refused = 'refused' in step ? step.refused.code : undefined;
    if ('refused' in step) return;
    ({ state, effects } = step);
  });
  return { state, effects, refused, call: state.calls[0] as CallRecord, second: state.calls[1] };
}

const dial = (callId: string, more: Partial<CallCommand & { readonly type: 'dial' }> = {}): Input => ({
  type: 'dial',
  callId,
  number: '4021',
  digits: '',
  isEmergency: false,
  ...more,
});
const invited = (callId: string): Input => ({ type: 'invited', callId, party: { number: '4022' }, forwardedFrom: [] });
const accepted = (callId: string): Input => ({ type: 'accepted', callId, identity: {} });
const confirmed = (callId: string): Input => ({ type: 'confirmed', callId });
const bye = (callId: string): Input => ({ type: 'ended', callId, ending: { by: 'there', how: 'bye', reasons: [] } });
const settled = (callId: string, isHeld: boolean, isAgreed = true): Input => ({
  type: 'holdSettled',
  callId,
  isHeld,
  isAgreed,
});
const TALKING = [
  dial('a'),
  { type: 'progress', callId: 'a', status: 180, identity: {} },
  accepted('a'),
  confirmed('a'),
] satisfies Input[];

describe('calls', () => {
  test('outgoing: dialling, alerting, active, ended', () => {
    const phases = [1, 2, 3, 4].map((count) => run(TALKING.slice(0, count)).call.phase);
    assert.deepEqual(phases, ['dialling', 'alerting', 'active', 'active']);
    const { call, effects } = run([...TALKING, bye('a')]);
    assert.deepEqual([call.phase, call.end?.reason, effects[0]?.do], ['ended', 'hungUpThere', 'forgetLater']);
  });

  test('a session progress before it rings is no ringing', () => {
    const trying: Input = { type: 'progress', callId: 'a', status: 100, identity: {} };
    assert.equal(run([dial('a'), trying]).call.phase, 'dialling');
  });

  test('incoming: rings, is answered, runs', () => {
    const { call, effects } = run([invited('b'), { type: 'answer', callId: 'b' }]);
    assert.deepEqual([call.phase, effects], ['answering', [{ do: 'accept', callId: 'b' }]]);
    assert.equal(
      run([invited('b'), { type: 'answer', callId: 'b' }, accepted('b'), confirmed('b')]).call.phase,
      'active',
    );
  });

  test('the call that runs is held before another is made, answered or resumed', () => {
    const hold = { do: 'hold', callId: 'a', isHeld: true };
    assert.deepEqual(run([...TALKING, dial('c')]).effects, [hold, { do: 'invite', callId: 'c', target: '4021' }]);
    assert.deepEqual(run([...TALKING, invited('b'), { type: 'answer', callId: 'b' }]).effects, [
      hold,
      { do: 'accept', callId: 'b' },
    ]);
    const both: Input[] = [...TALKING, dial('c'), accepted('c'), confirmed('c')];
    const swapped = run([...both, settled('a', true), { type: 'swap' }]);
    assert.deepEqual(swapped.effects, [
      { do: 'hold', callId: 'c', isHeld: true },
      { do: 'hold', callId: 'a', isHeld: false },
    ]);
    assert.deepEqual(
      run([settled('c', true), settled('a', false)], swapped.state).state.calls.map(({ isHeld }) => isHeld),
      [false, true],
    );
  });

  test('a third call is refused here, and busy to the caller; an emergency call goes out', () => {
    const two: Input[] = [...TALKING, invited('b')];
    assert.equal(run([...two, dial('c')]).refused, 'tooManyCalls');
    assert.deepEqual(run([...two, invited('d')]).effects, [{ do: 'reject', callId: 'd', status: 486 }]);
    assert.equal(run([...two, dial('c', { isEmergency: true, number: '112' })]).refused, undefined);
  });

  test('what follows a pause is sent when both descriptions are in force, once', () => {
    const before = run([dial('a', { digits: ',12#' }), accepted('a')]);
    assert.deepEqual([before.effects, before.call.digitsToSend], [[], ',12#']);
    const sent = run([confirmed('a')], before.state);
    assert.deepEqual(sent.effects, [{ do: 'digits', callId: 'a', digits: ',12#' }]);
    assert.deepEqual([sent.call.sentDigits, sent.call.digitsToSend], ['12#', '']);
    assert.deepEqual(run([confirmed('a')], sent.state).effects, []);
  });

  test('somebody who answers while another call runs is held', () => {
    const both: Input[] = [dial('a'), invited('b'), { type: 'answer', callId: 'b' }, confirmed('b'), accepted('a')];
    const { effects, state } = run(both);
    assert.deepEqual(effects, [{ do: 'hold', callId: 'a', isHeld: true }]);
    assert.deepEqual(
      run([settled('a', true)], state).state.calls.map(({ isHeld }) => isHeld),
      [true, false],
    );
  });

  test('mute is kept from before the answer on', () => {
    const { effects } = run([dial('a', { isMuted: true }), accepted('a')]);
    assert.deepEqual(effects, [{ do: 'mute', callId: 'a', isMuted: true }]);
  });

  test('a hold is in force when it is agreed, not before, and a refused one says so', () => {
    const held: Input[] = [...TALKING, { type: 'hold', callId: 'a' }];
    assert.deepEqual([run(held).call.isHeld, run(held).call.holdChange], [false, 'hold']);
    const agreed = run([...held, settled('a', true)]).call;
    assert.deepEqual([agreed.isHeld, agreed.holdChange, agreed.isHoldRefused], [true, undefined, undefined]);
    const refused = run([...held, settled('a', true, false)]).call;
    assert.deepEqual([refused.isHeld, refused.holdChange, refused.isHoldRefused], [false, undefined, true]);
    assert.equal(refused.isMuted, false, 'nobody else is there');
    const again = run([...held, settled('a', true, false), { type: 'hold', callId: 'a' }]).call;
    assert.deepEqual([again.holdChange, again.isHoldRefused], ['hold', undefined]);
  });

  test('what came of a hold that is not wanted any more changes nothing', () => {
    const both: Input[] = [...TALKING, { type: 'hold', callId: 'a' }, { type: 'resume', callId: 'a' }];
    const { call } = run([...both, settled('a', true)]);
    assert.deepEqual([call.isHeld, call.holdChange], [false, 'resume']);
    assert.equal(run([...both, settled('a', false)]).call.holdChange, undefined);
  });

  test('who cannot be held while somebody else is talked with does not hear it: the microphone goes off there', () => {
    const both: Input[] = [...TALKING, dial('c'), accepted('c'), confirmed('c')];
    const { call, second, effects } = run([...both, settled('a', true, false)]);
    assert.deepEqual([call.isMuted, call.isHoldRefused, second?.isMuted], [true, true, false]);
    assert.deepEqual(effects, [{ do: 'mute', callId: 'a', isMuted: true }]);
  });

  const pulled = (isMuted: boolean) => dial('a', { isPulled: true, isMuted });
  const answered = (isMuted: boolean): Input => ({ type: 'accepted', callId: 'a', identity: {}, isMuted });
  const MUTED: [name: string, inputs: Input[], isMuted: boolean][] = [
    ['a call that is taken over is muted when the answer says so', [pulled(false), answered(true)], true],
    ['and is not when it does not, whatever was seen before', [pulled(true), answered(false)], false],
    [
      'what the user says meanwhile counts more',
      [pulled(true), { type: 'mute', callId: 'a', isMuted: false }, answered(true)],
      false,
    ],
    ['a call of one’s own is not muted by any answer', [dial('a'), answered(true)], false],
  ];
  for (const [name, inputs, isMuted] of MUTED)
    test(name, () => {
      const { call, effects } = run(inputs);
      assert.equal(call.isMuted, isMuted);
      const isTold = call.isPulled || isMuted;
      assert.deepEqual(effects, isTold ? [{ do: 'mute', callId: 'a', isMuted }] : []);
    });

  test('what is taken over, or moved here, has lasted since it was answered elsewhere; and not answered, it has not lasted', () => {
    const since = { runningSinceMs: -60_000 };
    assert.equal(run([dial('a', { isPulled: true, ...since }), answered(false)]).call.answeredAtMs, -60_000);
    const moved: Input = { type: 'invited', callId: 'a', party: {}, forwardedFrom: [], movedFrom: 'desk', ...since };
    assert.equal(run([moved, { type: 'answer', callId: 'a' }, confirmed('a')]).call.answeredAtMs, -60_000);
    const { call } = run([moved, { type: 'decline', callId: 'a' }, bye('a')]);
    assert.deepEqual([call.answeredAtMs, call.end?.reason, call.end?.isMissed], [undefined, 'declinedHere', false]);
  });

  test('a muted call that was pushed here is muted here', () => {
    const inputs: Input[] = [
      { type: 'invited', callId: 'b', party: {}, forwardedFrom: [], isMuted: true },
      { type: 'answer', callId: 'b' },
      confirmed('b'),
    ];
    const { call, effects } = run(inputs);
    assert.deepEqual([call.isMuted, effects], [true, [{ do: 'mute', callId: 'b', isMuted: true }]]);
  });

  const REFUSED: [name: string, inputs: Input[], code: string][] = [
    ['answering what does not ring', [...TALKING, { type: 'answer', callId: 'a' }], 'wrongCallState'],
    ['holding what is not answered', [dial('a'), { type: 'hold', callId: 'a' }], 'wrongCallState'],
    ['declining a call of one’s own', [dial('a'), { type: 'decline', callId: 'a' }], 'wrongCallState'],
    ['swapping one call', [...TALKING, { type: 'swap' }], 'wrongCallState'],
    ['digits before the answer', [dial('a'), { type: 'digits', callId: 'a', digits: '1' }], 'wrongCallState'],
    ['digits that are none', [...TALKING, { type: 'digits', callId: 'a', digits: 'x' }], 'notANumber'],
    ['dismissing what runs', [...TALKING, { type: 'dismiss', callId: 'a' }], 'wrongCallState'],
    [
      'anything with a call that is over',
      [...TALKING, bye('a'), { type: 'mute', callId: 'a', isMuted: true }],
      'wrongCallState',
    ],
    ['anything with a call that never was', [{ type: 'hangUp', callId: 'z' }], 'wrongCallState'],
    [
      'moving a call twice',
      [
        ...TALKING,
        { type: 'move', callId: 'a', move: { kind: 'push' } },
        { type: 'move', callId: 'a', move: { kind: 'push' } },
      ],
      'wrongCallState',
    ],
  ];
  for (const [name, inputs, code] of REFUSED) test(`${name}: ${code}`, () => assert.equal(run(inputs).refused, code));

  test('a move that failed leaves the call; one that went well ends it for that reason', () => {
    const moving: Input[] = [
      ...TALKING,
      { type: 'move', callId: 'a', move: { kind: 'blindTransfer', target: '4022' } },
    ];
    assert.equal(run(moving).call.move?.kind, 'blindTransfer');
    const stayed = run([...moving, { type: 'moveFailed', callId: 'a' }]);
    assert.deepEqual([stayed.call.move, stayed.call.phase], [undefined, 'active']);
    assert.equal(
      run([...moving, { type: 'moveDone', callId: 'a', intent: 'transferred' }, bye('a')]).call.end?.reason,
      'transferred',
    );
  });

  test('who one talks with follows what the network says; a known name stays with its number', () => {
    const named: Input = { type: 'named', callId: 'a', name: 'Ben' };
    const other: Input = { type: 'identity', callId: 'a', identity: { number: '4022' } };
    assert.deepEqual(run([...TALKING, named]).call.party, { number: '4021', name: 'Ben' });
    assert.deepEqual(
      run([...TALKING, named, { type: 'identity', callId: 'a', identity: { number: '4021' } }]).call.party.name,
      'Ben',
    );
    assert.deepEqual(run([...TALKING, named, other]).call.party, { number: '4022' });
  });

  test('whatever people and phones do: one talks with one at most, calls that ended stay so, and nothing hangs', () => {
    const ids = fc.constantFrom('a', 'b', 'c');
    const input: fc.Arbitrary<Input> = fc.oneof(
      ids.map((id) => dial(id)),
      ids.map(invited),
      ids.chain((callId) =>
        fc.constantFrom<Input>(
          accepted(callId),
          confirmed(callId),
          bye(callId),
          { type: 'answer', callId },
          { type: 'decline', callId },
          { type: 'hangUp', callId },
          { type: 'hold', callId },
          { type: 'resume', callId },
          { type: 'swap' },
          settled(callId, true),
          settled(callId, false),
          settled(callId, true, false),
          settled(callId, false, false),
          { type: 'forget', callId },
          { type: 'move', callId, move: { kind: 'push' } },
          { type: 'moveFailed', callId },
        ),
      ),
    );
    fc.assert(
      fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
        let state: CallsMachine = NO_CALLS;
        for (const one of inputs) {
          if ((one.type === 'invited' || one.type === 'dial') && state.calls.some(({ id }) => id === one.callId))
            continue;
          const before = state;
          ({ state } = run([one], before));
          const heard = state.calls.filter(
            ({ phase, isHeld, holdChange, isMuted }) =>
              phase === 'active' && (holdChange ? holdChange === 'resume' : !isHeld) && !isMuted,
          );
          assert.ok(heard.length <= 1, JSON.stringify(state));
          assert.ok(state.calls.filter(({ phase }) => phase !== 'ended').length <= 2);
          for (const { id, phase } of before.calls) {
            const now = state.calls.find((call) => call.id === id);
            if (phase === 'ended' && now) assert.equal(now.phase, 'ended');
          }
          for (const call of state.calls) assert.equal(call.phase === 'ended', call.end !== undefined);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
