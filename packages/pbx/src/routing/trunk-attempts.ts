import type { RouteElement, TrunkGroup } from '../model/index.ts';
import { writeOutside } from '../numbering/index.ts';
import type { System } from '../system.ts';
import { outsideNumberOf } from './direct-numbers.ts';
import type { CallerIdentity, TrunkAttempt } from './origination.ts';
import { findRoute } from './route-tree.ts';

/** Who is shown on a trunk: the caller, and the station that deflected the call, if one did. */
export interface Shown {
  readonly caller: CallerIdentity;
  /** Id of the station that sends the call out again. */
  readonly divertedBy?: string;
}

/** The ways out for a canonical number in the order of its route; empty: there is none. */
export function trunkAttempts(system: System, number: string, shown: Shown): readonly TrunkAttempt[] {
  const elements = findRoute(system.routes, number)?.elements ?? [];
  return elements.flatMap((element) => attempt(system, element, number, shown));
}

/**
 * The ways out for an emergency number: over the groups of its route first, then over every other. Only a route made
 * for exactly this number may change the digits. The caller's number always goes along.
 */
export function emergencyAttempts(system: System, number: string, caller: CallerIdentity): readonly TrunkAttempt[] {
  const route = findRoute(system.routes, number);
  const routed = route?.elements ?? [];
  const first = route?.pattern === number ? routed : routed.map((element) => plainElement(element.trunkGroup));
  const others = system.data.trunkGroups.filter((group) => !first.some((element) => element.trunkGroup === group.id));
  const elements = [...first, ...others.map((group) => plainElement(group.id))];
  return elements
    .flatMap((element) => attempt(system, element, number, { caller }))
    .map((one) => ({ ...one, isWithheld: false }));
}

function plainElement(trunkGroup: string): RouteElement {
  return { trunkGroup, strip: 0, prepend: '' };
}

function attempt(system: System, element: RouteElement, number: string, shown: Shown): readonly TrunkAttempt[] {
  const group = system.trunkGroups.get(element.trunkGroup);
  const trunks = group?.enabled ? group.trunks.filter((trunk) => trunk.enabled) : [];
  if (group === undefined || trunks.length === 0) return [];
  const written = writeOutside(number, group.numberFormat, system.data.numbering);
  return [{ trunkGroup: group.id, trunks, number: manipulate(written, element), ...callerOn(system, group, shown) }];
}

/** A plus at the front is no digit to strip; it stays only when nothing is stripped or put before it. */
function manipulate(written: string, element: RouteElement): string {
  if (element.replace !== undefined) return element.replace;
  if (element.strip === 0 && element.prepend === '') return written;
  const digits = written.startsWith('+') ? written.slice(1) : written;
  return element.prepend + digits.slice(element.strip);
}

type ShownOnTrunk = Pick<TrunkAttempt, 'callerNumber' | 'callerName' | 'isWithheld' | 'divertedBy'>;

function callerOn(system: System, group: TrunkGroup, shown: Shown): ShownOnTrunk {
  const { number, name, isWithheld } = byPolicy(system, group, shown);
  const divertedBy = numberOnTrunk(system, group, shown.divertedBy);
  const write = (text: string) => writeOutside(text, group.numberFormat, system.data.numbering);
  return {
    ...(number === undefined ? {} : { callerNumber: write(number) }),
    ...(isWithheld || name === undefined ? {} : { callerName: name }),
    isWithheld,
    ...(divertedBy === undefined ? {} : { divertedBy: write(divertedBy) }),
  };
}

/** Of an outside caller number and name pass only by `passthrough`; else the station that deflected is shown. */
function byPolicy(
  system: System,
  group: TrunkGroup,
  { caller, divertedBy }: Shown,
): { readonly number?: string | undefined; readonly name?: string | undefined; readonly isWithheld: boolean } {
  if (group.callerNumber === 'passthrough' && caller.station === undefined) {
    const { number, name } = caller;
    return number === undefined ? { number: group.mainNumber, isWithheld: true } : { number, name, isWithheld: false };
  }
  const id = caller.station ?? divertedBy;
  const own = numberOnTrunk(system, group, id);
  const number = group.callerNumber === 'mainNumber' ? (group.mainNumber ?? own) : own;
  const name = id === undefined ? undefined : system.stations.get(id)?.name;
  return { number: number ?? group.mainNumber, name, isWithheld: group.callerNumber === 'withheld' };
}

/** The number a station shows on a group: its outside number, else the main number, else (tie lines) its own. */
function numberOnTrunk(system: System, group: TrunkGroup, stationId: string | undefined): string | undefined {
  const station = stationId === undefined ? undefined : system.stations.get(stationId);
  return station && (outsideNumberOf(station, group) ?? group.mainNumber ?? station.number);
}
