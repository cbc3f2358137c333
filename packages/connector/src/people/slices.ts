import { setImmediate } from 'node:timers/promises';

/** After so long in one go others get their turn: a phone system may share the event loop. */
const SLICE_MS = 10;

/** Does something for each of many without holding up the event loop. */
export async function forEachInSlices<T>(all: Iterable<T>, act: (one: T) => void): Promise<void> {
  let sinceMs = performance.now();
  for (const one of all) {
    act(one);
    if (performance.now() - sinceMs < SLICE_MS) continue;
    await setImmediate();
    sinceMs = performance.now();
  }
}
