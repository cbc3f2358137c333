import { normalise } from '../numbering/index.ts';
import type { System } from '../system.ts';
import { reach } from './originate.ts';
import type { CallerIdentity, Origination } from './origination.ts';
import type { Deflection } from './plan.ts';
import { refuse } from './refusals.ts';

/** How many stations may send one call away before it ends with 483. */
export const MAX_DEFLECTIONS = 5;

/**
 * Where a deflected call goes: the target dialled with the class of service of the station that deflects, for the
 * original caller. Serves forwarding and transfer alike: auxiliary numbers do not exist, emergency numbers and
 * feature codes are refused, circles end. Hand `diversion.visited` of the result to `terminate`.
 */
export function deflect(system: System, deflection: Deflection, caller: CallerIdentity): Origination {
  if (deflection.visited.length > MAX_DEFLECTIONS) return refuse('tooManyDeflections');
  const station = system.stations.get(deflection.station);
  if (station === undefined) return refuse('callerUnknown');
  const number = normalise(deflection.target, system.data.numbering);
  return reach(system, { station, caller, diversion: deflection }, number);
}
