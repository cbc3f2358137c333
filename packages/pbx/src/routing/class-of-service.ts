import type { CallClass, Station } from '../model/index.ts';
import type { System } from '../system.ts';

/** Whether the station's class of service allows this kind of destination. */
export function mayDial(system: System, station: Station, callClass: CallClass): boolean {
  return system.classesOfService.get(station.classOfService)?.allow.includes(callClass) ?? false;
}

/** Whether one station (both by id) may see that the other is in a call. Everybody sees their own. */
export function mayWatch(system: System, stationId: string, watchedId: string): boolean {
  const station = system.stations.get(stationId);
  if (station === undefined || station.state === 'signedOff' || !system.stations.has(watchedId)) return false;
  return stationId === watchedId || system.classesOfService.get(station.classOfService)?.watch === true;
}
