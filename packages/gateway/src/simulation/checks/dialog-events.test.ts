import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Stage } from '../../stories/stage.ts';
import { CallBook } from '../call-book.ts';
import type { DialogWatch, SeenDialog } from '../dialog-watch.ts';
import { Directory } from '../directory.ts';
import type { PhoneCall } from '../phone.ts';
import { truthfulDialogs } from './dialog-events.ts';
import { mutedStaysMuted } from './microphone.ts';
import { ANNA_CLIENT, ANNA_DESK, BEN_DESK, cases, incoming, outgoing, sip, system } from './testing.ts';

interface Scene {
  readonly stage: Stage;
  readonly watch: DialogWatch;
  /** Ben's call and Anna's desk phone's side of it. */
  readonly out: PhoneCall;
  readonly at: PhoneCall;
}

/** Ben talks with Anna's desk phone, Anna's browser watches; what the check says when what it was told is spoilt. */
function judged(spoil: (scene: Scene) => void): string {
  const stage = new Stage();
  const { world } = stage;
  const nowMs = () => world.clock.nowMs();
  const directory = new Directory(() => world.system.current());
  for (const { address, username } of world.phones) directory.addPhone(address, username);
  const book = new CallBook(directory);
  const watch = stage.annaWeb.watch('4020');
  const watcher = { phone: stage.annaWeb, station: '4020', isOwn: true, watch, sinceMs: nowMs() };
  const calls = () => world.phones.flatMap((endpoint) => endpoint.running.map((call) => ({ endpoint, call })));
  const people = {
    nameOf: () => 'Anna',
    at: (address: string) => world.phones.find((phone) => phone.address === address),
    partnerOf: (of: PhoneCall) => calls().find(({ call }) => call !== of),
  };
  const problems: string[] = [];
  const expectations = { deliveryMs: 1_000, troubledUntilMs: () => -1 };
  const context = { book, expectations, report: (problem: string) => problems.push(problem) };
  const check = truthfulDialogs(context, [watcher], people, () => world.system.current());
  world.wire.listen((wire) => {
    book.onWire(wire);
    check.onWire?.(wire);
  });
  const call = stage.connect(stage.benDesk, '4020', stage.annaDesk);
  spoil({ stage, watch, out: call.out, at: call.in });
  world.advance(3_000);
  check.atRest?.(nowMs());
  return problems.join('\n');
}

/** The only dialog that is seen is seen otherwise. */
function otherwise(change: Partial<SeenDialog>) {
  return ({ watch }: Scene) => {
    for (const [id, dialog] of watch.dialogs) watch.dialogs.set(id, { ...dialog, ...change });
  };
}

const SPOILT: readonly (readonly [name: string, spoil: (scene: Scene) => void, says: RegExp])[] = [
  ['nothing is wrong', () => {}, /^$/],
  ['a dialog is not seen', ({ watch }) => watch.dialogs.clear(), /does not see the dialog/],
  [
    'one that is over is seen',
    ({ stage, watch, out }) => {
      const [kept] = watch.dialogs.values();
      stage.hangUp(stage.benDesk, out);
      if (kept) watch.dialogs.set(kept.id, kept);
    },
    /which is over/,
  ],
  [
    'one is seen twice',
    ({ watch }) => {
      for (const dialog of [...watch.dialogs.values()]) watch.dialogs.set('again', { ...dialog, id: 'again' });
    },
    /twice/,
  ],
  ['one that never was is seen', otherwise({ callId: 'of nobody' }), /which nobody has/],
  ['it is seen ringing', otherwise({ state: 'early' }), /as early, which is up/],
  ['with other tags', otherwise({ localTag: 'other' }), /with the tags other and/],
  ['as a call that Anna made', otherwise({ direction: 'initiator' }), /as initiator/],
  ['with somebody else', otherwise({ remote: '4022' }), /with 4022, which is with 4021/],
  ['on hold', otherwise({ isHolding: true }), / holding/],
  ['muted', otherwise({ isMuted: true }), / muted/],
  ['at another device', otherwise({ device: 'browser' }), /at the device browser/],
  ['a document is missing', ({ watch }) => void watch.faults.push('version 5 after 3'), /was told version 5 after 3/],
];

describe('what watchers are told', () => {
  for (const [name, spoil, says] of SPOILT) test(name, () => assert.match(judged(spoil), says));
});

const people = { nameOf: () => '', at: () => undefined, partnerOf: () => undefined };
const notify = (body: string) => outgoing(ANNA_CLIENT, sip('NOTIFY sip:anna-clients@10.0.0.30 SIP/2.0', { body }));

describe('what documents name', () => {
  cases(
    (context) => truthfulDialogs(context, [], people, () => system.current()),
    [
      { name: 'the desk number', steps: [notify('<identity>sip:4020@x</identity>')] },
      {
        name: 'an auxiliary number',
        steps: [notify('<identity>sip:80004020@x</identity>')],
        says: /80004020 stands in a document/,
      },
      {
        name: 'an account',
        steps: [notify('<target uri="sip:anna-clients@x"/>')],
        says: /anna-clients stands in a document/,
      },
    ],
  );
});

const KNOWS = ['Recv-Info: unisono-microphone'];
const MUTED = ['Unisono-Microphone: muted'];
const begun = [
  incoming(ANNA_CLIENT, sip('INVITE sip:4021@x SIP/2.0', { callId: 'one' })),
  outgoing(ANNA_CLIENT, sip('SIP/2.0 200 OK', { callId: 'one', cseq: '1 INVITE' })),
];
const muted = [
  incoming(
    ANNA_CLIENT,
    sip('INFO sip:4021@x SIP/2.0', {
      callId: 'one',
      cseq: '2 INFO',
      branch: 'two',
      more: ['Info-Package: unisono-microphone'],
      body: 'muted',
    }),
  ),
  outgoing(ANNA_CLIENT, sip('SIP/2.0 200 OK', { callId: 'one', cseq: '2 INFO', branch: 'two' })),
];
const pulled = (from: string, knows: readonly string[], told: readonly string[]) => [
  incoming(
    from,
    sip('INVITE sip:4020@x SIP/2.0', {
      callId: 'pull',
      branch: 'three',
      more: ['Replaces: one;to-tag=a;from-tag=b', ...knows],
    }),
  ),
  outgoing(from, sip('SIP/2.0 200 OK', { callId: 'pull', branch: 'three', more: told })),
];

describe('a microphone that is off', () => {
  cases(mutedStaysMuted, [
    { name: 'is told to who takes over', steps: [...begun, ...muted, ...pulled(ANNA_CLIENT, KNOWS, MUTED)] },
    { name: 'is not told to who does not know how', steps: [...begun, ...muted, ...pulled(ANNA_DESK, [], [])] },
    {
      name: 'is told to who knows how',
      steps: [...begun, ...muted, ...pulled(ANNA_CLIENT, KNOWS, [])],
      says: /not told that the microphone is off/,
    },
    {
      name: 'is not claimed of one that is on',
      steps: [...begun, ...pulled(ANNA_CLIENT, KNOWS, MUTED)],
      says: /off which is not/,
    },
    {
      name: 'is nothing for whom a call begins',
      steps: [outgoing(BEN_DESK, sip('INVITE sip:4021@x SIP/2.0', { callId: 'new', more: MUTED }))],
      says: /off which is not/,
    },
  ]);
});
