/** The company that Unisono is measured with: everybody has a desk number. */
import { PASSWORD, STATION_BASE } from './people.ts';

export const DOMAIN = 'bench.example';
const UFIP_BASE = 200_000;

/** So many people, as the system data has them; with phones on their desks, with clients, or both. */
export function company(count: number, { hasPhones, hasClients }: { hasPhones: boolean; hasClients: boolean }): object {
  const indices = Array.from({ length: count }, (_, index) => index);
  return {
    version: 1,
    company: { name: 'Bench', domain: DOMAIN },
    numbering: { countryCode: '49', internalRanges: [STATION_BASE, UFIP_BASE].map(rangeFrom) },
    licences: { flex: 12_000, unifyPhone: hasClients ? count : 0 },
    stations: indices.map((index) => station(index, hasPhones)),
    ...(hasClients ? { users: indices.map(user), ufipDevices: indices.map(ufipDevice) } : {}),
  };
}

export function emailOf(index: number): string {
  return `person-${index}@${DOMAIN}`;
}

/** User name of the account that a person's clients share. */
export function clientAccount(index: number): string {
  return `clients-${index}`;
}

function rangeFrom(first: number): object {
  return { from: String(first), to: String(first + 99_999) };
}

function station(index: number, hasPhone: boolean): object {
  const number = String(STATION_BASE + index);
  const device = hasPhone ? { device: { account: { username: number, password: PASSWORD } } } : {};
  return { number, name: `Person ${index}`, ...device };
}

function user(index: number): object {
  const deskStation = String(STATION_BASE + index);
  return { id: `person-${index}`, name: `Person ${index}`, email: emailOf(index), deskStation };
}

function ufipDevice(index: number): object {
  const account = { username: clientAccount(index), password: PASSWORD };
  return { number: String(UFIP_BASE + index), user: `person-${index}`, gateway: 'gw1', account };
}
