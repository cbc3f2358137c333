import { explainStation, type Language, type Station, type System, type UfipDevice, type User } from '@unisono/pbx';
import type { NowPort } from '../ports.ts';

/** A person with all that belongs to them. */
export interface Person {
  readonly user: User;
  readonly station: Station | undefined;
  readonly ufipDevice: UfipDevice | undefined;
}

/** Everybody, in the order of the data. */
export function people(system: System): Person[] {
  return system.data.users.map((user) => personOf(system, user));
}

export function personOf(system: System, user: User): Person {
  const device = system.ufipDeviceOfUser.get(user.id);
  return {
    user,
    station: user.deskStation === undefined ? undefined : system.stations.get(user.deskStation),
    ufipDevice: device === undefined ? undefined : system.ufipDevices.get(device),
  };
}

/** Which devices of a person are registered now. */
export interface Registered {
  readonly isDeskRegistered: boolean;
  readonly areClientsRegistered: boolean;
}

type Devices = Pick<Person, 'station' | 'ufipDevice'>;

/** Gives for each person which of their devices are registered. */
export function registeredNow(now: NowPort): (person: Devices) => Registered {
  return registeredIn(new Set(now.contacts().map(({ device }) => device)));
}

/** The same, by the devices that have a contact. */
export function registeredIn(devices: { has(device: string): boolean }): (person: Devices) => Registered {
  return ({ station, ufipDevice }) => ({
    isDeskRegistered: station !== undefined && devices.has(`desk:${station.id}`),
    areClientsRegistered: ufipDevice !== undefined && devices.has(`client:${ufipDevice.id}`),
  });
}

/** "A call now would …; a second one would …", from the plan that calls really follow. */
export function routingInWords(
  system: System,
  { user, station }: Person,
  registered: Registered,
  language: Language,
): readonly string[] {
  if (station !== undefined) return explainStation(system, station.id, registered, language);
  const none = {
    en: `${user.name} has no desk station and cannot be called.`,
    de: `${user.name} hat keinen Anschluss und kann nicht angerufen werden.`,
  };
  return [none[language]];
}
