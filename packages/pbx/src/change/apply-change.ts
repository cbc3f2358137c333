import { compileSystem } from '../compile.ts';
import type { SystemError } from '../errors.ts';
import type { SystemData } from '../model/index.ts';
import type { System } from '../system.ts';
import type { Change } from './change.ts';

/** A new system with the change in force, or every reason why not. */
export type ChangeResult =
  | { readonly ok: true; readonly system: System }
  | { readonly ok: false; readonly errors: readonly SystemError[] };

/** Applies one change; the system handed in stays as it is. */
export function applyChange(system: System, change: Change): ChangeResult {
  const data = changed(system.data, change);
  return { ok: true, system: compileSystem(data) };
}

function changed(data: SystemData, change: Change): SystemData {
  if (change.kind === 'stationState') {
    const stations = data.stations.map((one) => (one.id === change.station ? { ...one, state: change.state } : one));
    return { ...data, stations };
  }
  return data;
}
