/** Signed distance from `from` to `to` in sequence numbers, -32768 … 32767, across the wrap at 2^16. */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

/** Signed distance from `from` to `to` in timestamp units, across the wrap at 2^32. */
export function timestampDistance(from: number, to: number): number {
  return (to - from) | 0;
}
