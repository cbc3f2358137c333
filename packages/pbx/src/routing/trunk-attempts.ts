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
 * The ways out for an emergency number: its own route first, where there is one, then every other group. The caller's
 * number always goes along.
 */
export function emergencyAttempts(system: System, number: string, caller: CallerIdentity): readonly TrunkAttempt[] {
  const routed = trunkAttempts(system, number, { caller });
  const tried = new Set(routed.map((one) => one.trunkGroup));
  const others = system.data.trunkGroups.filter((group) => !tried.has(group.id));
  const rest = others.flatMap((group) => attempt(system, plainElement(group.id), number, { caller }));
  return [...routed, ...rest].map((one) => ({ ...one, isWithheld: false }));
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
  const divertedBy = shown.divertedBy && numberOnTrunk(system, group, shown.divertedBy);
  const { caller } = shown;
  const isStranger = caller.station === undefined;
  const passes = group.callerNumber === 'passthrough' && isStranger;
  const own = passes ? caller.number : numberOnTrunk(system, group, caller.station ?? shown.divertedBy);
  const number = (group.callerNumber === 'mainNumber' ? (group.mainNumber ?? own) : own) ?? group.mainNumber;
  const isWithheld = group.callerNumber === 'withheld' || (passes && caller.number === undefined);
  const write = (text: string) => writeOutside(text, group.numberFormat, system.data.numbering);
  return {
    ...(number === undefined ? {} : { callerNumber: write(number) }),
    ...(isWithheld || caller.name === undefined ? {} : { callerName: caller.name }),
    isWithheld,
    ...(divertedBy === undefined || divertedBy === '' ? {} : { divertedBy: write(divertedBy) }),
  };
}

/** The number a station shows on a group: its outside number, else the main number, else (tie lines) its own. */
function numberOnTrunk(system: System, group: TrunkGroup, stationId: string | undefined): string | undefined {
  const station = stationId === undefined ? undefined : system.stations.get(stationId);
  return station && (outsideNumberOf(station, group) ?? group.mainNumber ?? station.number);
}
