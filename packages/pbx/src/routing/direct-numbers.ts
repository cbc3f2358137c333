import type { InboundRule, Station, TrunkGroup } from '../model/index.ts';
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

function fromBlock(prefix: string, digits: number, number: string): string | undefined {
  const fits = number.startsWith(prefix) && number.length === prefix.length + digits;
  return fits ? number.slice(prefix.length) : undefined;
}

/**
 * The internal number a call over this trunk group is for. `written` are the digits as received, `canonical` the
 * same read in the group's format; a rule may name either.
 */
export function inboundTarget(
  system: System,
  group: TrunkGroup,
  written: string,
  canonical: string,
): string | undefined {
  for (const rule of group.inbound) {
    const target = byRule(rule, written) ?? byRule(rule, canonical);
    if (target !== undefined) return target;
  }
  const number = system.directNumbers.get(canonical);
  const owner = number === undefined ? undefined : system.numbers.get(number);
  const station = owner?.kind === 'station' ? system.stations.get(owner.id) : undefined;
  return station?.outsideNumber === canonical ? number : undefined;
}

function byRule(rule: InboundRule, number: string): string | undefined {
  if ('number' in rule) return rule.number === number ? rule.to : undefined;
  return fromBlock(rule.prefix, rule.digits, number);
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
