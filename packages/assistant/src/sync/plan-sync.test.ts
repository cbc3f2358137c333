import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PlanInput, planSync } from './plan-sync.ts';
import { reasonText } from './reasons.ts';
import type { Device, DirectoryPerson, ReasonCode, SyncClass, Upload } from './types.ts';

const DATA = {} as NonNullable<Device['connection']>['data'];

const person = (id: string, email = `${id}@x.example`): DirectoryPerson => ({
  id,
  email,
  displayName: id.toUpperCase(),
});

const device = (user: string, more: Partial<Device> = {}): Device => ({
  user,
  name: user,
  email: `${user}@x.example`,
  ufipDevice: `ufip-${user}`,
  number: '4020',
  isSignedOff: false,
  connection: { data: DATA, digest: 'now' },
  ...more,
});

const upload = (user: string, digest = 'now', version = 7): Upload => ({ user, digest, version });

const input = (more: Partial<PlanInput>): PlanInput => ({
  directory: [],
  devices: [],
  uploads: new Map(),
  freeLicences: 3,
  isLicensed: true,
  nowMs: 100,
  ...more,
});

type Case = [name: string, more: Partial<PlanInput>, rows: [SyncClass, ReasonCode][], steps: string[]];

const a = person('a');
const CASES: Case[] = [
  [
    'matched and uploaded',
    { directory: [a], devices: [device('a')], uploads: new Map([['a', upload('a')]]) },
    [['inStep', 'matched']],
    [],
  ],
  ['a new match', { directory: [a], devices: [device('a')] }, [['toAdd', 'newMatch']], ['put a 100']],
  [
    'an address in other letters, with a domain in its own script',
    { directory: [person('a', 'A@BÜCHER.example')], devices: [device('a', { email: 'a@xn--bcher-kva.example' })] },
    [['toAdd', 'newMatch']],
    ['put a 100'],
  ],
  [
    'the same name and another address are no match',
    { directory: [person('a', 'a+phone@x.example')], devices: [device('a')] },
    [
      ['withoutDevice', 'unknownAddress'],
      ['withoutPerson', 'noPerson'],
    ],
    [],
  ],
  [
    'data that has changed',
    { directory: [a], devices: [device('a')], uploads: new Map([['a', upload('a', 'old', 700)]]) },
    [['changed', 'dataChanged']],
    ['put a 701'],
  ],
  [
    'a person who has left the directory, told once',
    { devices: [device('a')], uploads: new Map([['a', upload('a')]]) },
    [['toWithdraw', 'personGone']],
    ['withdraw a 100'],
  ],
  [
    'a device that was taken away',
    {
      directory: [a],
      devices: [device('a', { ufipDevice: undefined, connection: undefined })],
      uploads: new Map([['a', upload('a')]]),
    },
    [['toWithdraw', 'deviceGone']],
    ['withdraw a 100'],
  ],
  [
    'what was withdrawn is not withdrawn again',
    { directory: [a], uploads: new Map([['a', upload('', '')]]) },
    [['withoutDevice', 'unknownAddress']],
    [],
  ],
  [
    'a user without device, and no licence for one',
    { directory: [a], devices: [device('a', { ufipDevice: undefined, connection: undefined })], freeLicences: 0 },
    [['withoutDevice', 'noDeviceNoLicence']],
    [],
  ],
  ['a device nobody in the directory has', { devices: [device('a')] }, [['withoutPerson', 'noPerson']], []],
  [
    'a user without device whom the directory does not know is nobody’s concern',
    { devices: [device('a', { ufipDevice: undefined })] },
    [],
    [],
  ],
  [
    'a signed-off desk station ends the match',
    {
      directory: [a],
      devices: [device('a', { isSignedOff: true, connection: undefined })],
      uploads: new Map([['a', upload('a')]]),
    },
    [['conflict', 'signedOff']],
    ['withdraw a 100'],
  ],
  [
    'no desk station',
    { directory: [a], devices: [device('a', { number: undefined, connection: undefined })] },
    [['conflict', 'noDeskStation']],
    [],
  ],
  [
    'two devices with one address: neither is taken',
    { directory: [a], devices: [device('a'), device('b', { email: 'A@x.example' })] },
    [['conflict', 'twoDevices']],
    [],
  ],
  [
    'two persons with one address: neither is taken',
    { directory: [a, person('b', 'A@X.example')], devices: [device('a')] },
    [
      ['conflict', 'twoPersons'],
      ['conflict', 'twoPersons'],
    ],
    [],
  ],
  ['no licence', { directory: [a], devices: [device('a')], isLicensed: false }, [['conflict', 'noLicence']], []],
];

for (const [name, more, rows, steps] of CASES) {
  test(`a plan: ${name}`, () => {
    const plan = planSync(input(more));
    assert.deepEqual(
      plan.rows.map((row) => [row.class, row.reason]),
      rows,
    );
    assert.deepEqual(
      plan.steps.map((step) => `${step.op} ${step.person} ${step.version}`),
      steps,
    );
    for (const row of plan.rows) {
      for (const language of ['en', 'de'] as const) {
        const { reason, action } = reasonText(row, language);
        assert.match(reason, /\.$/);
        assert.match(action, /\.$/);
      }
    }
  });
}

/** Any small directory and PBX with few addresses, so that they meet, collide and miss each other. */
const anyInput = fc.record({
  persons: fc.uniqueArray(fc.record({ id: fc.constantFrom('p1', 'p2', 'p3', 'p4'), at: fc.nat(3) }), {
    selector: ({ id }) => id,
  }),
  users: fc.uniqueArray(
    fc.record({
      user: fc.constantFrom('u1', 'u2', 'u3', 'u4'),
      at: fc.nat(3),
      hasDevice: fc.boolean(),
      isSignedOff: fc.boolean(),
      digest: fc.constantFrom('d1', 'd2'),
    }),
    { selector: ({ user }) => user },
  ),
  uploads: fc.uniqueArray(
    fc.record({
      id: fc.constantFrom('p1', 'p2', 'p3', 'p4', 'p5'),
      user: fc.constantFrom('u1', 'u2', 'u3', 'u9'),
      digest: fc.constantFrom('d1', 'd2', ''),
    }),
    { selector: ({ id }) => id },
  ),
});

test('everybody is in exactly one class, and a plan that was carried out leaves nothing to do', () => {
  fc.assert(
    fc.property(anyInput, ({ persons, users, uploads }) => {
      const given = input({
        directory: persons.map(({ id, at }) => person(id, `${at}@x.example`)),
        devices: users.map(({ user, at, hasDevice, isSignedOff, digest }) =>
          device(user, {
            email: `${at}@X.example`,
            isSignedOff,
            ufipDevice: hasDevice ? user : undefined,
            connection: hasDevice && !isSignedOff ? { data: DATA, digest } : undefined,
          }),
        ),
        uploads: new Map(uploads.map(({ id, user, digest }) => [id, upload(user, digest)])),
      });
      const plan = planSync(given);
      const told = plan.rows.flatMap((row) => (row.person === undefined ? [] : [row.person]));
      assert.equal(new Set(told).size, told.length);
      for (const { id } of given.directory) assert.ok(told.includes(id));
      assert.deepEqual(planSync(given), plan);
      const after = new Map(given.uploads);
      for (const step of plan.steps) {
        assert.ok(step.version > (after.get(step.person)?.version ?? -1));
        after.set(
          step.person,
          step.op === 'put' ? upload(step.user, step.digest, step.version) : upload('', '', step.version),
        );
      }
      assert.deepEqual(planSync({ ...given, uploads: after }).steps, []);
    }),
  );
});
