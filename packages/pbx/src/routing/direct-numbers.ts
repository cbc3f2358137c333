import type { Station, TrunkGroup } from '../model/index.ts';
import type { System } from '../system.ts';

/** The internal number an outside number of our own leads to, whichever trunk group it belongs to. */
export function internalNumberOf(system: System, outsideNumber: string): string | undefined {
  const direct = system.directNumbers.get(outsideNumber);
  if (direct !== undefined) return direct;
  for (const { prefix, digits } of system.directBlocks) {
    const number = prefix.startsWith('+') ? fromBlock(prefix, digits, outsideNumber) : undefined;
    if (number !== undefined && system.numbers.has(number)) return number;
  }
  return undefined;
}

/** Whether the outside number belongs to a block of our own: calls to it come back to us, whoever carries them. */
export function isOfOwnBlock(system: System, outsideNumber: string): boolean {
  return system.directBlocks.some(
    ({ prefix, digits }) => prefix.startsWith('+') && fromBlock(prefix, digits, outsideNumber) !== undefined,
  );
}

function fromBlock(prefix: string, digits: number, number: string): string | undefined {
  const fits = number.startsWith(prefix) && number.length === prefix.length + digits;
  return fits ? number.slice(prefix.length) : undefined;
}

/**
 * The internal number a call over this trunk group is for. `written` are the digits as received, `canonical` the
 * same read in the group's format; a rule may name either. Single numbers come before blocks.
 */
export function inboundTarget(
  system: System,
  group: TrunkGroup,
  written: string,
  canonical: string,
): string | undefined {
  const single = group.inbound.find((rule) => 'number' in rule && [written, canonical].includes(rule.number));
  if (single !== undefined && 'number' in single) return single.to;
  return ownNumberOfStation(system, canonical) ?? fromBlocks(group, written) ?? fromBlocks(group, canonical);
}

function ownNumberOfStation(system: System, outsideNumber: string): string | undefined {
  const owner = system.numbers.get(system.directNumbers.get(outsideNumber) ?? '');
  const station = owner?.kind === 'station' ? system.stations.get(owner.id) : undefined;
  return station?.outsideNumber === outsideNumber ? station.number : undefined;
}

function fromBlocks(group: TrunkGroup, number: string): string | undefined {
  for (const rule of group.inbound) {
    const target = 'prefix' in rule ? fromBlock(rule.prefix, rule.digits, number) : undefined;
    if (target !== undefined) return target;
  }
  return undefined;
}

/** Whether the number, inside or outside, is that of a UFIP device. */
export function isAuxiliary(system: System, number: string): boolean {
  const { auxiliaryNumbers, directBlocks } = system;
  if (auxiliaryNumbers.has(number)) return true;
  return directBlocks.some(({ prefix, digits }) => auxiliaryNumbers.has(fromBlock(prefix, digits, number) ?? ''));
}

/** The outside number of a station on a trunk group: its own, else that of the group's block. */
export function outsideNumberOf(station: Station, group: TrunkGroup): string | undefined {
  if (station.outsideNumber !== undefined) return station.outsideNumber;
  for (const rule of group.inbound) {
    if ('number' in rule) {
      if (rule.to === station.number && rule.number.startsWith('+')) return rule.number;
    } else if (rule.prefix.startsWith('+') && rule.digits === station.number.length) {
      return rule.prefix + station.number;
    }
  }
  return undefined;
}
