/** Changes of the demo company that tests need. */
import type { SystemData, UserSettings } from '@unisono/pbx';

/**
 * Gives the UFIP devices auxiliary numbers of nine digits: those of the demo company are so short that they occur in
 * random tags and port numbers, and a search over octets would find them there.
 */
export function withLongAuxiliaryNumbers(data: SystemData): SystemData {
  const { numbering } = data;
  const range = { from: '880077000', to: '880077999' };
  return {
    ...data,
    numbering: { ...numbering, internalRanges: [...numbering.internalRanges, range] },
    ufipDevices: data.ufipDevices.map((device) => ({ ...device, number: `880077${device.number.slice(1)}` })),
  };
}

/** Everything that nobody may see of the UFIP devices: numbers, account names, ids. */
export function secretsOf(data: SystemData): string[] {
  return data.ufipDevices.flatMap(({ number, account, id }) => [number, account.username, id]);
}

/** Changes the settings of one user. */
export function withSettings(data: SystemData, user: string, settings: Partial<UserSettings>): SystemData {
  return {
    ...data,
    users: data.users.map((one) => (one.id === user ? { ...one, settings: { ...one.settings, ...settings } } : one)),
  };
}
