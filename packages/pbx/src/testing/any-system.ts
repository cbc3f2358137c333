import fc from 'fast-check';
import {
  CAPACITY_PROFILES,
  type Station,
  type SystemData,
  type TrunkGroup,
  type User,
  type UserSettings,
} from '../model/index.ts';
import { MUNICH, officeData, station, trunk, trunkGroup, ufipDevice, withoutPhone } from './office.ts';

/** Texts that YAML could take for something else, beside any other. */
const TRICKY = [
  'null',
  'true',
  'no',
  '~',
  '0x1F',
  '1e3',
  '.5',
  '012',
  '- a',
  'a: b',
  '# no',
  '"',
  "'",
  '[',
  '{}',
  '&a',
  '*a',
  '!t',
  '%',
  '@',
  '<<',
  '2026-01-01',
  '=',
  '\u00e4\u{1F4DE}',
];

const anyName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...TRICKY),
  fc
    .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
    .filter((text) =>
      /^[^\p{Cc}\p{Cs}\p{Zs}\p{Zl}\p{Zp}]([^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*[^\p{Cc}\p{Cs}\p{Zs}\p{Zl}\p{Zp}])?$/u.test(text),
    ),
);
const anySecret = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text));
const anyMobile = fc.integer({ min: 1_500_000_000, max: 1_799_999_999 }).map((digits) => `+49${digits}`);

const anySettings: fc.Arbitrary<UserSettings> = fc.record(
  {
    routing: fc.constantFrom('default', 'deskPhoneOnly', 'clientsOnly', 'alternativeNumber', 'voicemail'),
    busy: fc.constantFrom('default', 'busySignal', 'alternativeNumber', 'voicemail'),
    noAnswer: fc.constantFrom('none', 'alternativeNumber', 'voicemail'),
    ringOrder: fc.constantFrom(
      { order: 'simultaneous' },
      { order: 'deskFirst', afterSec: 4 },
      { order: 'clientsFirst', afterSec: 1 },
    ),
    ringSec: fc.integer({ min: 5, max: 180 }),
    alternativeNumber: anyMobile,
    earlierAlternativeNumbers: fc.array(anyMobile, { maxLength: 10 }),
  },
  {
    noNullPrototype: true,
    requiredKeys: ['routing', 'busy', 'noAnswer', 'ringOrder', 'alternativeNumber', 'earlierAlternativeNumbers'],
  },
);

const anyStation: fc.Arbitrary<(number: string) => Station> = fc
  .record({
    name: anyName,
    password: anySecret,
    state: fc.constantFrom('inService', 'outOfService'),
    hasPhone: fc.boolean(),
    maxContacts: fc.integer({ min: 1, max: 50 }),
    remote: fc.boolean(),
  })
  .map(({ name, password, state, hasPhone, maxContacts, remote }) => (number) => {
    const account = { username: `${number}~desk`, password };
    const made = station(number, name, { state, device: { account, maxContacts, remote } });
    return hasPhone ? made : withoutPhone(made);
  });

const anyUser: fc.Arbitrary<(index: number, desk: Station) => User> = fc
  .record({
    name: anyName,
    settings: anySettings,
    language: fc.option(fc.constantFrom('en', 'de'), { nil: undefined }),
  })
  .map(({ name, settings, language }) => (index, desk) => ({
    id: `u${index}`,
    name,
    email: `u${index}@example.com`,
    ...(language === undefined ? {} : { language }),
    deskStation: desk.id,
    mailbox: true,
    settings,
  }));

const anyTrunkGroup: fc.Arbitrary<TrunkGroup> = fc
  .record({
    name: anyName,
    enabled: fc.boolean(),
    callerNumber: fc.constantFrom('ownNumber', 'withheld', 'passthrough'),
    numberFormat: fc.constantFrom('e164', 'national'),
    password: anySecret,
    expiresSec: fc.integer({ min: 60, max: 86_400 }),
    port: fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
  })
  .map(({ password, expiresSec, port, ...rest }) => {
    const peer = { host: '2001:db8::1', transport: 'tls', ...(port === undefined ? {} : { port }) } as const;
    const credentials = { username: '+49899990', password, realm: 'r' };
    const sourceAddresses = ['192.0.2.0/24', '2001:db8::/32', '198.51.100.7'];
    const more = { peer, credentials, registration: { expiresSec }, sourceAddresses, channels: 3 };
    return trunkGroup('main', { ...rest, trunks: [trunk('t', more)], inbound: [{ prefix: '+4989999', digits: 4 }] });
  });

/** Sound system data of many shapes. */
export const anySystemData: fc.Arbitrary<SystemData> = fc
  .record({
    stations: fc.array(anyStation, { maxLength: 6 }),
    makeUser: anyUser,
    group: anyTrunkGroup,
    name: anyName,
    announcement: fc.string({ minLength: 1, unit: 'binary' }),
    outsideLinePrefix: fc.constantFrom('', '0', '9'),
    intervalSec: fc.constantFrom(0, 30, 3600),
  })
  .map(({ stations: makers, makeUser, group, name, announcement, outsideLinePrefix, intervalSec }) => {
    const stations = makers.map((make, index) => make(String(4020 + index)));
    const users = stations.map((desk, index) => makeUser(index, desk));
    const office = officeData();
    return {
      ...office,
      company: { ...office.company, name, realm: name },
      numbering: { ...MUNICH, outsideLinePrefix },
      defaults: { ringSec: 20, ufipKeepAlive: { intervalSec, attempts: 5 } },
      gateways: [...office.gateways, { id: 'gw2', name, kind: 'stmix', capacity: CAPACITY_PROFILES.stmix }],
      clusters: [{ id: 'c1', name, gateways: ['gw1', 'gw2'] }],
      licences: { flex: 12_000, unifyPhone: 6 },
      stations,
      users,
      ufipDevices: users.map((user, index) => ufipDevice(user.id, String(8020 + index))),
      applications: [{ id: 'a', number: '4101', name, kind: 'announcement', text: announcement, tone: 'melody' }],
      trunkGroups: [group],
      routes: [
        { id: 'r', pattern: '+49X', elements: [{ trunkGroup: 'main', strip: 1, prepend: '0', replace: '100' }] },
      ],
    };
  });
