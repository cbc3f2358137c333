/** The company that Unisono is measured with. */
import type { DeviceAccount } from '../load/job.ts';
import { contactsOf, PASSWORD, STATION_BASE } from './people.ts';
import type { Stage } from './target.ts';

export const DOMAIN = 'bench.example';
const UFIP_BASE = 200_000;

/** Everybody has a desk phone; for `forks` everybody is a user with clients too. Callers come in over a trunk. */
export function systemData(stage: Pick<Stage, 'kind' | 'accounts' | 'people' | 'callerPort'>): object {
  const count = stage.kind === 'register' ? stage.accounts.length : stage.people;
  const indices = Array.from({ length: count }, (_, index) => index);
  const hasClients = stage.kind === 'forks' || stage.kind === 'clients';
  return {
    version: 1,
    company: { name: 'Bench', domain: DOMAIN },
    numbering: {
      countryCode: '49',
      internalRanges: [
        { from: String(STATION_BASE), to: String(STATION_BASE + 99_999) },
        { from: String(UFIP_BASE), to: String(UFIP_BASE + 99_999) },
      ],
    },
    licences: { flex: 12_000, unifyPhone: hasClients ? count : 0 },
    stations: indices.map(station),
    ...(hasClients ? { users: indices.map(user), ufipDevices: indices.map(ufipDevice) } : {}),
    trunkGroups: [
      {
        id: 'load',
        inbound: [{ prefix: '', digits: 6 }],
        trunks: [{ id: 'load-1', peer: { host: '127.0.0.1', port: stage.callerPort }, optionsIntervalSec: 0 }],
      },
    ],
  };
}

function station(index: number): object {
  const number = String(STATION_BASE + index);
  return { number, name: `Person ${index}`, device: { account: { username: number, password: PASSWORD } } };
}

function user(index: number): object {
  const deskStation = String(STATION_BASE + index);
  return { id: `person-${index}`, name: `Person ${index}`, email: `person-${index}@${DOMAIN}`, deskStation };
}

function ufipDevice(index: number): object {
  const account = { username: clientAccount(index), password: PASSWORD };
  return { number: String(UFIP_BASE + index), user: `person-${index}`, gateway: 'gw1', account };
}

/** User name of the account that a person's clients share. */
export function clientAccount(index: number): string {
  return `clients-${index}`;
}

/** Desk phones and clients are registered with Unisono; callers are not. */
export function devices(stage: Pick<Stage, 'kind' | 'people'>): DeviceAccount[] {
  if (stage.kind === 'register') return [];
  return Array.from({ length: stage.people }, (_, index) => {
    const desk = String(STATION_BASE + index);
    const [deskContact = '', ...clientContacts] = contactsOf(index);
    const clients = stage.kind === 'forks' ? clientContacts : [];
    return [
      { user: desk, authUser: desk, password: PASSWORD, contact: deskContact },
      ...clients.map((contact) => {
        const user = clientAccount(index);
        return { user, authUser: user, password: PASSWORD, contact };
      }),
    ];
  }).flat();
}
