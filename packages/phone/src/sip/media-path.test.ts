import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import JsSIP from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession.js';
import { StageClock } from '../testing/stage-clock.ts';
import { MediaPathWatch, outliveFailedIce } from './media-path.ts';

describe('a call whose media path fails', () => {
  const CASES: [name: string, states: [atMs: number, state: string][], givenUp: number][] = [
    ['is given up after a minute', [[0, 'failed']], 1],
    [
      'counts from the first failure, whatever was tried since',
      [
        [0, 'failed'],
        [30_000, 'checking'],
        [45_000, 'failed'],
      ],
      1,
    ],
    [
      'goes on when the path is back',
      [
        [0, 'failed'],
        [30_000, 'checking'],
        [59_000, 'connected'],
      ],
      0,
    ],
    [
      'has another minute the next time',
      [
        [0, 'failed'],
        [1_000, 'completed'],
        [50_000, 'failed'],
      ],
      0,
    ],
    ['is not given up while it is merely disconnected', [[0, 'disconnected']], 0],
  ];
  for (const [name, states, expected] of CASES)
    test(name, async () => {
      const clock = new StageClock();
      let givenUp = 0;
      const watch = new MediaPathWatch(clock, () => givenUp++);
      for (const [atMs, state] of states) clock.after(atMs, () => watch.see(state));
      await clock.pass(61_000);
      assert.equal(givenUp, expected);
    });

  test('that is over is given up no more', async () => {
    const clock = new StageClock();
    const watch = new MediaPathWatch(clock, assert.fail);
    watch.see('failed');
    watch.close();
    await clock.pass(61_000);
  });
});

test('a session is ended by everything but failed ICE, and before it is established by that, too', () => {
  const ended: unknown[] = [];
  let isEstablished = true;
  const session = {
    isEstablished: () => isEstablished,
    terminate: (options: unknown) => void ended.push(options),
  } as unknown as RTCSession;
  outliveFailedIce(session);
  const failedIce = { cause: JsSIP.C.causes.RTP_TIMEOUT, status_code: 408 };
  session.terminate(failedIce);
  assert.deepEqual(ended, []);
  session.terminate();
  session.terminate({ status_code: 486 });
  isEstablished = false;
  session.terminate(failedIce);
  assert.deepEqual(ended, [undefined, { status_code: 486 }, failedIce]);
});
