import type { Station, SystemData, Trunk, TrunkGroup, UfipDevice, User } from '@unisono/pbx';

/** Where the far ends of the trunks are. */
export const PROVIDER_ADDRESSES = { first: '10.9.0.1', second: '10.9.0.2', spare: '10.9.0.3' } as const;

/** What the gateway signs in with at the spare provider, which asks for it and wants to be registered at. */
export const SPARE_ACCOUNT = { username: 'lindner-spare', password: 'spare-secret' } as const;

/** Beginning of the outside numbers whose last four digits are a desk number. */
export const DIRECT_PREFIX = '+4989777';
/** Beginning of those whose last eight digits are an auxiliary number: they must lead nowhere. */
export const AUXILIARY_PREFIX = '+4989778';

/**
 * The demo company as the simulation uses it: auxiliary numbers of eight digits, which chance does not write into a tag
 * or an address; two trunk groups, the second for overflow; a phone out of service, a station signed off, a person
 * without phone and clients, a phone that is nobody's and may be there twice.
 */
export function simulatedCompany(demo: SystemData): SystemData {
  return {
    ...demo,
    numbering: {
      ...demo.numbering,
      internalRanges: [
        { from: '4000', to: '4999' },
        { from: '80000000', to: '80009999' },
      ],
    },
    stations: [...demo.stations, ...MORE_STATIONS],
    users: [...demo.users, ...MORE_PEOPLE],
    ufipDevices: [...demo.ufipDevices, ...MORE_CLIENTS].map(withLongNumber),
    trunkGroups: [providerGroup(), spareGroup()],
    routes: [
      {
        id: 'outside',
        pattern: '*',
        elements: [
          { trunkGroup: 'provider', strip: 0, prepend: '' },
          { trunkGroup: 'spare', strip: 0, prepend: '' },
        ],
      },
    ],
  };
}

const MORE_STATIONS: readonly Station[] = [
  station('4026', 'Greta Lang', { state: 'outOfService', device: phone('4026', 1) }),
  station('4027', 'Frank Weber', {}),
  station('4030', 'Old Workshop', { state: 'signedOff', device: phone('4030', 1) }),
  station('4031', 'Lobby', { device: phone('4031', 2), classOfService: 'internal' }),
];

const MORE_PEOPLE: readonly User[] = [person('greta', 'Greta Lang', '4026'), person('frank', 'Frank Weber', '4027')];

const MORE_CLIENTS: readonly UfipDevice[] = [
  {
    id: 'ufip-greta',
    number: '8026',
    user: 'greta',
    account: { username: 'greta-clients', password: 'greta-secret' },
    maxContacts: 10,
    gateway: 'gw1',
  },
];

function withLongNumber(device: UfipDevice): UfipDevice {
  return { ...device, number: `8000${device.number.replace(/^8/, '4')}` };
}

function station(number: string, name: string, more: Partial<Station>): Station {
  return { id: number, number, name, state: 'inService', classOfService: 'office', ...more };
}

function phone(username: string, maxContacts: number) {
  return { account: { username, password: `secret-${username}` }, maxContacts, remote: false };
}

function person(id: string, name: string, deskStation: string): User {
  const settings = {
    routing: 'default',
    busy: 'default',
    noAnswer: 'none',
    ringOrder: { order: 'simultaneous' },
    earlierAlternativeNumbers: [],
  } as const;
  return { id, name, email: `${id}@lindner-optik.example`, deskStation, mailbox: false, settings };
}

function providerGroup(): TrunkGroup {
  return {
    id: 'provider',
    enabled: true,
    mainNumber: '+498999998000',
    callerNumber: 'ownNumber',
    numberFormat: 'e164',
    channels: 8,
    inbound: [
      { number: '+498999998000', to: '4000' },
      { prefix: DIRECT_PREFIX, digits: 4 },
      { prefix: AUXILIARY_PREFIX, digits: 8 },
    ],
    trunks: [
      trunk('provider-1', PROVIDER_ADDRESSES.first, 'udp', { channels: 4 }),
      trunk('provider-2', PROVIDER_ADDRESSES.second, 'tcp'),
    ],
  };
}

function spareGroup(): TrunkGroup {
  return {
    id: 'spare',
    enabled: true,
    mainNumber: '+498988880',
    callerNumber: 'mainNumber',
    numberFormat: 'national',
    inbound: [{ number: '+498988880', to: '4000' }],
    trunks: [
      trunk('spare-1', PROVIDER_ADDRESSES.spare, 'udp', {
        credentials: SPARE_ACCOUNT,
        registration: { expiresSec: 600 },
      }),
    ],
  };
}

function trunk(id: string, host: string, transport: 'udp' | 'tcp', more: Partial<Trunk> = {}): Trunk {
  return {
    id,
    enabled: true,
    peer: { host, port: 5060, transport },
    sourceAddresses: [],
    optionsIntervalSec: 60,
    ...more,
  };
}
