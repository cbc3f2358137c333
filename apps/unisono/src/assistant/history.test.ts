import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallLeg, CallParty, CallRecord } from '@unisono/gateway';
import { compileSystem, demoSystem } from '@unisono/pbx';
import { historyEntries } from './history.ts';

const SYSTEM = compileSystem(demoSystem({ random: { int: () => 3 } }));

function person(user: string, station: string): CallParty {
  const { name, number } = SYSTEM.stations.get(station) ?? { name: '', number: '' };
  return { number, name, station, user, trunkGroup: undefined };
}
const ANNA = person('anna', '4020');
const BEN = person('ben', '4021');
const CARLA = person('carla', '4022');
const OUTSIDE: CallParty = { number: '+498912345', name: 'X', station: undefined, user: undefined, trunkGroup: 'main' };

function leg(kind: string, station: string | undefined, status: number): CallLeg {
  const answeredAtMs = status === 200 ? 20 : undefined;
  return { kind, station, startedAtMs: 10, alertingAtMs: 11, answeredAtMs, endedAtMs: 90, status };
}

function call(more: Partial<CallRecord>): CallRecord {
  return {
    id: 'k1',
    caller: ANNA,
    dialled: '4021',
    callee: BEN,
    diversions: [],
    startedAtMs: 10,
    alertingAtMs: 11,
    answeredAtMs: undefined,
    endedAtMs: 90,
    result: 'answered',
    detail: undefined,
    isEmergency: false,
    legs: [],
    ...more,
  };
}

const CONFERENCE = { side: 'callee', joinedAtMs: 50, name: 'Conference with X' } as const;

/** user: direction, result, reason, device, the other party, where it was sent on to. */
const STORIES: [story: string, record: CallRecord, entries: readonly string[]][] = [
  [
    'answered at the desk phone, the client stopped',
    call({ answeredAtMs: 20, legs: [leg('client', '4021', 487), leg('desk', '4021', 200)] }),
    ['anna: outgoing answered - - 4021 -', 'ben: incoming answered - desk 4020 -'],
  ],
  [
    'a feature code is no call',
    call({ dialled: '*66', callee: undefined, answeredAtMs: 20, legs: [leg('feature', undefined, 200)] }),
    [],
  ],
  [
    'nobody answered',
    call({ result: 'noAnswer', legs: [leg('desk', '4021', 487)] }),
    ['anna: outgoing noAnswer - - 4021 -', 'ben: incoming noAnswer - - 4020 -'],
  ],
  [
    'busy: deflected to an alternative number, where it was answered',
    call({ callee: CARLA, diversions: [{ station: '4021', reason: 'busy' }], legs: [leg('desk', '4022', 200)] }),
    [
      'anna: outgoing answered - - 4022 -',
      'ben: incoming deflected busy - 4020 4022',
      'carla: incoming answered - desk 4020 -',
    ],
  ],
  [
    'to voicemail is not answered',
    call({ diversions: [{ station: '4021', reason: 'noAnswer' }], legs: [leg('voicemail', undefined, 200)] }),
    ['anna: outgoing answered - - 4021 -', 'ben: incoming deflected noAnswer voicemail 4020 -'],
  ],
  [
    'to a full mailbox: in vain',
    call({ result: 'unreachable', diversions: [{ station: '4021', reason: 'noAnswer' }] }),
    ['anna: outgoing unreachable - - 4021 -', 'ben: incoming unreachable noAnswer - 4020 -'],
  ],
  [
    'answered, then transferred: who transferred has answered',
    call({
      callee: CARLA,
      diversions: [{ station: '4021', reason: 'transferred' }],
      legs: [leg('desk', '4021', 200), leg('desk', '4022', 200)],
    }),
    [
      'anna: outgoing answered - - 4022 -',
      'ben: incoming answered transferred desk 4020 4022',
      'carla: incoming answered - desk 4020 -',
    ],
  ],
  [
    'transferred in vain: whom it was for was busy, who tried had the call',
    call({
      callee: CARLA,
      diversions: [{ station: '4021', reason: 'transferred' }],
      legs: [leg('desk', '4021', 200), leg('desk', '4022', 486)],
    }),
    ['anna: outgoing answered - - 4022 -', 'ben: incoming answered - desk 4020 -', 'carla: incoming busy - - 4020 -'],
  ],
  [
    'who called and transferred has one entry',
    call({
      callee: CARLA,
      diversions: [{ station: '4020', reason: 'transferred' }],
      legs: [leg('desk', '4021', 200), leg('desk', '4022', 200)],
    }),
    ['anna: outgoing answered - - 4022 -', 'carla: incoming answered - desk 4020 -'],
  ],
  [
    'called, and taken into a conference: who it was with, for whoever was taken in',
    call({ legs: [leg('desk', '4021', 200)], answeredAtMs: 20, conference: CONFERENCE }),
    ['anna: outgoing answered - - 4021 - until 50', 'ben: incoming answered - desk Conference with X - until 90'],
  ],
  [
    'who called is taken into a conference by who was called',
    call({ legs: [leg('desk', '4021', 200)], answeredAtMs: 20, conference: { ...CONFERENCE, side: 'caller' } }),
    ['anna: outgoing answered - - Conference with X - until 90', 'ben: incoming answered - desk 4020 - until 50'],
  ],
  [
    'a caller who withholds the number is not shown to who is called',
    call({ caller: OUTSIDE, isCallerWithheld: true, legs: [leg('desk', '4021', 200)] }),
    ['ben: incoming answered - desk - -'],
  ],
];

for (const [story, record, expected] of STORIES) {
  test(story, () => {
    const entries = historyEntries(SYSTEM, record).map(({ user, entry }) => {
      const { direction, result, reason = '-', device = '-', party, deflectedTo } = entry;
      const who = party.number ?? (record.conference && party.name) ?? '-';
      const until = record.conference ? ` until ${entry.endedAtMs}` : '';
      return `${user}: ${direction} ${result} ${reason} ${device} ${who} ${deflectedTo?.number ?? '-'}${until}`;
    });
    assert.deepEqual(entries, expected);
  });
}
