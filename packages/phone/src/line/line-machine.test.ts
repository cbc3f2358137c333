import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  delayMs,
  FIRST_LINE,
  type LineEffect,
  type LineEvent,
  type LineMachine,
  lineOf,
  stepLine,
} from './line-machine.ts';

/** Takes the events one after the other, a second apart; effects are those of the last one. */
function run(events: readonly LineEvent[], from: LineMachine = FIRST_LINE, fraction = 0) {
  let state = from;
  let effects: readonly LineEffect[] = [];
  events.forEach((event, index) => {
    ({ state, effects } = stepLine(state, event, { nowMs: 1_000 * (index + 1), fraction }));
  });
  return { state, line: lineOf(state), effects, did: effects.map((effect) => effect.do) };
}

const WANT: LineEvent = { type: 'want' };
const OPENED: LineEvent = { type: 'socketOpened' };
const CLOSED: LineEvent = { type: 'socketClosed' };
const REGISTERED: LineEvent = { type: 'registered' };
const TIMER: LineEvent = { type: 'retryTimer' };
const UP: LineEvent = { type: 'callUp', isUp: true };
const DOWN: LineEvent = { type: 'callUp', isUp: false };
const failed = (status?: number): LineEvent => ({
  type: 'registrationFailed',
  detail: 'no',
  ...(status === undefined ? {} : { status }),
});
const READY = [WANT, OPENED, REGISTERED];

describe('the registration', () => {
  const CASES: [name: string, events: LineEvent[], phase: string, did: string[]][] = [
    ['is wanted: the connection is opened', [WANT], 'connecting', ['stopRetryTimer', 'openSocket']],
    ['connected: it registers', [WANT, OPENED], 'connecting', ['stopRetryTimer', 'register']],
    ['registered: ready', READY, 'ready', ['stopRetryTimer']],
    ['lost once: reconnecting, later', [...READY, CLOSED], 'reconnecting', ['startRetryTimer']],
    [
      'the time has come: the connection is opened',
      [...READY, CLOSED, TIMER],
      'reconnecting',
      ['stopRetryTimer', 'openSocket'],
    ],
    ['lost and not reached again: unreachable', [...READY, CLOSED, TIMER, CLOSED], 'unreachable', ['startRetryTimer']],
    ['never reached: unreachable after two tries', [WANT, CLOSED, TIMER, CLOSED], 'unreachable', ['startRetryTimer']],
    ['back after a loss: ready', [...READY, CLOSED, TIMER, OPENED, REGISTERED], 'ready', ['stopRetryTimer']],
    ['a fault of the registrar: later', [WANT, OPENED, failed(503)], 'connecting', ['startRetryTimer']],
    ['no answer: another connection, later', [...READY, failed()], 'reconnecting', ['closeSocket', 'startRetryTimer']],
    ['… and at once under a call', [...READY, UP, failed()], 'reconnecting', ['closeSocket', 'startRetryTimer']],
    [
      '… of a connection that is closed already: that has been seen to',
      [...READY, CLOSED, failed()],
      'reconnecting',
      [],
    ],
    [
      'refused: the connection data is asked for first',
      [WANT, OPENED, failed(403)],
      'connecting',
      ['startRetryTimer', 'askForCredentials'],
    ],
    [
      'refused with new data, too: told as refused',
      [WANT, OPENED, failed(403), { type: 'newCredentials' }, failed(403)],
      'refused',
      ['startRetryTimer'],
    ],
    [
      'other credentials while ready: it goes on being so',
      [...READY, { type: 'newCredentials' }],
      'ready',
      ['register'],
    ],
    [
      'the network changed: a new connection, without asking the old one',
      [...READY, { type: 'networkChanged' }],
      'reconnecting',
      ['closeSocket', 'stopRetryTimer', 'openSocket'],
    ],
    [
      'the network is back while waiting: at once',
      [...READY, CLOSED, { type: 'networkChanged' }],
      'reconnecting',
      ['stopRetryTimer', 'openSocket'],
    ],
    [
      'the network changes while a connection has been opening for a while: another one',
      [WANT, { type: 'networkChanged' }],
      'connecting',
      ['stopRetryTimer', 'openSocket'],
    ],
    [
      'the user does not want to wait: at once',
      [...READY, CLOSED, { type: 'tryNow' }],
      'reconnecting',
      ['stopRetryTimer', 'openSocket'],
    ],
    ['… and has no need to while ready', [...READY, { type: 'tryNow' }], 'ready', []],
    [
      'another part of the system is back: soon, and not all at once',
      [...READY, CLOSED, TIMER, CLOSED, TIMER, CLOSED, { type: 'maybeBack' }],
      'unreachable',
      ['startRetryTimer'],
    ],
    ['… where the next try is not sooner anyway', [...READY, UP, CLOSED, { type: 'maybeBack' }], 'reconnecting', []],
    [
      'not opened for seconds, under a call: another connection',
      [...READY, UP, CLOSED, TIMER, TIMER],
      'unreachable',
      ['stopRetryTimer', 'openSocket', 'startRetryTimer'],
    ],
    ['… without one it is waited for', [...READY, CLOSED, TIMER, TIMER], 'reconnecting', []],
    ['not wanted any more: closed', [...READY, { type: 'unwant' }], 'signedOut', ['stopRetryTimer', 'closeSocket']],
    ['what was left does not come back', [...READY, { type: 'unwant' }, CLOSED, TIMER], 'signedOut', []],
    ['a refused registration in a call waits for its end', [...READY, UP, failed(503), TIMER], 'reconnecting', []],
    ['… and is tried then', [...READY, UP, failed(503), TIMER, DOWN], 'reconnecting', ['stopRetryTimer', 'register']],
  ];
  test('one change of the network, told twice in a moment, opens one connection', () => {
    const { state } = run(READY);
    const once = stepLine(state, { type: 'networkChanged' }, { nowMs: 90_000, fraction: 0 });
    assert.deepEqual(stepLine(once.state, { type: 'networkChanged' }, { nowMs: 90_400, fraction: 0 }).effects, []);
  });

  for (const [name, events, phase, did] of CASES)
    test(name, () => {
      const { line, did: done } = run(events);
      assert.deepEqual([line.phase, done], [phase, did]);
    });

  test('tries are 8 s apart, doubling to 64 s, with 0.5 to 10 s of chance', () => {
    const delays = [0, 1, 2, 3, 4, 9].map((waits) => [delayMs(waits, 0), Math.round(delayMs(waits, 0.999_999))]);
    assert.deepEqual(delays, [
      [8_500, 18_000],
      [16_500, 26_000],
      [32_500, 42_000],
      [64_500, 74_000],
      [64_500, 74_000],
      [64_500, 74_000],
    ]);
  });

  /** Waits, when every try to open the connection fails. */
  function waitsOf(begin: readonly LineEvent[], tries: number, fraction = 0): number[] {
    let { state } = run(begin);
    const waits: number[] = [];
    for (let done = 0; done < tries; done++) {
      const lost = run([CLOSED], state, fraction);
      for (const effect of lost.effects) if (effect.do === 'startRetryTimer') waits.push(effect.delayMs);
      ({ state } = run([TIMER], lost.state));
    }
    return waits;
  }

  test('who was ready and lost the connection tries twice after chance alone, then by the schedule', () => {
    assert.deepEqual(waitsOf(READY, 6), [500, 500, 8_500, 16_500, 32_500, 64_500]);
    assert.deepEqual(waitsOf(READY, 3, 0.999_999), [10_000, 10_000, 18_000]);
  });

  test('who was never ready, or was refused, has the schedule alone', () => {
    assert.deepEqual(waitsOf([WANT], 3), [8_500, 16_500, 32_500]);
    assert.deepEqual(waitsOf([...READY, { type: 'newCredentials' }, failed(503)], 2), [16_500, 32_500]);
  });

  test('a connection lost under a call is opened again at once, then every few seconds', () => {
    assert.deepEqual(waitsOf([...READY, UP], 6), [0, 1_000, 2_000, 4_000, 4_000, 4_000]);
  });

  test('the quick tries under a call do not make the wait after it longer', () => {
    let { state } = run([...READY, UP]);
    for (let tries = 0; tries < 6; tries++) ({ state } = run([CLOSED, TIMER], state));
    const { effects } = run([DOWN, CLOSED], state);
    assert.deepEqual(
      effects.flatMap((effect) => (effect.do === 'startRetryTimer' ? [effect.delayMs] : [])),
      [500],
    );
  });

  test('whatever happens: no registration is tried in a call after a refusal, and there is always a way back', () => {
    const events = fc.array(
      fc.oneof(
        fc.constantFrom<LineEvent>(
          OPENED,
          CLOSED,
          REGISTERED,
          TIMER,
          UP,
          DOWN,
          { type: 'networkChanged' },
          { type: 'newCredentials' },
          { type: 'tryNow' },
          { type: 'maybeBack' },
        ),
        fc.constantFrom(403, 408, 503, undefined).map(failed),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(events, fc.double({ min: 0, max: 0.999, noNaN: true }), (list, fraction) => {
        let { state } = run([WANT]);
        let isTimerSet = false;
        for (const event of list) {
          if (event.type === 'retryTimer' && !isTimerSet) continue;
          if (event.type === 'retryTimer') isTimerSet = false;
          const step = stepLine(state, event, { nowMs: 1, fraction });
          for (const effect of step.effects) {
            if (effect.do === 'startRetryTimer') isTimerSet = true;
            if (effect.do === 'stopRetryTimer') isTimerSet = false;
            if (effect.do === 'register' && event.type === 'retryTimer') assert.ok(!state.isCallUp);
          }
          state = step.state;
          const isUnderWay = state.socket === 'opening' || state.registration !== 'none';
          assert.ok(isUnderWay || isTimerSet || state.isTryPutOff, JSON.stringify({ state, event }));
        }
      }),
    );
  });
});
