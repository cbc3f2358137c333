import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileSystem } from '../compile.ts';
import type { Station, SystemData, User } from '../model/index.ts';
import type { System } from '../system.ts';
import { office, officeData, officeOfAnna, user } from '../testing/office.ts';
import { checkSystem } from '../text/read-system.ts';
import { applyChange, applyChanges, type ChangeResult } from './apply-change.ts';
import type { Change, UserSettingsPatch } from './change.ts';

function errorsOf(result: ChangeResult): readonly string[] {
  return result.ok ? [] : result.errors.map(({ code, path }) => `${code} ${path}`);
}

function applied(result: ChangeResult): System {
  assert.ok(result.ok, JSON.stringify(result));
  return result.system;
}

describe('applyChange', () => {
  const refused: readonly [name: string, change: Change, error: string, data?: Partial<SystemData>][] = [
    [
      'a station with a number that is taken',
      { kind: 'create', list: 'stations', value: { number: '4020', name: 'X', classOfService: 'full' } },
      'numberDuplicate stations[4].number',
    ],
    [
      'a station without a name',
      { kind: 'create', list: 'stations', value: { number: '4030', classOfService: 'full' } },
      'fieldMissing stations[4].name',
    ],
    [
      'a station beyond the licences',
      { kind: 'create', list: 'stations', value: { number: '4030', name: 'X', classOfService: 'full' } },
      'flexLicencesOverrun licences.flex',
      { licences: { flex: 4, unifyPhone: 3 } },
    ],
    [
      'a mistyped field',
      { kind: 'update', list: 'users', id: 'anna', value: { nam: 'X' } },
      'fieldUnknown users[0].nam',
    ],
    ['an entry that is not there', { kind: 'update', list: 'users', id: 'nobody', value: {} }, 'entryUnknown users'],
    ['deleting what is not there', { kind: 'delete', list: 'routes', id: 'nothing' }, 'entryUnknown routes'],
    [
      'deleting what something hangs on',
      { kind: 'delete', list: 'gateways', id: 'gw1' },
      'systemCapacityOverrun gateways',
    ],
    [
      'licences fewer than used',
      { kind: 'set', section: 'licences', value: { unifyPhone: 2 } },
      'unifyPhoneLicencesOverrun licences.unifyPhone',
    ],
    [
      'a keep-alive of 10 s',
      { kind: 'set', section: 'defaults', value: { ufipKeepAlive: { intervalSec: 10 } } },
      'fieldFormat defaults.ufipKeepAlive.intervalSec',
    ],
    [
      'signing off under a UFIP device',
      { kind: 'stationState', station: 's4020', state: 'signedOff' },
      'ufipDeviceStationSignedOff stations[0].state',
    ],
    [
      'signing off under a UFIP device by update',
      { kind: 'update', list: 'stations', id: 's4020', value: { state: 'signedOff' } },
      'ufipDeviceStationSignedOff ufipDevices[0].user',
    ],
    ['the state of no station', { kind: 'stationState', station: 'gone', state: 'inService' }, 'entryUnknown stations'],
    ['the settings of nobody', { kind: 'userSettings', user: 'gone', settings: {} }, 'entryUnknown users'],
  ];
  for (const [name, change, error, data] of refused) {
    it(`refuses ${name}`, () => {
      const before = office(data);
      const snapshot = structuredClone(before.data);
      const errors = errorsOf(applyChange(before, change));
      assert.ok(errors.includes(error), errors.join());
      assert.deepEqual(before.data, snapshot);
    });
  }

  it('creates an entry with its defaults, and the index knows it', () => {
    const value = {
      number: '4030',
      name: 'Lab',
      classOfService: 'full',
      device: { account: { username: 'lab', password: 'x' } },
    };
    const system = applied(applyChange(office(), { kind: 'create', list: 'stations', value }));
    assert.equal(system.stations.get('4030')?.state, 'inService');
    assert.deepEqual(system.numbers.get('4030'), { kind: 'station', id: '4030' });
    assert.deepEqual(system.accounts.get('lab'), { kind: 'desk', station: '4030' });
  });

  it('updates some fields and leaves the others (RFC 7396)', () => {
    const value = { number: '4031', device: { maxContacts: 3 } };
    const system = applied(applyChange(office(), { kind: 'update', list: 'stations', id: 's4022', value }));
    const lobby = system.stations.get('s4022');
    assert.deepEqual([lobby?.number, lobby?.name, lobby?.device?.maxContacts], ['4031', 'Lobby', 3]);
    assert.equal(lobby?.device?.account.username, '4022');
    assert.equal(system.numbers.has('4022'), false);
  });

  it('takes an optional field away with null', () => {
    const system = applied(
      applyChange(office(), { kind: 'update', list: 'stations', id: 's4020', value: { device: null } }),
    );
    assert.equal(system.stations.get('s4020')?.device, undefined);
    assert.equal(system.accounts.has('4020'), false);
  });

  it('deletes an entry', () => {
    const system = applied(applyChange(office(), { kind: 'delete', list: 'ufipDevices', id: 'ufip-anna' }));
    assert.equal(system.auxiliaryNumbers.has('8020'), false);
  });

  it('allows a station to sign off once its UFIP device is gone', () => {
    const changes: Change[] = [
      { kind: 'delete', list: 'ufipDevices', id: 'ufip-anna' },
      { kind: 'stationState', station: 's4020', state: 'signedOff' },
    ];
    assert.equal(applied(applyChanges(office(), changes)).stations.get('s4020')?.state, 'signedOff');
  });

  it('keeps data and index in step when a state changes', () => {
    const system = applied(applyChange(office(), { kind: 'stationState', station: 's4022', state: 'outOfService' }));
    assert.deepEqual(system, compileSystem(system.data));
  });
});

describe('applyChanges', () => {
  const person: readonly Change[] = [
    {
      kind: 'create',
      list: 'ufipDevices',
      value: { number: '8030', user: 'eva', gateway: 'gw1', account: { username: 'eva', password: 'x' } },
    },
    {
      kind: 'create',
      list: 'users',
      value: { id: 'eva', name: 'Eva', email: 'eva@example.com', deskStation: 's4030' },
    },
    { kind: 'create', list: 'stations', value: { id: 's4030', number: '4030', name: 'Eva', classOfService: 'full' } },
  ];

  it('asks the rules after the last change, so the order is free', () => {
    const system = applied(applyChanges(office(), person));
    assert.equal(system.ufipDeviceOfUser.get('eva'), 'ufip-eva');
    assert.deepEqual(checkSystem(system.data), []);
  });

  it('takes all or nothing', () => {
    const system = office();
    const result = applyChanges(system, [...person, { kind: 'set', section: 'licences', value: { unifyPhone: 0 } }]);
    assert.deepEqual(errorsOf(result), ['unifyPhoneLicencesOverrun licences.unifyPhone']);
    assert.equal(system.users.has('eva'), false);
  });

  it('mixes every kind of change', () => {
    const system = applied(
      applyChanges(office(), [
        ...person,
        { kind: 'userSettings', user: 'eva', settings: { routing: 'clientsOnly' } },
        { kind: 'stationState', station: 's4030', state: 'outOfService' },
        { kind: 'update', list: 'users', id: 'eva', value: { mailbox: true } },
      ]),
    );
    const eva: User | undefined = system.users.get('eva');
    const desk: Station | undefined = system.stations.get('s4030');
    assert.deepEqual([eva?.settings.routing, eva?.mailbox, desk?.state], ['clientsOnly', true, 'outOfService']);
  });

  it('changes nothing for no changes', () => {
    const system = office();
    assert.equal(applied(applyChanges(system, [])), system);
  });
});

describe('changing user settings', () => {
  const change = (system: System, settings: UserSettingsPatch, who = 'anna') =>
    applyChange(system, { kind: 'userSettings', user: who, settings });
  const settingsAfter = (system: System, ...patches: readonly UserSettingsPatch[]) => {
    const last = patches.reduce((before, patch) => applied(change(before, patch)), system);
    assert.deepEqual(checkSystem(last.data), []);
    assert.deepEqual(last, compileSystem(last.data));
    return last.users.get('anna')?.settings ?? assert.fail('Anna is gone');
  };

  it('stores the alternative number in canonical form', () => {
    assert.equal(settingsAfter(office(), { alternativeNumber: '0171 / 123 45 67' }).alternativeNumber, '+491711234567');
    assert.equal(settingsAfter(office(), { alternativeNumber: '40-21' }).alternativeNumber, '4021');
  });

  it('remembers earlier alternative numbers, newest first, each once, ten at most', () => {
    const patches = ['4021', '4022', '4021', '4100'].map((alternativeNumber) => ({ alternativeNumber }));
    const settings = settingsAfter(office(), ...patches);
    assert.deepEqual(settings.earlierAlternativeNumbers, ['4021', '4022']);
    const many = Array.from({ length: 14 }, (_, index) => ({ alternativeNumber: `+4917112345${10 + index}` }));
    const earlier = settingsAfter(office(), ...many).earlierAlternativeNumbers;
    assert.equal(earlier.length, 10);
    assert.equal(earlier[0], '+491711234522');
  });

  it('remembers the number that is taken away', () => {
    const settings = settingsAfter(office(), { alternativeNumber: '4021' }, { alternativeNumber: null });
    assert.equal(settings.alternativeNumber, undefined);
    assert.deepEqual(settings.earlierAlternativeNumbers, ['4021']);
  });

  it('clears the fixed target when the user chooses another routing', () => {
    const settings = settingsAfter(officeOfAnna({ routing: 'other', fixedTarget: '4021' }), { routing: 'default' });
    assert.deepEqual([settings.routing, settings.fixedTarget], ['default', undefined]);
  });

  it('keeps the fixed target when something else changes', () => {
    const settings = settingsAfter(officeOfAnna({ routing: 'other', fixedTarget: '4021' }), { ringSec: 30 });
    assert.deepEqual([settings.routing, settings.fixedTarget, settings.ringSec], ['other', '4021', 30]);
  });

  it('takes the own ring time away with null', () => {
    assert.equal(settingsAfter(office(), { ringSec: 30 }, { ringSec: null }).ringSec, undefined);
  });

  const refused: readonly [name: string, patch: UserSettingsPatch, error: string, who?: string][] = [
    [
      'alternative number when none is set',
      { routing: 'alternativeNumber' },
      'alternativeNumberMissing users[0].settings.routing',
    ],
    [
      'busy to the alternative number when none is set',
      { busy: 'alternativeNumber' },
      'alternativeNumberMissing users[0].settings.busy',
    ],
    ['the own number', { alternativeNumber: '4020' }, 'alternativeNumberIsOwn users[0].settings.alternativeNumber'],
    [
      'an emergency number',
      { alternativeNumber: '110' },
      'alternativeNumberInvalid users[0].settings.alternativeNumber',
    ],
    [
      'a number that does not exist',
      { alternativeNumber: '4555' },
      'alternativeNumberUnknown users[0].settings.alternativeNumber',
    ],
    [
      'an auxiliary number, as one that does not exist',
      { alternativeNumber: '8021' },
      'alternativeNumberUnknown users[0].settings.alternativeNumber',
    ],
    [
      'the outside form of an auxiliary number that is the own block',
      { alternativeNumber: 'tel:8021' },
      'alternativeNumberUnknown users[0].settings.alternativeNumber',
    ],
    [
      'a number the own station may not dial',
      { alternativeNumber: '+491711234567' },
      'alternativeNumberNotAllowed users[1].settings.alternativeNumber',
      'ben',
    ],
    ['a ring time of an hour', { ringSec: 3600 }, 'fieldRange users[0].settings.ringSec'],
    [
      'clients that ring after the ring time',
      { ringOrder: { order: 'deskFirst', afterSec: 60 } },
      'ringOrderTooLate users[0].settings.ringOrder',
    ],
  ];
  for (const [name, patch, error, who] of refused) {
    it(`refuses ${name}`, () => assert.deepEqual(errorsOf(change(office(), patch, who)), [error]));
  }

  it('refuses voicemail without a mailbox', () => {
    const anna = { ...user('anna', '4020'), mailbox: false };
    const result = change(compileSystem(officeData({ users: [anna], ufipDevices: [] })), { routing: 'voicemail' });
    assert.deepEqual(errorsOf(result), ['mailboxMissing users[0].settings.routing']);
  });

  it('says nothing that betrays an auxiliary number', () => {
    const [auxiliary, unknown] = ['8021', '8555'].map((alternativeNumber) => change(office(), { alternativeNumber }));
    assert.deepEqual(auxiliary, unknown);
  });
});
