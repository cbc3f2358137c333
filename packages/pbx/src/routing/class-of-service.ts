import type { CallClass, Station } from '../model/index.ts';
import type { System } from '../system.ts';

/** Whether the station's class of service allows this kind of destination. */
export function mayDial(system: System, station: Station, callClass: CallClass): boolean {
  return system.classesOfService.get(station.classOfService)?.allow.includes(callClass) ?? false;
}
