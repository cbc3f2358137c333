/** Summaries of measured values. */

export interface Summary {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  /** How many values there were. */
  readonly rounds: number;
}

/** The value below which the share `fraction` (0 to 1) of the values lies, by the nearest rank. NaN without values. */
export function percentile(values: readonly number[], fraction: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const rank = Math.ceil(fraction * sorted.length) - 1;
  return sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? Number.NaN;
}

/** The middle value, or the mean of the two middle ones. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  if (sorted.length === 0) return Number.NaN;
  if (sorted.length % 2 === 1) return sorted[Math.floor(middle)] ?? Number.NaN;
  return ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export function summarize(values: readonly number[]): Summary {
  const finite = values.filter(Number.isFinite);
  return {
    median: median(finite),
    lowest: finite.length === 0 ? Number.NaN : Math.min(...finite),
    highest: finite.length === 0 ? Number.NaN : Math.max(...finite),
    rounds: finite.length,
  };
}
