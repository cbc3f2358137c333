import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RingOrder } from '@unisono/pbx';
import { Stage } from './stage.ts';

interface RingOrderStory {
  readonly story: string;
  readonly ringOrder: RingOrder;
  /** Whose phones ring at these moments. */
  readonly atMs: readonly (readonly [ms: number, rings: readonly string[]])[];
}

const CLIENTS = ['annaMobile', 'annaWeb'];
const EVERYTHING = ['annaDesk', ...CLIENTS];

const STORIES: readonly RingOrderStory[] = [
  {
    story: 'simultaneous: everything from the first moment',
    ringOrder: { order: 'simultaneous' },
    atMs: [[300, EVERYTHING]],
  },
  {
    story: 'desk first: the clients join after five seconds, the desk phone rings on',
    ringOrder: { order: 'deskFirst', afterSec: 5 },
    atMs: [
      [300, ['annaDesk']],
      [4_900, ['annaDesk']],
      [5_300, EVERYTHING],
      [19_000, EVERYTHING],
    ],
  },
  {
    story: 'clients first: the desk phone joins after eight seconds',
    ringOrder: { order: 'clientsFirst', afterSec: 8 },
    atMs: [
      [300, CLIENTS],
      [7_900, CLIENTS],
      [8_300, EVERYTHING],
    ],
  },
];

for (const { story, ringOrder, atMs } of STORIES) {
  test(story, () => {
    const stage = new Stage();
    stage.annaChooses({ ringOrder });
    stage.benDesk.dial('4020');
    let nowMs = 0;
    for (const [ms, rings] of atMs) {
      stage.world.advance(ms - nowMs);
      nowMs = ms;
      assert.deepEqual(stage.ringing(), rings, `after ${ms} ms`);
    }
  });
}

test('the ring time counts from the beginning, not from the second stage', () => {
  const stage = new Stage();
  stage.annaChooses({ ringOrder: { order: 'deskFirst', afterSec: 5 }, ringSec: 12 });
  const call = stage.dial(stage.benDesk, '4020');
  stage.world.advance(12_000);
  assert.equal(call.status, 480);
});

test('when the first to ring cannot be reached, the others ring at once', () => {
  const stage = new Stage();
  stage.annaChooses({ ringOrder: { order: 'deskFirst', afterSec: 10 } });
  stage.annaDesk.register(0);
  stage.world.advance(500);
  stage.dial(stage.benDesk, '4020');
  assert.deepEqual(stage.ringing(), CLIENTS);
});

test('when the first to ring is busy, the others need not wait', () => {
  const stage = new Stage();
  stage.annaChooses({ ringOrder: { order: 'deskFirst', afterSec: 10 } });
  stage.dial(stage.benDesk, '4020');
  stage.reject(stage.annaDesk, 486);
  assert.deepEqual(stage.ringing(), CLIENTS);
});

test('answered in the first stage, the second never rings', () => {
  const stage = new Stage();
  stage.annaChooses({ ringOrder: { order: 'deskFirst', afterSec: 5 } });
  stage.dial(stage.benDesk, '4020');
  stage.answer(stage.annaDesk);
  stage.world.advance(10_000);
  assert.equal(stage.annaWeb.calls.length + stage.annaMobile.calls.length, 0);
});
