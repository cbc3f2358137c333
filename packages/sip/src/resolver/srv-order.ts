import type { Random } from '../time/random.ts';
import type { SrvRecord } from './dns.ts';

/** The order in which servers are tried: by priority, among equals by weighted chance (RFC 2782). */
export function orderSrv(records: readonly SrvRecord[], random: Random): SrvRecord[] {
  const byPriority = [...records].sort((a, b) => a.priority - b.priority);
  const ordered: SrvRecord[] = [];
  for (let i = 0; i < byPriority.length; ) {
    const { priority } = byPriority[i] as SrvRecord;
    let end = i;
    while (byPriority[end]?.priority === priority) end++;
    ordered.push(...drawByWeight(byPriority.slice(i, end), random));
    i = end;
  }
  return ordered;
}

/** RFC 2782, "Weight": those of weight 0 stand first, so that they have a small chance beside heavier ones. */
function drawByWeight(records: SrvRecord[], random: Random): SrvRecord[] {
  const left = [...records.filter(({ weight }) => weight === 0), ...records.filter(({ weight }) => weight > 0)];
  const drawn: SrvRecord[] = [];
  while (left.length > 0) {
    const sum = left.reduce((total, { weight }) => total + weight, 0);
    const mark = random.int(sum + 1);
    let running = 0;
    const index = left.findIndex(({ weight }) => {
      running += weight;
      return running >= mark;
    });
    drawn.push(...left.splice(index, 1));
  }
  return drawn;
}
