import type { Station, SystemData, Trunk, TrunkGroup, UfipDevice, User } from './model/index.ts';
import { CAPACITY_PROFILES, DEFAULT_CALL_DEFAULTS, DEFAULT_USER_SETTINGS } from './model/index.ts';
import { DEFAULT_FEATURE_CODES } from './numbering/index.ts';

/** Where the passwords come from: a whole number 0 ≤ n < `bound`, not to be guessed by a stranger. */
export interface PasswordRandom {
  int(bound: number): number;
}

interface Person {
  readonly number: string;
  readonly name: string;
  readonly hasPhone: boolean;
  readonly auxiliaryNumber?: string;
}

const DOMAIN = 'lindner-optik.example';

const PEOPLE: readonly Person[] = [
  { number: '4020', name: 'Anna Lindner', hasPhone: true, auxiliaryNumber: '8020' },
  { number: '4021', name: 'Ben Okafor', hasPhone: true, auxiliaryNumber: '8021' },
  { number: '4022', name: 'Carla Rossi', hasPhone: true, auxiliaryNumber: '8022' },
  { number: '4023', name: 'David Chen', hasPhone: false, auxiliaryNumber: '8023' },
  { number: '4024', name: 'Eva Novak', hasPhone: true },
];

/**
 * A company to try the system with: five people, one without any physical phone and one without clients, a reception
 * phone, an echo and an announcement number, and an example of a trunk group, switched off. Passwords are drawn from `random`.
 */
export function demoSystem({ random }: { readonly random: PasswordRandom }): SystemData {
  const reception: Station = station({ number: '4000', name: 'Reception', hasPhone: true }, random);
  return {
    version: 1,
    company: { name: 'Lindner Optik', domain: DOMAIN, timeZone: 'Europe/Berlin', language: 'en' },
    numbering: {
      countryCode: '49',
      areaCode: '89',
      nationalPrefix: '0',
      internationalPrefix: '00',
      outsideLinePrefix: '',
      emergencyNumbers: ['112', '110'],
      internalRanges: [
        { from: '4000', to: '4999' },
        { from: '8000', to: '8999' },
      ],
      reservedRanges: [{ from: '4900', to: '4999' }],
      premiumPrefixes: ['+49900', '+49137'],
      servicePrefixes: ['+49800', '+49180', '115', '116', '118'],
      featureCodes: DEFAULT_FEATURE_CODES,
    },
    defaults: DEFAULT_CALL_DEFAULTS,
    licences: { flex: 25, unifyPhone: 10 },
    gateways: [{ id: 'gw1', name: 'Gateway 1', kind: 'softgate', capacity: CAPACITY_PROFILES.softgate }],
    clusters: [],
    classesOfService: [
      { id: 'internal', name: 'Inside only', allow: ['internal', 'featureCodes'] },
      {
        id: 'office',
        name: 'Office',
        allow: ['internal', 'national', 'international', 'services', 'featureCodes'],
        watch: true,
      },
    ],
    stations: [reception, ...PEOPLE.map((person) => station(person, random))],
    users: PEOPLE.map(user),
    ufipDevices: PEOPLE.flatMap((person) => ufipDevice(person, random)),
    applications: [
      { id: 'echo', number: '4100', name: 'Echo', kind: 'echo' },
      { id: 'mailbox', number: '4102', name: 'Mailbox', kind: 'mailbox' },
      { id: 'announcement', number: '4101', name: 'Announcement', kind: 'announcement', tone: 'melody' },
    ],
    trunkGroups: [exampleTrunkGroup()],
    routes: [{ id: 'outside', pattern: '*', elements: [{ trunkGroup: 'provider', strip: 0, prepend: '' }] }],
  };
}

/** Numbers of the range that the German regulator keeps free for stories (Munich 99998 000 to 999). */
const MAIN_NUMBER = '+498999998000';

function exampleTrunkGroup(): TrunkGroup {
  const trunk: Trunk = {
    id: 'provider-1',
    enabled: true,
    peer: { host: 'sip.provider.example', transport: 'tls' },
    credentials: { username: MAIN_NUMBER, password: 'from-your-provider' },
    registration: { expiresSec: 600 },
    sourceAddresses: [],
    optionsIntervalSec: 60,
  };
  return {
    id: 'provider',
    name: 'Example: fill in and switch on',
    enabled: false,
    mainNumber: MAIN_NUMBER,
    callerNumber: 'ownNumber',
    numberFormat: 'e164',
    channels: 10,
    inbound: [
      { number: MAIN_NUMBER, to: '4000' },
      { number: '+498999998020', to: '4020' },
    ],
    trunks: [trunk],
  };
}

function idOf(person: Person): string {
  return person.name.split(' ')[0]?.toLowerCase() ?? person.number;
}

function station(person: Person, random: PasswordRandom): Station {
  const { number, name } = person;
  const bare: Station = { id: number, number, name, state: 'inService', classOfService: 'office' };
  if (!person.hasPhone) return bare;
  return {
    ...bare,
    device: { account: { username: number, password: password(random) }, maxContacts: 1, remote: false },
  };
}

function user(person: Person): User {
  const id = idOf(person);
  return {
    id,
    name: person.name,
    email: `${id}@${DOMAIN}`,
    deskStation: person.number,
    mailbox: true,
    settings: DEFAULT_USER_SETTINGS,
  };
}

function ufipDevice(person: Person, random: PasswordRandom): readonly UfipDevice[] {
  if (person.auxiliaryNumber === undefined) return [];
  const id = idOf(person);
  const account = { username: `${id}-clients`, password: password(random) };
  return [{ id: `ufip-${id}`, number: person.auxiliaryNumber, user: id, account, maxContacts: 10, gateway: 'gw1' }];
}

/** Letters and digits that are not mistaken for each other when typed into a phone. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
/** 16 signs of 31 are 79 bits. */
const PASSWORD_LENGTH = 16;

function password(random: PasswordRandom): string {
  return Array.from({ length: PASSWORD_LENGTH }, () => ALPHABET[random.int(ALPHABET.length)]).join('');
}
