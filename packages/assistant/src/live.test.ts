import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { UpBody } from '@unisono/contract';
import { compileSystem, demoSystem, type UserCall } from '@unisono/pbx';
import { LiveTeller } from './live.ts';
import type { ChangedCalls, MailboxMessage } from './ports.ts';

const RINGING: UserCall = {
  id: 'k1',
  direction: 'incoming',
  state: 'alerting',
  party: { number: '4021', name: 'Ben Okafor' },
  device: undefined,
  startedAtMs: 1,
};
const TALKING: UserCall = { ...RINGING, state: 'connected', device: 'desk' };

/** Anna's calls and messages change; what is told is written in short. */
function scene() {
  const system = compileSystem(demoSystem({ random: { int: () => 3 } }));
  let changed: ChangedCalls = { mark: 0, stations: [] };
  let look: () => void = () => {};
  let messages: MailboxMessage[] = [];
  let mailboxChanged: (user: string) => void = () => {};
  let isUp = true;
  const told: UpBody[] = [];
  const teller = new LiveTeller({
    now: { contacts: () => [], calls: () => [], trunks: () => [], changedCalls: () => changed },
    mailboxes: {
      box: () => ({ messages, hasGreeting: false, maxGreetingMs: 1 }),
      audio: () => undefined,
      change: async () => {},
      setGreeting: async () => undefined,
      onChange: (listener) => {
        mailboxChanged = listener;
      },
    },
    system: () => system,
    clock: {
      epochMs: () => 1_000,
      after: (_delayMs, callback) => {
        look = callback;
        return () => {};
      },
    },
    log: { debug() {}, info() {}, warn() {}, error: (fields) => assert.fail(String(fields.err)) },
    personOf: (user) => (user === 'anna' ? 'p-anna' : undefined),
    isUp: () => isUp,
    tell: (...bodies) => told.push(...bodies),
  });
  teller.start();
  const take = () => told.splice(0).map(inShort);
  return {
    calls: (...calls: UserCall[]) => {
      changed = { mark: changed.mark + 1, stations: [{ station: '4020', calls }] };
      look();
      return take();
    },
    mailbox: (...now: MailboxMessage[]) => {
      messages = now;
      mailboxChanged('anna');
      return take();
    },
    linkIs: (state: boolean) => {
      isUp = state;
    },
  };
}

function inShort(body: UpBody): string {
  if (body.kind === 'callEvent') return `${body.event.state} ${body.event.device ?? ''}`.trim();
  if (body.kind === 'pushRequest') return `push ${body.push.kind} ${body.push.party?.name ?? ''}`.trim();
  return body.kind === 'messageWaiting' ? `${body.messages.newMessages}/${body.messages.oldMessages}` : body.kind;
}

test('an incoming call wakes clients; its answer takes that back', () => {
  const { calls } = scene();
  assert.deepEqual(calls(RINGING), ['alerting', 'push incomingCall Ben Okafor']);
  assert.deepEqual(calls(RINGING), []);
  assert.deepEqual(calls(TALKING), ['connected desk', 'push callEnded Ben Okafor']);
  assert.deepEqual(calls({ ...TALKING, state: 'held' }), ['held desk']);
  assert.deepEqual(calls(), ['ended desk']);
});

test('a call that nobody answers: its end takes the ringing back', () => {
  const { calls } = scene();
  calls(RINGING);
  assert.deepEqual(calls(), ['ended', 'push callEnded Ben Okafor']);
});

test('a call that the user makes wakes nobody', () => {
  const { calls } = scene();
  assert.deepEqual(calls({ ...RINGING, direction: 'outgoing' }), ['alerting']);
  assert.deepEqual(calls(), ['ended']);
});

test('what happens while the link is down is not told later', () => {
  const { calls, linkIs } = scene();
  linkIs(false);
  assert.deepEqual(calls(RINGING), []);
  linkIs(true);
  assert.deepEqual(calls(TALKING), ['connected desk', 'push callEnded Ben Okafor']);
});

test('a new message is counted and wakes clients, once', () => {
  const { mailbox } = scene();
  const one: MailboxMessage = {
    messageId: 'm1',
    party: { name: 'Carla' },
    receivedAtMs: 1,
    durationMs: 1,
    isHeard: false,
  };
  // The demo's Anna has a mailbox.
  assert.deepEqual(mailbox(one), ['1/0', 'push voicemail Carla']);
  assert.deepEqual(mailbox({ ...one, isHeard: true }), ['0/1']);
  assert.deepEqual(mailbox(), ['0/0']);
});
