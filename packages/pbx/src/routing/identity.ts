import type { Station } from '../model/index.ts';
import { readTrunkNumber, stripWriting } from '../numbering/index.ts';
import type { System } from '../system.ts';
import { isAuxiliary } from './direct-numbers.ts';
import type { Caller, CallerIdentity } from './origination.ts';

/** The desk station a caller calls from; undefined for trunks and for what is not configured (any more). */
export function stationOf(system: System, caller: Caller): Station | undefined {
  if (caller.from === 'trunk') return undefined;
  if (caller.from === 'desk') return system.stations.get(caller.station);
  const device = system.ufipDevices.get(caller.ufipDevice);
  const user = device && system.users.get(device.user);
  return user?.deskStation === undefined ? undefined : system.stations.get(user.deskStation);
}

/** What others see of a station: its desk number and name, whichever device is used. */
export function identityOfStation(system: System, station: Station): CallerIdentity {
  const user = system.userOfStation.get(station.id);
  const identity = { number: station.number, name: station.name, station: station.id };
  return user === undefined ? identity : { ...identity, user };
}

/** What others see of a caller. */
export function identify(system: System, caller: Caller): CallerIdentity {
  if (caller.from === 'trunk') return outsideIdentity(system, caller);
  const station = stationOf(system, caller);
  return station === undefined ? {} : identityOfStation(system, station);
}

function outsideIdentity(system: System, caller: Caller & { from: 'trunk' }): CallerIdentity {
  const name = caller.name === undefined ? {} : { name: caller.name };
  if (caller.number === undefined) return name;
  const { numbering } = system.data;
  const digits = stripWriting(caller.number, numbering);
  if (!/^\+?\d+$/.test(digits)) return name;
  const format = system.trunkGroups.get(caller.trunkGroup)?.numberFormat ?? 'e164';
  const number = readTrunkNumber(digits, format, numbering);
  // A peer must not be able to put an auxiliary number on a display, nor pose as somebody inside.
  const isInside = isAuxiliary(system, digits) || isAuxiliary(system, number) || system.numbers.has(number);
  return isInside ? name : { number, ...name };
}
