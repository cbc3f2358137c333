/** One device answers: how soon another one, a client in a browser over WSS, has stopped ringing. */
import type { PhonePage } from '../../test/phone/phone-page.ts';
import { callIn, PhoneWorld } from '../../test/phone/world.ts';
import type { Outcome } from '../measurements.ts';
import type { Options } from '../options.ts';
import { percentile } from '../statistics.ts';

const LONGEST_SEC = 600;
const WAIT_MS = 20_000;
const DESK = '4020';
const CALLER = '4021';

/** Notes when each call ended, by the clock of this machine. */
const REMEMBER_ENDS = `window.bare.phone.subscribe(() => {
  window.endedAtMs ??= {};
  for (const { id, phase } of window.bare.phone.getState().calls)
    if (phase === 'ended') window.endedAtMs[id] ??= performance.timeOrigin + performance.now();
})`;

/** The desk phone sends its 200; both clients stop. */
export async function measureStops({ phoneCalls }: Options): Promise<Outcome> {
  const world = await PhoneWorld.open(LONGEST_SEC);
  try {
    const clients = [await world.signedIn('anna', 440), await world.signedIn('anna', 620)];
    for (const { page } of clients) await page.evaluate(`void ${REMEMBER_ENDS}`);
    const desk = await world.cast.scripted(world.system.desk(DESK));
    const caller = await world.cast.scripted(world.system.desk(CALLER));
    const stoppedMs: number[] = [];
    for (let round = 0; round < phoneCalls; round++) {
      const [atDesk, call] = await Promise.all([desk.nextCall(WAIT_MS), caller.call(DESK)]);
      atDesk.ring();
      const rings = await Promise.all(
        clients.map((one) => one.waitFor('the call to ring', callIn('incoming', CALLER))),
      );
      const answeredAtMs = performance.timeOrigin + performance.now();
      await Promise.all([atDesk.connect(), call.answered()]);
      for (const [index, client] of clients.entries())
        stoppedMs.push((await endedAtMs(client, rings[index]?.id ?? '')) - answeredAtMs);
      await call.bye();
      for (const client of clients) await client.clear();
    }
    return {
      values: {
        answers: phoneCalls,
        stoppedP50Ms: percentile(stoppedMs, 0.5),
        stoppedP99Ms: percentile(stoppedMs, 0.99),
      },
      problems: {},
    };
  } finally {
    await world.close();
  }
}

async function endedAtMs(client: PhonePage, callId: string): Promise<number> {
  await client.waitFor('to stop', callIn('ended', CALLER));
  return (await client.page.evaluate(`window.endedAtMs[${JSON.stringify(callId)}]`)) as number;
}
