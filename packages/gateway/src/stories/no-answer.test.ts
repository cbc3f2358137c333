import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SystemData, UserSettingsPatch } from '@unisono/pbx';
import { Stage } from './stage.ts';

interface NoAnswerStory {
  readonly story: string;
  readonly settings: UserSettingsPatch;
  readonly afterMs: number;
  readonly rings: readonly string[];
  readonly hears?: number;
}

const EVERYTHING = ['annaDesk', 'annaMobile', 'annaWeb'];

const STORIES: readonly NoAnswerStory[] = [
  { story: 'it rings for 20 seconds when nobody set anything', settings: {}, afterMs: 19_000, rings: EVERYTHING },
  { story: 'then the caller hears that nobody answers', settings: {}, afterMs: 20_500, rings: [], hears: 480 },
  {
    story: "the user's own ring time holds",
    settings: { ringSec: 7 },
    afterMs: 7_500,
    rings: [],
    hears: 480,
  },
  {
    story: 'the user may have it ring longer',
    settings: { ringSec: 60 },
    afterMs: 50_000,
    rings: EVERYTHING,
  },
  {
    story: 'an alternative number takes over when the ring time is over',
    settings: { ringSec: 10, noAnswer: 'alternativeNumber', alternativeNumber: '4022' },
    afterMs: 10_500,
    rings: ['carlaDesk'],
  },
  {
    story: 'before that it does not ring',
    settings: { ringSec: 10, noAnswer: 'alternativeNumber', alternativeNumber: '4022' },
    afterMs: 9_000,
    rings: EVERYTHING,
  },
];

for (const { story, settings, afterMs, rings, hears } of STORIES) {
  test(story, () => {
    const stage = new Stage();
    if (Object.keys(settings).length > 0) stage.annaChooses(settings);
    const call = stage.dial(stage.benDesk, '4020');
    stage.world.advance(afterMs - 300);
    assert.deepEqual(stage.ringing(), rings);
    assert.equal(call.status, hears);
  });
}

test('a declined call goes to the alternative number at once', () => {
  const stage = new Stage();
  stage.annaChooses({ noAnswer: 'alternativeNumber', alternativeNumber: '4022' });
  stage.dial(stage.benDesk, '4020');
  stage.reject(stage.annaMobile, 603);
  assert.deepEqual(stage.ringing(), ['carlaDesk']);
});

test('declined on one device is declined on all, and the caller is told', () => {
  const stage = new Stage();
  const call = stage.dial(stage.benDesk, '4020');
  stage.reject(stage.annaMobile, 603);
  assert.deepEqual(stage.ringing(), []);
  assert.equal(call.status, 603);
  assert.equal(stage.lastResult(), 'declined');
});

test('when no device can be reached, the alternative number rings at once', () => {
  const stage = new Stage();
  stage.annaChooses({ noAnswer: 'alternativeNumber', alternativeNumber: '4022' });
  for (const phone of [stage.annaDesk, stage.annaWeb, stage.annaMobile]) phone.register(0);
  stage.world.advance(500);
  stage.dial(stage.benDesk, '4020');
  assert.deepEqual(stage.ringing(), ['carlaDesk']);
});

test('a phone that sends the call elsewhere by 302 is followed, and the caller never sees it', () => {
  const stage = new Stage();
  const call = stage.dial(stage.benDesk, '4020');
  stage.reject(stage.annaDesk, 302, 'sip:4022@lindner-optik.example');
  assert.deepEqual(stage.ringing(), ['carlaDesk']);
  stage.answer(stage.carlaDesk);
  assert.equal(call.state, 'answered');
});

test('a phone cannot send a call to an auxiliary number', () => {
  const adapt = (data: SystemData) => ({ ...data, users: data.users.map((user) => ({ ...user, mailbox: false })) });
  const stage = new Stage({ adapt });
  const call = stage.dial(stage.benDesk, '4020');
  stage.reject(stage.annaDesk, 302, 'sip:80004023@lindner-optik.example');
  assert.deepEqual(stage.ringing(), []);
  assert.equal(call.status, 603);
});
