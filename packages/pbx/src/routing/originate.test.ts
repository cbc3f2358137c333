import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileSystem } from '../compile.ts';
import type { StationState, SystemData } from '../model/index.ts';
import type { System } from '../system.ts';
import { MUNICH, office, officeData, station, trunkGroup, withoutPhone } from '../testing/office.ts';
import { originate } from './originate.ts';
import type { Caller, Origination } from './origination.ts';

const ANNA_DESK: Caller = { from: 'desk', station: 's4020' };
const ANNA_CLIENT: Caller = { from: 'client', ufipDevice: 'ufip-anna' };
const BEN_DESK: Caller = { from: 'desk', station: 's4021' };
const DAVID: Caller = { from: 'client', ufipDevice: 'ufip-david' };
const LOBBY: Caller = { from: 'desk', station: 's4022' };
const PROVIDER: Caller = { from: 'trunk', trunkGroup: 'main', number: '+491711234567', name: 'Zoe' };

/** An origination in one line. */
function brief(origination: Origination): string {
  switch (origination.kind) {
    case 'station':
      return `station ${origination.station}`;
    case 'application':
      return `application ${origination.application.id}`;
    case 'feature':
      return `feature ${JSON.stringify(origination.change)}`;
    case 'trunk':
      return `trunk ${origination.attempts.map((one) => `${one.trunkGroup}:${one.number}`).join(' ')}`;
    case 'emergency':
      return `emergency ${origination.attempts.map((one) => `${one.trunkGroup}:${one.number}`).join(' ')}`;
    case 'refuse':
      return `${origination.status} ${origination.code}`;
  }
}

type Case = readonly [name: string, caller: Caller, dialled: string, means: string, data?: Partial<SystemData>];

const signedOff = { stations: [withoutPhone(station('4020', 'Anna', { state: 'signedOff' })), station('4021', 'Ben')] };
const outOfService = { stations: [station('4020', 'Anna', { state: 'outOfService' }), station('4021', 'Ben')] };
const noTrunks = { trunkGroups: [], routes: [] };

const CASES: readonly Case[] = [
  ['a station is reached by its desk number', ANNA_DESK, '4021', 'station s4021'],
  ['a client reaches a station', ANNA_CLIENT, '4021', 'station s4021'],
  ['a station reaches a person without any phone', BEN_DESK, '4023', 'station s4023'],
  ['a client of that person calls', DAVID, '4020', 'station s4020'],
  ['an application is reached', ANNA_DESK, '4100', 'application echo'],
  ['the echo is reached by its feature code', ANNA_DESK, '*43#', 'application echo'],
  ['the echo code without an echo application', ANNA_DESK, '*43', '404 unknownNumber', { applications: [] }],
  ['a number nobody has', ANNA_DESK, '4555', '404 unknownNumber'],
  ['an auxiliary number does not exist for a station', ANNA_DESK, '8021', '404 unknownNumber'],
  ['an auxiliary number does not exist for a client', ANNA_CLIENT, '8021', '404 unknownNumber'],
  ['the own auxiliary number does not exist either', ANNA_CLIENT, '8020', '404 unknownNumber'],
  ['an auxiliary number does not exist from a trunk', PROVIDER, '+49899998020', '404 unknownNumber'],
  ['the own number is busy', ANNA_CLIENT, '4020', '486 ownNumber'],
  ['the own number with a PIN behind it is busy', ANNA_DESK, '4020,1', '486 ownNumber'],
  ['letters are unknown', ANNA_DESK, 'ben', '404 unknownNumber'],
  ['a number too short is incomplete', ANNA_DESK, '+49', '484 incompleteNumber'],
  [
    'an outside number tries the groups in order, each in its format',
    ANNA_DESK,
    '01711234567',
    'trunk main:+491711234567 spare:01711234567',
  ],
  ['a client calls outside', ANNA_CLIENT, '+442079460000', 'trunk main:+442079460000 spare:00442079460000'],
  ['a person without any phone calls outside', DAVID, '116117', 'trunk main:116117 spare:116117'],
  ['who may call inside only does', BEN_DESK, '4020', 'station s4020'],
  ['who may call inside only does not get out', BEN_DESK, '01711234567', '403 notAllowed'],
  ['who may not dial codes does not', BEN_DESK, '*22#', '403 notAllowed'],
  ['without a route nothing goes out', ANNA_DESK, '01711234567', '404 noRoute', { routes: [] }],
  [
    'a group switched off carries nothing',
    ANNA_DESK,
    '01711234567',
    '404 noRoute',
    { trunkGroups: [trunkGroup('main', { enabled: false })] },
  ],
  ['the own outside number of a colleague stays inside', ANNA_DESK, '+4989 999 4021', 'station s4021'],
  ['even for who may not call outside', BEN_DESK, '0899994020', 'station s4020'],
  ['the outside form of an auxiliary number does not exist', ANNA_DESK, '+49899998021', '404 unknownNumber'],
  ['nor does a number of the own block that nobody has', ANNA_DESK, '0899994777', '404 unknownNumber'],
  ['a device that is not configured', { from: 'desk', station: 'gone' }, '4020', '403 callerUnknown'],
  ['a client whose device is not configured', { from: 'client', ufipDevice: 'gone' }, '4020', '403 callerUnknown'],
  ['a client whose user has no desk station', ANNA_CLIENT, '4021', '403 callerUnknown', { users: [] }],
  ['a signed-off station calls nobody', ANNA_DESK, '4021', '403 callerSignedOff', signedOff],
  ['nor do the clients on it', ANNA_CLIENT, '4021', '403 callerSignedOff', signedOff],
  ['a desk phone out of service does not call', ANNA_DESK, '4021', '403 callerOutOfService', outOfService],
  ['the clients beside it do', ANNA_CLIENT, '4021', 'station s4021', outOfService],
  ['a provider reaches a station by the block', PROVIDER, '+49899994020', 'station s4020'],
  ['a provider that leaves out the plus', PROVIDER, '49899994020', 'station s4020'],
  ['a provider with the number in national form', PROVIDER, '0899994020', 'station s4020'],
  ['a provider reaches an application by the block', PROVIDER, '+49899994100', 'application echo'],
  ['a number of the block nobody has', PROVIDER, '+49899994555', '404 unknownNumber'],
  ['a number outside the block', PROVIDER, '+498912345678', '404 unknownNumber'],
  ['nobody gets from trunk to trunk', PROVIDER, '01711234567', '404 unknownNumber'],
  ['nor to an internal number as such', PROVIDER, '4020', '404 unknownNumber'],
  ['nor to a feature code', PROVIDER, '*22#', '404 unknownNumber'],
  ['nor from outside to the emergency services', PROVIDER, '112', '404 unknownNumber'],
  [
    'a group switched off lets nobody in',
    PROVIDER,
    '+49899994020',
    '403 callerUnknown',
    { trunkGroups: [trunkGroup('main', { enabled: false })] },
  ],
  ['a group that does not exist lets nobody in', { from: 'trunk', trunkGroup: 'gone' }, '4020', '403 callerUnknown'],
  [
    'a tie line may send internal digits where a rule says so',
    PROVIDER,
    '4020',
    'station s4020',
    { trunkGroups: [trunkGroup('main', { inbound: [{ prefix: '', digits: 4 }] })] },
  ],
  [
    'one number leads where its rule says',
    PROVIDER,
    '+49899990',
    'station s4022',
    { trunkGroups: [trunkGroup('main', { inbound: [{ number: '+49899990', to: '4022' }] })] },
  ],
  [
    'one number comes before the block',
    PROVIDER,
    '+49899994020',
    'station s4022',
    {
      trunkGroups: [
        trunkGroup('main', {
          inbound: [
            { prefix: '+4989999', digits: 4 },
            { number: '+49899994020', to: '4022' },
          ],
        }),
      ],
    },
  ],
  [
    'the own outside number of a station works on any group',
    PROVIDER,
    '+49301234567',
    'station s4020',
    { trunkGroups: [trunkGroup('main')], stations: [station('4020', 'Anna', { outsideNumber: '+49301234567' })] },
  ],
  ['112 goes out over every group', ANNA_DESK, '112', 'emergency main:112 spare:112'],
  ['112 from a client', ANNA_CLIENT, '112', 'emergency main:112 spare:112'],
  ['112 for who may call inside only', BEN_DESK, '112', 'emergency main:112 spare:112'],
  ['112 from a lobby phone', LOBBY, '110', 'emergency main:110 spare:110'],
  ['112 from a signed-off station', ANNA_DESK, '112', 'emergency main:112 spare:112', signedOff],
  ['112 from a phone out of service', ANNA_DESK, '112', 'emergency main:112 spare:112', outOfService],
  [
    '112 from a device that is not configured',
    { from: 'desk', station: 'gone' },
    '112',
    'emergency main:112 spare:112',
  ],
  ['112 without any route', ANNA_DESK, '112', 'emergency main:112 spare:112', { routes: [] }],
  ['112 without any trunk is still no refusal', ANNA_DESK, '112', 'emergency ', noTrunks],
];

describe('originate', () => {
  for (const [name, caller, dialled, means, data] of CASES) {
    it(name, () => assert.equal(brief(originate(office(data), caller, dialled)), means));
  }

  it('hands on what is dialled after the answer', () => {
    const call = originate(office(), ANNA_DESK, '4100,,12#');
    assert.deepEqual(call.kind === 'application' && call.postDial, [{ pauseSec: 4, digits: '12#' }]);
  });

  it('refuses an auxiliary number exactly as one that does not exist', () => {
    const system = office();
    for (const caller of [ANNA_DESK, ANNA_CLIENT, LOBBY]) {
      assert.deepEqual(originate(system, caller, '8021'), originate(system, caller, '8555'));
    }
  });
});

describe('the caller as others see them', () => {
  const anna = { number: '4020', name: 'Anna', station: 's4020', user: 'anna' };
  const seen = (caller: Caller, dialled: string, system: System = office()) => {
    const call = originate(system, caller, dialled);
    return call.kind === 'refuse' ? call.code : call.caller;
  };

  it('is the desk number, from the desk phone and from a client', () => {
    assert.deepEqual(seen(ANNA_DESK, '4021'), anna);
    assert.deepEqual(seen(ANNA_CLIENT, '4021'), anna);
  });

  it('is the number and name as received from a trunk, in canonical form', () => {
    assert.deepEqual(seen(PROVIDER, '+49899994020'), { number: '+491711234567', name: 'Zoe' });
    const national: Caller = { from: 'trunk', trunkGroup: 'main', number: '0171 1234567' };
    assert.deepEqual(seen(national, '+49899994020'), { number: '+491711234567' });
  });

  it('is nobody when a trunk sends no number or none that is one', () => {
    assert.deepEqual(seen({ from: 'trunk', trunkGroup: 'main' }, '+49899994020'), {});
    assert.deepEqual(seen({ from: 'trunk', trunkGroup: 'main', number: 'anonymous' }, '+49899994020'), {});
  });

  it('is never an auxiliary number, not even one forged on a group of national format', () => {
    const trunkGroups = [
      trunkGroup('main', { numberFormat: 'national', inbound: [{ prefix: '+4989999', digits: 4 }] }),
    ];
    const caller: Caller = { from: 'trunk', trunkGroup: 'main', number: '8021' };
    assert.deepEqual(seen(caller, '0899994020', office({ trunkGroups })), {});
  });

  it('is never an auxiliary number, not even a forged one', () => {
    for (const number of ['8021', '+49899998021', '0899998021']) {
      assert.deepEqual(seen({ from: 'trunk', trunkGroup: 'main', number }, '+49899994020'), {}, number);
    }
  });
});

describe('feature codes', () => {
  const settings = (patch: object) =>
    `feature ${JSON.stringify({ kind: 'userSettings', user: 'anna', settings: patch })}`;
  const state = (name: StationState, id = 's4022') =>
    `feature ${JSON.stringify({ kind: 'stationState', station: id, state: name })}`;
  const cases: readonly Case[] = [
    [
      'the alternative number is set from a desk phone',
      ANNA_DESK,
      '*21*4021#',
      settings({ routing: 'alternativeNumber', alternativeNumber: '4021' }),
    ],
    [
      'and from a client',
      ANNA_CLIENT,
      '*21*01711234567#',
      settings({ routing: 'alternativeNumber', alternativeNumber: '01711234567' }),
    ],
    ['default routing', ANNA_DESK, '#21#', settings({ routing: 'default' })],
    ['desk phone only', ANNA_DESK, '*22#', settings({ routing: 'deskPhoneOnly' })],
    ['clients only', ANNA_DESK, '*23#', settings({ routing: 'clientsOnly' })],
    ['voicemail', ANNA_DESK, '*24#', settings({ routing: 'voicemail' })],
    ['busy signal', ANNA_DESK, '*66#', settings({ busy: 'busySignal' })],
    ['busy to a number', ANNA_DESK, '*67*4021#', settings({ busy: 'alternativeNumber', alternativeNumber: '4021' })],
    ['busy to voicemail', ANNA_DESK, '*68#', settings({ busy: 'voicemail' })],
    ['call waiting again', ANNA_DESK, '#67#', settings({ busy: 'default' })],
    [
      'no answer to a number',
      ANNA_DESK,
      '*61*4021#',
      settings({ noAnswer: 'alternativeNumber', alternativeNumber: '4021' }),
    ],
    ['no answer to voicemail', ANNA_DESK, '*62#', settings({ noAnswer: 'voicemail' })],
    ['no answer, nothing', ANNA_DESK, '#61#', settings({ noAnswer: 'none' })],
    ['the alternative number without one that is set', ANNA_DESK, '*21#', '403 featureRefused'],
    ['an auxiliary number as alternative number', ANNA_DESK, '*21*8021#', '403 featureRefused'],
    ['the own number as alternative number', ANNA_DESK, '*21*4020#', '403 featureRefused'],
    ['the emergency number as alternative number', ANNA_DESK, '*21*112#', '403 featureRefused'],
    ['a phone that is nobody’s has no settings', LOBBY, '*22#', '403 noUser'],
    ['a lobby phone signs off', LOBBY, '*91#', state('signedOff')],
    ['a station with clients on it does not', ANNA_DESK, '*91#', '403 featureRefused'],
    [
      'a signed-off station signs on again',
      LOBBY,
      '#91#',
      state('inService'),
      { stations: [station('4022', 'Lobby', { state: 'signedOff' })] },
    ],
  ];
  for (const [name, caller, dialled, means, data] of cases) {
    it(name, () => assert.equal(brief(originate(office(data), caller, dialled)), means));
  }

  it('do not betray an auxiliary number', () => {
    const [auxiliary, unknown] = ['8021', '8555'].map((number) => originate(office(), ANNA_DESK, `*21*${number}#`));
    assert.deepEqual(auxiliary, unknown);
  });
});

describe('whatever is configured', () => {
  const anyState = fc.constantFrom<StationState>('inService', 'outOfService', 'signedOff');
  const anyCaller = fc.constantFrom<Caller>(ANNA_DESK, ANNA_CLIENT, BEN_DESK, DAVID, LOBBY, {
    from: 'desk',
    station: '',
  });
  const anySystem = fc
    .record({ state: anyState, prefix: fc.constantFrom('', '0', '9'), enabled: fc.boolean(), routed: fc.boolean() })
    .map(({ state, prefix, enabled, routed }) => {
      const data = officeData({ trunkGroups: [trunkGroup('main', { enabled }), trunkGroup('spare')] });
      const stations = data.stations.map((one) => ({ ...one, state }));
      const numbering = { ...MUNICH, outsideLinePrefix: prefix };
      return compileSystem({ ...data, stations, numbering, routes: routed ? data.routes : [] });
    });

  it('an emergency call is never refused, and tries every group that is on', () => {
    const ways = fc.constantFrom('112', '110', '+49112', 'tel:110', '1 1 2');
    fc.assert(
      fc.property(anySystem, anyCaller, ways, fc.boolean(), (system, caller, way, withLine) => {
        const { outsideLinePrefix } = system.data.numbering;
        const dialled = withLine && /^\d/.test(way) ? outsideLinePrefix + way : way;
        const call = originate(system, caller, dialled);
        assert.equal(call.kind, 'emergency');
        const groups = call.kind === 'emergency' ? call.attempts.map((one) => one.trunkGroup) : [];
        assert.deepEqual(new Set(groups), new Set(system.data.trunkGroups.filter((g) => g.enabled).map((g) => g.id)));
      }),
    );
  });

  it('no dialled string reaches an auxiliary number, and none is ever shown', () => {
    const numbers = ['8020', '8021', '8023'];
    const form = fc.constantFrom('', '0', '00', '+4989999', '089999', '+49(0)89999', 'tel:', '*21*', '*67*', '*61*');
    const tail = fc.constantFrom('', '#', ',1', ';ext=1');
    fc.assert(
      fc.property(
        anySystem,
        anyCaller,
        form,
        fc.constantFrom(...numbers),
        tail,
        (system, caller, before, number, after) => {
          const call = originate(system, caller, before + number + after);
          assert.ok(!['station', 'application', 'feature'].includes(call.kind), brief(call));
          if (call.kind === 'trunk') {
            const shown = [call.caller.number, ...call.attempts.flatMap((one) => [one.callerNumber, one.divertedBy])];
            for (const text of shown) assert.ok(!numbers.some((one) => text?.endsWith(one)), text);
          }
        },
      ),
    );
  });

  it('no caller is shown by anything auxiliary', () => {
    const dialled = fc.constantFrom('4020', '4021', '4023', '4100', '112', '+491711234567', '01711234567', '*22#');
    fc.assert(
      fc.property(anySystem, anyCaller, dialled, (system, caller, number) => {
        const call = originate(system, caller, number);
        if (call.kind === 'refuse') return;
        assert.doesNotMatch(JSON.stringify(call.caller), /802[013]|clients|ufip/);
        const attempts = call.kind === 'trunk' || call.kind === 'emergency' ? call.attempts : [];
        for (const one of attempts) assert.doesNotMatch(`${one.callerNumber} ${one.callerName}`, /802[013]/);
      }),
    );
  });

  it('nobody can make it throw', () => {
    const anyText = fc.oneof(fc.string({ maxLength: 60 }), fc.stringMatching(/^[+*#0-9,;-]{0,30}$/));
    fc.assert(
      fc.property(
        anySystem,
        anyCaller,
        anyText,
        (system, caller, text) => brief(originate(system, caller, text)) !== '',
      ),
    );
  });
});
