/** What happens to a call that runs: its client changes networks, it moves between devices, the border restarts. Sound is measured at the far end. */
import { setTimeout as delay } from 'node:timers/promises';
import { startApart } from '../../test/border/apart.ts';
import { accountOf } from '../../test/phone/company.ts';
import { launchChromium, newDevice, type PhonePage } from '../../test/phone/phone-page.ts';
import { callIn, PhoneWorld, signIn, signInOn } from '../../test/phone/world.ts';
import type { Outcome } from '../measurements.ts';
import type { Options } from '../options.ts';
import { percentile } from '../statistics.ts';
import { FarEnd } from './far-end.ts';
import { Network } from './network.ts';

const LONGEST_SEC = 900;
const TONE_HZ = 440;
const OTHER_TONE_HZ = 620;
const FAR_END = '4021';
const READY_MS = 40_000;
/** A call that is younger may be lost with the border: its record is written when it has lasted a moment. */
const ON_DISK_MS = 700;

/** The way of the media dies, the browser says that it has another network: until the far end hears the client again. */
export async function measureNetworkChanges({ phoneMoves }: Options): Promise<Outcome> {
  const world = await PhoneWorld.open(LONGEST_SEC);
  try {
    const network = new Network();
    const context = await newDevice(world.browser, world.door);
    await network.carry(context);
    const anna = await signInOn(context, world.door, world.account('anna'), TONE_HZ);
    const far = await FarEnd.open(world.cast, world.system, FAR_END);
    await far.isCalledBy(anna);
    const gapsMs: number[] = [];
    for (let change = 0; change < phoneMoves; change++) {
      const sinceMs = performance.now();
      network.cut();
      await anna.networkChanges();
      await far.hears(sinceMs + 1);
      gapsMs.push(far.sound.longestGapMs(sinceMs));
      await anna.waitFor('to be ready', ({ line }) => line.phase === 'ready', READY_MS);
      await far.hears(performance.now());
    }
    await far.hangUp();
    return outcome({
      changes: gapsMs.length,
      networkGapP50Ms: percentile(gapsMs, 0.5),
      networkGapP95Ms: percentile(gapsMs, 0.95),
    });
  } finally {
    await world.close();
  }
}

/** A call goes from one client of a person to another one, pulled there or pushed there. */
export async function measureMoves({ phoneMoves }: Options): Promise<Outcome> {
  const world = await PhoneWorld.open(LONGEST_SEC);
  try {
    const first = await world.signedIn('anna', TONE_HZ);
    const second = await world.signedIn('anna', OTHER_TONE_HZ);
    const far = await FarEnd.open(world.cast, world.system, FAR_END);
    await far.isCalledBy(first);
    const took = {
      pullMs: [] as number[],
      pullGapMs: [] as number[],
      pushMs: [] as number[],
      pushGapMs: [] as number[],
    };
    for (let move = 0; move < phoneMoves; move++) {
      const pulled = await timed(far, () => pull(second));
      took.pullMs.push(pulled.tookMs);
      took.pullGapMs.push(pulled.gapMs);
      await first.clear();
      const pushed = await timed(far, () => push(second, first));
      took.pushMs.push(pushed.tookMs);
      took.pushGapMs.push(pushed.gapMs);
      await second.clear();
    }
    await far.hangUp();
    const values: Record<string, number> = { moves: phoneMoves };
    for (const [name, all] of Object.entries(took)) {
      const title = name.replace(/Ms$/, '');
      values[`${title}P50Ms`] = percentile(all, 0.5);
      values[`${title}MaxMs`] = Math.max(...all);
    }
    return outcome(values);
  } finally {
    await world.close();
  }
}

/** From the command until the call is up on the other device and has left the one before; and the gap in what the far end hears. */
async function timed(far: FarEnd, move: () => Promise<void>): Promise<{ tookMs: number; gapMs: number }> {
  const sinceMs = performance.now();
  await move();
  const tookMs = performance.now() - sinceMs;
  await far.hears(performance.now());
  return { tookMs, gapMs: far.sound.longestGapMs(sinceMs) };
}

async function pull(to: PhonePage): Promise<void> {
  const { id } = await to.waitFor('the call elsewhere', ({ elsewhere: [one] }) => one?.phase === 'active' && one);
  await to.must('elsewhere.pull', id);
  await to.waitFor('the call to run here', callIn('active'));
}

async function push(from: PhonePage, to: PhonePage): Promise<void> {
  const { session } = await to.state();
  const here = await from.waitFor('the call to run here', callIn('active'));
  if (session.phase !== 'signedIn') throw new Error('nobody is signed in on the other device');
  const moved = from.must('calls.push', here.id, session.installationId);
  // It rings there, and is answered as soon as it does.
  const { id } = await to.waitFor('the call to ring there', callIn('incoming'));
  await Promise.all([moved, to.must('calls.answer', id)]);
  await to.waitFor('the call to run there', callIn('active'));
}

/** The border's process is killed and started again, without a call and in one. */
export async function measureBorderRestarts({ phoneRestarts }: Options): Promise<Outcome> {
  const apart = await startApart({ cloud: true, lifetimeSec: LONGEST_SEC });
  const browser = await launchChromium();
  try {
    const { gateway, cast } = apart;
    const anna = await signIn(
      browser,
      `https://127.0.0.1:${gateway.connectorPort}`,
      accountOf(gateway, 'anna'),
      TONE_HZ,
    );
    const backMs: number[] = [];
    for (let restart = 0; restart < phoneRestarts; restart++) {
      await apart.restartBorder('SIGKILL');
      const upAtMs = performance.now();
      await anna.waitFor('to be ready again', ({ line }) => line.phase === 'ready', READY_MS);
      backMs.push(performance.now() - upAtMs);
    }
    const far = await FarEnd.open(cast, gateway, FAR_END);
    const soundBackMs: number[] = [];
    for (let restart = 0; restart < phoneRestarts; restart++) {
      await far.isCalledBy(anna);
      await delay(ON_DISK_MS);
      const sinceMs = performance.now();
      await apart.restartBorder('SIGKILL');
      const upAtMs = performance.now();
      await far.hears(upAtMs);
      soundBackMs.push(far.sound.longestGapMs(sinceMs) - (upAtMs - sinceMs));
      await anna.waitFor('to be ready again', ({ line }) => line.phase === 'ready', READY_MS);
      await far.hangUp();
      await anna.clear();
    }
    return outcome({
      restarts: phoneRestarts,
      borderBackP50Sec: percentile(backMs, 0.5) / 1_000,
      borderBackMaxSec: Math.max(...backMs) / 1_000,
      soundBackP50Sec: percentile(soundBackMs, 0.5) / 1_000,
      soundBackMaxSec: Math.max(...soundBackMs) / 1_000,
    });
  } finally {
    await browser.close();
    await apart.close();
  }
}

function outcome(values: Record<string, number>): Outcome {
  return { values, problems: {} };
}
