import type { AnchoredCall } from './anchored-call.ts';

/** Calls that are set up at once. */
const LANES = 4;

/** Sets all of them up; rejects when one cannot be. */
export async function setUpAll(calls: readonly AnchoredCall[]): Promise<void> {
  const rest = [...calls];
  const lane = async () => {
    for (let call = rest.shift(); call; call = rest.shift()) await call.setUp();
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}
