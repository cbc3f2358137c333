import { compileSystem } from '../compile.ts';
import {
  CAPACITY_PROFILES,
  DEFAULT_CALL_DEFAULTS,
  DEFAULT_USER_SETTINGS,
  type Numbering,
  type Station,
  type SystemData,
  type Trunk,
  type TrunkGroup,
  type UfipDevice,
  type User,
  type UserSettings,
} from '../model/index.ts';
import { DEFAULT_FEATURE_CODES } from '../numbering/index.ts';
import type { System } from '../system.ts';

/** Munich, without outside-line prefix. */
export const MUNICH: Numbering = {
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
  premiumPrefixes: ['+49900'],
  servicePrefixes: ['+49800', '116', '118'],
  featureCodes: DEFAULT_FEATURE_CODES,
};

export function trunk(id: string, more: Partial<Trunk> = {}): Trunk {
  const peer = { host: `${id}.example`, transport: 'udp' } as const;
  return { id, enabled: true, peer, sourceAddresses: [], optionsIntervalSec: 60, ...more };
}

export function trunkGroup(id: string, more: Partial<TrunkGroup> = {}): TrunkGroup {
  return {
    id,
    enabled: true,
    callerNumber: 'ownNumber',
    numberFormat: 'e164',
    inbound: [],
    trunks: [trunk(`${id}-1`)],
    ...more,
  };
}

export function station(number: string, name: string, more: Partial<Station> = {}): Station {
  const device = { account: { username: number, password: `desk-${number}` }, maxContacts: 1, remote: false };
  return { id: `s${number}`, number, name, state: 'inService', classOfService: 'full', device, ...more };
}

export function user(id: string, deskNumber: string, settings: Partial<UserSettings> = {}): User {
  return {
    id,
    name: id,
    email: `${id}@example.com`,
    deskStation: `s${deskNumber}`,
    mailbox: true,
    settings: { ...DEFAULT_USER_SETTINGS, ...settings },
  };
}

export function ufipDevice(userId: string, number: string, more: Partial<UfipDevice> = {}): UfipDevice {
  const account = { username: `${userId}-clients`, password: `clients-${userId}` };
  return { id: `ufip-${userId}`, number, user: userId, account, maxContacts: 10, gateway: 'gw1', ...more };
}

/**
 * Anna (4020, with clients), Ben (4021, with clients, inside calls only), a lobby phone (4022, nobody's), David
 * (4023, no phone, with clients), echo 4100; two trunk groups, the second for overflow.
 */
export function officeData(more: Partial<SystemData> = {}): SystemData {
  return {
    version: 1,
    company: { name: 'Office', domain: 'example.com', timeZone: 'UTC', language: 'en' },
    numbering: MUNICH,
    defaults: DEFAULT_CALL_DEFAULTS,
    licences: { flex: 10, unifyPhone: 5 },
    gateways: [{ id: 'gw1', kind: 'softgate', capacity: CAPACITY_PROFILES.softgate }],
    clusters: [],
    classesOfService: [
      { id: 'full', allow: ['internal', 'national', 'international', 'premium', 'services', 'featureCodes'] },
      { id: 'inside', allow: ['internal'] },
    ],
    stations: [
      station('4020', 'Anna'),
      station('4021', 'Ben', { classOfService: 'inside' }),
      station('4022', 'Lobby'),
      withoutPhone(station('4023', 'David')),
    ],
    users: [user('anna', '4020'), user('ben', '4021'), user('david', '4023')],
    ufipDevices: [ufipDevice('anna', '8020'), ufipDevice('ben', '8021'), ufipDevice('david', '8023')],
    applications: [{ id: 'echo', number: '4100', name: 'Echo', kind: 'echo' }],
    trunkGroups: [
      trunkGroup('main', { mainNumber: '+49899990', inbound: [{ prefix: '+4989999', digits: 4 }] }),
      trunkGroup('spare', { mainNumber: '+49898880', numberFormat: 'national' }),
    ],
    routes: [
      {
        id: 'all',
        pattern: '*',
        elements: [
          { trunkGroup: 'main', strip: 0, prepend: '' },
          { trunkGroup: 'spare', strip: 0, prepend: '' },
        ],
      },
    ],
    ...more,
  };
}

/** The station with no physical phone behind it. */
export function withoutPhone({ device, ...rest }: Station): Station {
  return rest;
}

export function office(more: Partial<SystemData> = {}): System {
  return compileSystem(officeData(more));
}

/** The office where Anna has these settings. */
export function officeOfAnna(settings: Partial<UserSettings>, more: Partial<SystemData> = {}): System {
  return office({ users: [user('anna', '4020', settings), user('ben', '4021'), user('david', '4023')], ...more });
}
