import type { ClientConnection } from '../contract-types.ts';
import type { Door as OrderedDoor } from './door-race.ts';

/** Addresses of the border in the order they are tried: lower priority first, among equals by weight (RFC 2782). */
export function doorsInOrder(doors: ClientConnection['sbc'], fraction: () => number): OrderedDoor[] {
  const rest = [...doors].sort((a, b) => a.priority - b.priority);
  const ordered: OrderedDoor[] = [];
  while (rest.length > 0) {
    const equal = rest.filter(({ priority }) => priority === rest[0]?.priority);
    const chosen = byWeight(equal, fraction());
    ordered.push({ uri: chosen.uri, priority: chosen.priority });
    rest.splice(rest.indexOf(chosen), 1);
  }
  return ordered;
}

type Door = ClientConnection['sbc'][number];

function byWeight(doors: readonly Door[], fraction: number): Door {
  const total = doors.reduce((sum, { weight }) => sum + weight, 0);
  let sum = 0;
  for (const door of doors) {
    sum += door.weight;
    if (sum > fraction * total) return door;
  }
  return doors[0] as Door;
}
