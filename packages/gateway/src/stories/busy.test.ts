import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserSettingsPatch } from '@unisono/pbx';
import { Stage } from './stage.ts';

/** How Anna has her first call. */
type FirstCall =
  | 'at her desk phone'
  | 'on her mobile'
  | 'dialled from the browser'
  | 'still ringing'
  | 'with a machine';

interface BusyStory {
  readonly story: string;
  readonly first: FirstCall;
  readonly settings: UserSettingsPatch;
  /** Whose phones ring for the second call. */
  readonly rings: readonly string[];
  readonly hears?: number;
}

const EVERYTHING = ['annaDesk', 'annaMobile', 'annaWeb'];

const STORIES: readonly BusyStory[] = [
  {
    story: 'Default routing: the second call rings everywhere',
    first: 'at her desk phone',
    settings: { busy: 'default' },
    rings: EVERYTHING,
  },
  {
    story: 'Busy signal: the second caller hears busy',
    first: 'at her desk phone',
    settings: { busy: 'busySignal' },
    rings: [],
    hears: 486,
  },
  {
    story: 'a call on the mobile counts',
    first: 'on her mobile',
    settings: { busy: 'busySignal' },
    rings: [],
    hears: 486,
  },
  {
    story: 'a call that Anna placed counts',
    first: 'dialled from the browser',
    settings: { busy: 'busySignal' },
    rings: [],
    hears: 486,
  },
  {
    story: 'a call that still rings counts',
    first: 'still ringing',
    settings: { busy: 'busySignal' },
    rings: EVERYTHING,
    hears: 486,
  },
  {
    story: 'a call with a machine counts',
    first: 'with a machine',
    settings: { busy: 'busySignal' },
    rings: [],
    hears: 486,
  },
  {
    story: 'Alternative number: the second call goes there',
    first: 'at her desk phone',
    settings: { busy: 'alternativeNumber', alternativeNumber: '4022' },
    rings: ['carlaDesk'],
  },
  {
    story: 'Busy signal is not in force while routing is Clients only',
    first: 'on her mobile',
    settings: { routing: 'clientsOnly', busy: 'busySignal' },
    rings: ['annaMobile', 'annaWeb'],
  },
];

for (const { story, first, settings, rings, hears } of STORIES) {
  test(`${story} (first call ${first})`, async () => {
    const stage = new Stage();
    await haveFirstCall(stage, first);
    stage.annaChooses(settings);
    const second = stage.dial(stage.davidMobile, '4020');
    assert.deepEqual(stage.ringing(), rings);
    assert.equal(second.status, hears);
  });
}

async function haveFirstCall(stage: Stage, how: FirstCall): Promise<void> {
  if (how === 'with a machine') {
    const call = stage.annaDesk.dial('4100');
    await stage.world.pass(500);
    assert.equal(call.state, 'answered');
  } else if (how === 'dialled from the browser') stage.connect(stage.annaWeb, '4021', stage.benDesk);
  else {
    stage.dial(stage.benDesk, '4020');
    if (how !== 'still ringing') stage.answer(how === 'on her mobile' ? stage.annaMobile : stage.annaDesk);
  }
}

test('with call waiting a third call gets busy, and rings again once one has ended', () => {
  const stage = new Stage();
  const first = stage.connect(stage.benDesk, '4020', stage.annaDesk);
  stage.dial(stage.davidMobile, '4020');
  stage.answer(stage.annaWeb);
  assert.equal(stage.dial(stage.carlaDesk, '4020').status, 486);
  stage.hangUp(stage.benDesk, first.out);
  stage.dial(stage.carlaDesk, '4020');
  assert.deepEqual(stage.ringing(), EVERYTHING);
});

test('a second call is announced as waiting', () => {
  const stage = new Stage();
  stage.connect(stage.benDesk, '4020', stage.annaDesk);
  stage.dial(stage.davidMobile, '4020');
  const { invite } = stage.incoming(stage.annaDesk);
  assert.match('request' in invite ? (invite.request.headers.get('Alert-Info') ?? '') : '', /call-waiting/);
});

test('a busy deflection is written down with its reason', () => {
  const stage = new Stage();
  stage.annaChooses({ busy: 'alternativeNumber', alternativeNumber: '4022' });
  stage.connect(stage.benDesk, '4020', stage.annaDesk);
  const second = stage.dial(stage.davidMobile, '4020');
  stage.answer(stage.carlaDesk);
  stage.hangUp(stage.davidMobile, second);
  const record = [...stage.world.records.closed.values()].at(-1);
  assert.deepEqual(record?.diversions, [{ station: '4020', reason: 'busy' }]);
  assert.equal(record?.callee?.station, '4022');
});

interface BusyDeviceStory {
  readonly story: string;
  readonly settings: UserSettingsPatch;
  readonly busy: 'annaDesk' | 'annaMobile';
  readonly ringsOn: readonly string[];
  readonly hears?: number;
}

const BUSY_DEVICES: readonly BusyDeviceStory[] = [
  {
    story: 'a device that answers busy leaves the others ringing',
    settings: { busy: 'default' },
    busy: 'annaDesk',
    ringsOn: ['annaMobile', 'annaWeb'],
  },
  {
    story: 'with Busy signal a busy device decides for all',
    settings: { busy: 'busySignal' },
    busy: 'annaMobile',
    ringsOn: [],
    hears: 486,
  },
  {
    story: 'with Alternative number a busy device sends the call there',
    settings: { busy: 'alternativeNumber', alternativeNumber: '4022' },
    busy: 'annaDesk',
    ringsOn: ['carlaDesk'],
  },
];

for (const { story, settings, busy, ringsOn, hears } of BUSY_DEVICES) {
  test(story, () => {
    const stage = new Stage();
    stage.annaChooses(settings);
    const call = stage.dial(stage.benDesk, '4020');
    stage.reject(stage[busy], 486);
    assert.deepEqual(stage.ringing(), ringsOn);
    assert.equal(call.status, hears);
  });
}

test('when the last device is busy too, the caller hears busy', () => {
  const stage = new Stage();
  const call = stage.dial(stage.benDesk, '4020');
  for (const phone of [stage.annaDesk, stage.annaWeb, stage.annaMobile]) stage.reject(phone, 486);
  assert.equal(call.status, 486);
  assert.equal(stage.lastResult(), 'busy');
});
