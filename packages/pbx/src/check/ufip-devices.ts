import type { Finding } from '../errors.ts';
import type { System } from '../system.ts';

/** One UFIP device per user, one user per desk station, and a desk station that is not signed off. */
export function* checkUfipDevices(system: System): Generator<Finding> {
  for (const [index, device] of system.data.ufipDevices.entries()) {
    const user = system.users.get(device.user);
    if (user === undefined) continue;
    const path = ['ufipDevices', index, 'user'];
    if (system.ufipDevices.get(system.ufipDeviceOfUser.get(user.id) ?? '') !== device) {
      const message = `User "${user.id}" has a UFIP device already.`;
      yield { code: 'ufipDeviceSecond', path, message, hint: 'One is enough for any number of clients: remove one.' };
    }
    const station = user.deskStation === undefined ? undefined : system.stations.get(user.deskStation);
    if (user.deskStation === undefined) {
      const message = `User "${user.id}" has a UFIP device and no desk station.`;
      const hint = 'Give the user a desk station; it needs no phone.';
      yield { code: 'ufipDeviceWithoutDeskStation', path, message, hint };
    } else if (station?.state === 'signedOff') {
      yield stationSignedOff(user.id, station.number, path);
    }
  }
  yield* checkSharedStations(system);
}

/** The finding where a UFIP device and a signed-off desk station meet. */
export function stationSignedOff(user: string, number: string, path: Finding['path']): Finding {
  const message = `Station ${number} is signed off, and user "${user}" has a UFIP device on it.`;
  const hint =
    'Sign the station on, or set it out of service: then Unisono Phone still rings. Or remove the UFIP device.';
  return { code: 'ufipDeviceStationSignedOff', path, message, hint };
}

function* checkSharedStations(system: System): Generator<Finding> {
  for (const [index, { id, deskStation }] of system.data.users.entries()) {
    const owner = deskStation === undefined ? undefined : system.userOfStation.get(deskStation);
    if (owner === undefined || owner === id) continue;
    const message = `Station "${deskStation}" is the desk station of user "${owner}" already.`;
    const path = ['users', index, 'deskStation'];
    yield { code: 'stationShared', path, message, hint: 'Give each user a station of their own.' };
  }
}
