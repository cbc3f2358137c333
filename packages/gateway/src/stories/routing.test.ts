import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UserSettingsPatch } from '@unisono/pbx';
import { Stage } from './stage.ts';

interface RoutingStory {
  readonly story: string;
  readonly settings: UserSettingsPatch;
  /** Whose phones ring when 4020 is called. */
  readonly rings: readonly string[];
  /** What the caller is told when nothing rings. */
  readonly hears?: number;
}

const STORIES: readonly RoutingStory[] = [
  {
    story: 'Default routing: everything rings',
    settings: { routing: 'default' },
    rings: ['annaDesk', 'annaMobile', 'annaWeb'],
  },
  { story: 'Desk phone only: the clients stay silent', settings: { routing: 'deskPhoneOnly' }, rings: ['annaDesk'] },
  {
    story: 'Clients only: the desk phone stays silent',
    settings: { routing: 'clientsOnly' },
    rings: ['annaMobile', 'annaWeb'],
  },
  {
    story: 'Alternative number, inside: it rings there and nowhere else',
    settings: { routing: 'alternativeNumber', alternativeNumber: '4022' },
    rings: ['carlaDesk'],
  },
  {
    story: 'Alternative number, outside: the call goes out over the trunk',
    settings: { routing: 'alternativeNumber', alternativeNumber: '030901820' },
    rings: ['provider'],
  },
  {
    story: 'Alternative number of a person without a phone: the mobile rings',
    settings: { routing: 'alternativeNumber', alternativeNumber: '4023' },
    rings: ['davidMobile'],
  },
  {
    story: 'a busy setting changes nothing while Anna has no call',
    settings: { routing: 'default', busy: 'busySignal' },
    rings: ['annaDesk', 'annaMobile', 'annaWeb'],
  },
];

for (const { story, settings, rings, hears } of STORIES) {
  test(story, () => {
    const stage = new Stage();
    stage.annaChooses(settings);
    const call = stage.dial(stage.benDesk, '4020');
    assert.deepEqual(stage.ringing(), rings);
    assert.equal(call.status, hears);
  });
}

test('Other: the target fixed at the PBX is called, and the user leaves it by choosing', () => {
  const stage = new Stage();
  const settings = { routing: 'other', fixedTarget: '4022' };
  const result = stage.world.system.apply({ kind: 'update', list: 'users', id: 'anna', value: { settings } });
  assert.deepEqual(result, { ok: true });
  stage.dial(stage.benDesk, '4020');
  assert.deepEqual(stage.ringing(), ['carlaDesk']);
  stage.reject(stage.carlaDesk, 486);
  stage.annaChooses({ routing: 'clientsOnly' });
  stage.dial(stage.benDesk, '4020');
  assert.deepEqual(stage.ringing(), ['annaMobile', 'annaWeb']);
});

test('an alternative number that forwards again is followed, a circle is not', () => {
  const stage = new Stage();
  stage.annaChooses({ routing: 'alternativeNumber', alternativeNumber: '4022' });
  const carla = { routing: 'alternativeNumber', alternativeNumber: '4021' } as const;
  stage.world.system.apply({ kind: 'userSettings', user: 'carla', settings: carla });
  stage.dial(stage.davidMobile, '4020');
  assert.deepEqual(stage.ringing(), ['benDesk']);
  stage.reject(stage.benDesk, 486);
  const back = { routing: 'alternativeNumber', alternativeNumber: '4020' } as const;
  stage.world.system.apply({ kind: 'userSettings', user: 'carla', settings: back });
  const call = stage.dial(stage.davidMobile, '4020');
  assert.equal(call.status, undefined);
  assert.deepEqual(stage.ringing(), ['carlaDesk'], 'where the circle would close, the own phone rings');
});

test('the forwarded caller is shown as who is calling, with whom the call was for', () => {
  const stage = new Stage();
  stage.annaChooses({ routing: 'alternativeNumber', alternativeNumber: '4022' });
  stage.dial(stage.benDesk, '4020');
  const { invite, shownFrom } = stage.incoming(stage.carlaDesk);
  assert.match(shownFrom, /"Ben Okafor" <sip:4021@/);
  assert.match(
    'request' in invite ? (invite.request.headers.get('Diversion') ?? '') : '',
    /sip:4020@.*reason=unconditional/,
  );
});

test('a feature code dialled at the desk phone is in force for the next call', async () => {
  const stage = new Stage();
  const code = stage.annaDesk.dial('*21*4022%23');
  await stage.world.pass(500);
  assert.equal(code.state, 'answered');
  assert.equal(stage.world.system.changedBy, 'feature code at 4020');
  stage.hangUp(stage.annaDesk, code);
  stage.dial(stage.benDesk, '4020');
  assert.deepEqual(stage.ringing(), ['carlaDesk']);
});
