import { setImmediate } from 'node:timers/promises';

/** After so long in one go calls get their turn: gateway and Assistant may share an event loop. */
const SLICE_MS = 5;

/** Lets everything else have its turn when this has gone on for too long without. */
export class Slices {
  #sinceMs = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#sinceMs >= SLICE_MS;
  }

  async pause(): Promise<void> {
    await setImmediate();
    this.#sinceMs = performance.now();
  }
}

/** Maps a long list without holding up the event loop. */
export async function inSlices<T, R>(all: readonly T[], map: (one: T) => R): Promise<R[]> {
  const slices = new Slices();
  const done: R[] = [];
  for (const one of all) {
    done.push(map(one));
    if (slices.isOver) await slices.pause();
  }
  return done;
}
