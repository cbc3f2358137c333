import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ErrorCode } from '../errors.ts';
import { DEFAULT_USER_SETTINGS, type SystemData, type UserSettings } from '../model/index.ts';
import { MUNICH, officeData, station, trunk, trunkGroup, ufipDevice, user } from '../testing/office.ts';
import { checkSystem } from '../text/read-system.ts';

type Case = readonly [name: string, data: Partial<SystemData>, errors: readonly `${ErrorCode} ${string}`[]];

const office = officeData();
const [anna = station('4020', 'Anna'), ...otherStations] = office.stations;
const [annaUser = user('anna', '4020'), ...otherUsers] = office.users;

const withAnna = (more: Partial<typeof anna>): Partial<SystemData> => ({
  stations: [{ ...anna, ...more }, ...otherStations],
});
const settings = (more: Partial<UserSettings>): Partial<SystemData> => {
  return { users: [{ ...annaUser, settings: { ...DEFAULT_USER_SETTINGS, ...more } }, ...otherUsers] };
};
const withoutMailbox = (more: Partial<UserSettings>): Partial<SystemData> => {
  const changed = { ...annaUser, mailbox: false, settings: { ...DEFAULT_USER_SETTINGS, ...more } };
  return { users: [changed, ...otherUsers] };
};
const numbering = (more: Partial<typeof MUNICH>): Partial<SystemData> => ({ numbering: { ...MUNICH, ...more } });
const gateway = (id: string, devices: number) =>
  ({ id, kind: 'softgate', capacity: { devices, mediaChannels: 120 } }) as const;

const CASES: readonly Case[] = [
  ['the office is sound', {}, []],
  [
    'two stations with one number',
    { stations: [...office.stations, { ...anna, id: 'x', device: withUsername('x') }] },
    ['numberDuplicate stations[4].number'],
  ],
  [
    'a UFIP device with the number of a station',
    { ufipDevices: [ufipDevice('anna', '4021')] },
    ['numberDuplicate ufipDevices[0].number'],
  ],
  [
    'an application with the number of a UFIP device',
    { applications: [{ id: 'echo', number: '8020', name: 'Echo', kind: 'echo' }] },
    ['numberDuplicate applications[0].number'],
  ],
  ['a number outside the ranges', withAnna({ number: '5020' }), ['numberOutsideRanges stations[0].number']],
  ['a number in a reserved range', withAnna({ number: '4950' }), ['numberReserved stations[0].number']],
  [
    'an emergency number as station',
    {
      ...numbering({ internalRanges: [...MUNICH.internalRanges, { from: '100', to: '199' }] }),
      ...withAnna({ number: '112' }),
    },
    ['numberIsEmergency stations[0].number'],
  ],
  [
    'a feature code of digits as station',
    { ...numbering({ featureCodes: { ...MUNICH.featureCodes, echo: '4020' } }) },
    ['numberIsFeatureCode stations[0].number'],
  ],
  [
    'a number behind the outside-line prefix',
    numbering({ outsideLinePrefix: '80' }),
    [
      'numberHasPrefix ufipDevices[0].number',
      'numberHasPrefix ufipDevices[1].number',
      'numberHasPrefix ufipDevices[2].number',
      'numberHasPrefix numbering.internalRanges[1]',
    ],
  ],
  ['a number that is a prefix', { ...numbering({ nationalPrefix: '4020' }) }, ['numberHasPrefix stations[0].number']],
  [
    'a range the wrong way round',
    numbering({ internalRanges: [...MUNICH.internalRanges, { from: '99', to: '90' }] }),
    ['rangeInvalid numbering.internalRanges[2]'],
  ],
  [
    'a range of two lengths',
    numbering({ reservedRanges: [{ from: '99', to: '990' }] }),
    ['rangeInvalid numbering.reservedRanges[0]'],
  ],
  [
    'two features with one code',
    numbering({ featureCodes: { ...MUNICH.featureCodes, echo: '*22' } }),
    ['featureCodeDuplicate numbering.featureCodes.echo'],
  ],
  [
    'features that are switched off share no code',
    numbering({ featureCodes: { ...MUNICH.featureCodes, echo: '', signOff: '' } }),
    [],
  ],
  [
    'a feature code that is an emergency number',
    numbering({ featureCodes: { ...MUNICH.featureCodes, echo: '112' } }),
    ['featureCodeIsEmergency numbering.featureCodes.echo'],
  ],
  [
    'two users with one e-mail address in different case',
    { users: [annaUser, { ...otherUsers[0]!, email: 'Anna@EXAMPLE.com' }, otherUsers[1]!] },
    ['emailDuplicate users[1].email'],
  ],
  [
    'a desk phone and clients with one username',
    { ufipDevices: [ufipDevice('anna', '8020', { account: withUsername('4020').account })] },
    ['usernameDuplicate ufipDevices[0].account.username'],
  ],
  [
    'a trunk that signs in like a phone',
    {
      trunkGroups: [
        ...office.trunkGroups,
        trunkGroup('x', { trunks: [trunk('x', { inboundAccount: { username: '4020', password: 'p' } })] }),
      ],
    },
    ['usernameDuplicate trunkGroups[2].trunks[0].inboundAccount.username'],
  ],
  [
    'two stations with one id',
    { stations: [...office.stations, station('4030', 'Double', { id: 's4020' })] },
    ['idDuplicate stations[4].id'],
  ],
  [
    'two trunks of different groups with one id',
    { trunkGroups: [trunkGroup('main'), trunkGroup('spare', { trunks: [trunk('main-1')] })] },
    ['idDuplicate trunkGroups[1].trunks[0].id'],
  ],
  [
    'an outside number of two stations',
    {
      stations: [
        station('4020', 'Anna', { outsideNumber: '+49897771' }),
        station('4021', 'Ben', { outsideNumber: '+49897771' }),
        ...otherStations.slice(1),
      ],
    },
    ['outsideNumberDuplicate stations[1].outsideNumber'],
  ],
  [
    'an outside number that a rule leads elsewhere',
    {
      ...withAnna({ outsideNumber: '+49897771' }),
      trunkGroups: [trunkGroup('main', { inbound: [{ number: '+49897771', to: '4021' }] }), trunkGroup('spare')],
    },
    ['outsideNumberDuplicate trunkGroups[0].inbound[0].number'],
  ],
  [
    'an outside number that a rule leads to the same station',
    {
      ...withAnna({ outsideNumber: '+49897771' }),
      trunkGroups: [trunkGroup('main', { inbound: [{ number: '+49897771', to: '4020' }] }), trunkGroup('spare')],
    },
    [],
  ],
  [
    'bare digits on two tie lines',
    {
      trunkGroups: [
        trunkGroup('main', { inbound: [{ number: '1', to: '4020' }] }),
        trunkGroup('spare', { inbound: [{ number: '1', to: '4021' }] }),
      ],
    },
    [],
  ],
  [
    'an unknown class of service',
    withAnna({ classOfService: 'ful' }),
    ['classOfServiceUnknown stations[0].classOfService'],
  ],
  ['a station pinned to an unknown gateway', withAnna({ gateway: 'gw2' }), ['gatewayUnknown stations[0].gateway']],
  [
    'a UFIP device on an unknown gateway',
    { ufipDevices: [ufipDevice('anna', '8020', { gateway: 'gw2' })] },
    ['gatewayUnknown ufipDevices[0].gateway'],
  ],
  [
    'a UFIP device on an unknown cluster',
    { ufipDevices: [withoutGateway({ cluster: 'c' })] },
    ['clusterUnknown ufipDevices[0].cluster'],
  ],
  [
    'a cluster of an unknown gateway',
    { clusters: [{ id: 'c', gateways: ['gw1', 'gw2'] }] },
    ['gatewayUnknown clusters[0].gateways[1]'],
  ],
  [
    'a trunk on an unknown gateway',
    { trunkGroups: [trunkGroup('main', { trunks: [trunk('t', { gateway: 'gw2' })] }), trunkGroup('spare')] },
    ['gatewayUnknown trunkGroups[0].trunks[0].gateway'],
  ],
  [
    'a route over an unknown trunk group',
    { trunkGroups: [trunkGroup('main')] },
    ['trunkGroupUnknown routes[0].elements[1].trunkGroup'],
  ],
  [
    'a UFIP device of an unknown user',
    { ufipDevices: [ufipDevice('ann', '8020')] },
    ['userUnknown ufipDevices[0].user'],
  ],
  [
    'a user on an unknown station',
    { users: [{ ...annaUser, deskStation: 'x' }, ...otherUsers] },
    ['stationUnknown users[0].deskStation'],
  ],
  [
    'two users on one station',
    { users: [...office.users, { ...user('eva', '4020') }] },
    ['stationShared users[3].deskStation'],
  ],
  [
    'two UFIP devices of one user with one id',
    { ufipDevices: [...office.ufipDevices, ufipDevice('anna', '8024', { account: withUsername('x').account })] },
    ['ufipDeviceSecond ufipDevices[3].user'],
  ],
  [
    'two UFIP devices of one user',
    {
      ufipDevices: [...office.ufipDevices, ufipDevice('anna', '8024', { id: 'x', account: withUsername('x').account })],
    },
    ['ufipDeviceSecond ufipDevices[3].user'],
  ],
  [
    'a UFIP device without desk station',
    { users: [withoutStation(annaUser), ...otherUsers] },
    ['ufipDeviceWithoutDeskStation ufipDevices[0].user'],
  ],
  [
    'a UFIP device on a signed-off desk station',
    withAnna({ state: 'signedOff' }),
    ['ufipDeviceStationSignedOff ufipDevices[0].user'],
  ],
  ['a UFIP device on a desk station out of service', withAnna({ state: 'outOfService' }), []],
  [
    'a signed-off station without UFIP device',
    { stations: [...office.stations, station('4030', 'Lab', { state: 'signedOff' })] },
    [],
  ],
  ['as many Flex licences as stations', { licences: { flex: 4, unifyPhone: 3 } }, []],
  [
    'one Flex licence too few, the station without a phone counts',
    { licences: { flex: 3, unifyPhone: 3 } },
    ['flexLicencesOverrun licences.flex'],
  ],
  [
    'one Unify Phone licence too few',
    { licences: { flex: 4, unifyPhone: 2 } },
    ['unifyPhoneLicencesOverrun licences.unifyPhone'],
  ],
  ['12,000 Flex licences', { licences: { flex: 12_000, unifyPhone: 3 } }, []],
  ['12,001 Flex licences', { licences: { flex: 12_001, unifyPhone: 3 } }, ['flexLicencesTooMany licences.flex']],
  ['a gateway with as many devices as it carries', { gateways: [gateway('gw1', 3), gateway('gw2', 9)] }, []],
  [
    'a gateway with one device too many',
    { gateways: [gateway('gw1', 2), gateway('gw2', 9)] },
    ['gatewayCapacityOverrun gateways[0].capacity.devices'],
  ],
  ['a system with one device too many', { gateways: [gateway('gw1', 5)] }, ['systemCapacityOverrun gateways']],
  [
    'a cluster with too many devices for what is left',
    {
      gateways: [gateway('gw1', 1), gateway('gw2', 9)],
      clusters: [{ id: 'c', gateways: ['gw1'] }],
      ufipDevices: [withoutGateway({ cluster: 'c' }), ufipDevice('ben', '8021')],
    },
    ['clusterCapacityOverrun clusters[0].gateways'],
  ],
  [
    'voicemail without a mailbox',
    withoutMailbox({ routing: 'voicemail' }),
    ['mailboxMissing users[0].settings.routing'],
  ],
  [
    'busy to voicemail without a mailbox',
    withoutMailbox({ busy: 'voicemail' }),
    ['mailboxMissing users[0].settings.busy'],
  ],
  [
    'no answer to voicemail without a mailbox',
    withoutMailbox({ noAnswer: 'voicemail' }),
    ['mailboxMissing users[0].settings.noAnswer'],
  ],
  [
    'alternative number that is not set',
    settings({ routing: 'alternativeNumber', busy: 'alternativeNumber' }),
    ['alternativeNumberMissing users[0].settings.routing', 'alternativeNumberMissing users[0].settings.busy'],
  ],
  [
    'alternative number that is the own one',
    settings({ alternativeNumber: '4020' }),
    ['alternativeNumberIsOwn users[0].settings.alternativeNumber'],
  ],
  [
    'alternative number that is the own outside number',
    settings({ alternativeNumber: '+49899994020' }),
    ['alternativeNumberIsOwn users[0].settings.alternativeNumber'],
  ],
  [
    'alternative number that is auxiliary',
    settings({ alternativeNumber: '8021' }),
    ['alternativeNumberIsAuxiliary users[0].settings.alternativeNumber'],
  ],
  [
    'alternative number that does not exist',
    settings({ alternativeNumber: '4555' }),
    ['alternativeNumberUnknown users[0].settings.alternativeNumber'],
  ],
  [
    'alternative number that is the emergency number',
    settings({ alternativeNumber: '112' }),
    ['alternativeNumberInvalid users[0].settings.alternativeNumber'],
  ],
  ['alternative number outside', settings({ alternativeNumber: '+491711234567' }), []],
  [
    'fixed target that is auxiliary',
    settings({ routing: 'other', fixedTarget: '8021' }),
    ['alternativeNumberIsAuxiliary users[0].settings.fixedTarget'],
  ],
  ['fixed target without routing other', settings({ fixedTarget: '4021' }), ['fieldCombination users[0].settings']],
  ['routing other without fixed target', settings({ routing: 'other' }), ['fieldCombination users[0].settings']],
  [
    'clients that ring when the ring time is over',
    settings({ ringOrder: { order: 'deskFirst', afterSec: 20 } }),
    ['ringOrderTooLate users[0].settings.ringOrder'],
  ],
  ['clients that ring a second before', settings({ ringOrder: { order: 'deskFirst', afterSec: 19 } }), []],
  [
    'an inbound rule to nowhere',
    { trunkGroups: [trunkGroup('main', { inbound: [{ number: '+49897771', to: '4555' }] }), trunkGroup('spare')] },
    ['inboundTargetUnknown trunkGroups[0].inbound[0].to'],
  ],
  [
    'an inbound rule to an auxiliary number',
    { trunkGroups: [trunkGroup('main', { inbound: [{ number: '+49897771', to: '8020' }] }), trunkGroup('spare')] },
    ['inboundTargetIsAuxiliary trunkGroups[0].inbound[0].to'],
  ],
  [
    'a main number that is shown and not there',
    { trunkGroups: [trunkGroup('main', { callerNumber: 'mainNumber' }), trunkGroup('spare')] },
    ['mainNumberMissing trunkGroups[0].callerNumber'],
  ],
  [
    'two routes with one pattern',
    { routes: [...office.routes, { ...office.routes[0]!, id: 'x' }] },
    ['routePatternDuplicate routes[1].pattern'],
  ],
];

function withUsername(username: string) {
  return { account: { username, password: 'p' }, maxContacts: 1, remote: false };
}

function withoutGateway(more: { readonly cluster: string }) {
  const { gateway: _gateway, ...rest } = ufipDevice('anna', '8020');
  return { ...rest, ...more };
}

function withoutStation({ deskStation: _deskStation, ...rest }: typeof annaUser) {
  return rest;
}

describe('checkSystem', () => {
  for (const [name, data, errors] of CASES) {
    it(name, () => {
      const found = checkSystem(officeData(data)).map((error) => `${error.code} ${error.path}`);
      assert.deepEqual(found.sort(), [...errors].sort());
    });
  }

  it('says in every error what is wrong and what would be right', () => {
    for (const [name, data] of CASES) {
      for (const { message, hint } of checkSystem(officeData(data))) {
        assert.match(message, /^\S.*[.]$/s, name);
        assert.match(hint, /^[A-Z].*[.?]$/s, name);
      }
    }
  });

  it('finds all errors at once', () => {
    const codes = checkSystem(
      officeData({ ...withAnna({ state: 'signedOff', number: '5020' }), licences: { flex: 1, unifyPhone: 1 } }),
    );
    assert.deepEqual(codes.map((error) => error.code).sort(), [
      'flexLicencesOverrun',
      'numberOutsideRanges',
      'ufipDeviceStationSignedOff',
      'unifyPhoneLicencesOverrun',
    ]);
  });
});
