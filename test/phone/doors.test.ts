/** A border with two doors: the first is shut in the middle of a call, or says nothing at all. */
import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneState } from '@unisono/phone';
import { findPeer, requirePeer } from '../peers/index.ts';
import { descendants } from '../peers/process-tree.ts';
import { newDevice, type PhonePage } from './phone-page.ts';
import { callIn, PhoneWorld, signInOn } from './world.ts';

const ANNA = { number: '4020', hz: 440 } as const;
const BEN = { number: '4021', hz: 880 } as const;
const EVA = { number: '4024', hz: 660 } as const;
/** A late pulse is one of 8 s. */
const ASLEEP_MS = 9_000;
const MISSED_MS = 1_500;
/** With everything on a small machine that has other work, too. */
const BACK_MS = 40_000;

/** Another door of the same border: whatever comes is passed on, or taken without a word. */
class Door {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Connections there were. */
  count = 0;

  private constructor(behindPort: number | undefined) {
    this.#server = createServer((outside) => {
      this.count++;
      this.#keep(outside);
      if (behindPort === undefined) return;
      const inside = connect(behindPort, '127.0.0.1');
      this.#keep(inside);
      outside.pipe(inside).pipe(outside);
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
  }

  /** Without a port behind it, it says nothing. */
  static async open(behindPort?: number): Promise<Door> {
    const door = new Door(behindPort);
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve));
    return door;
  }

  /** The connections there are carry nothing any more, and nobody is told: what happens to those of a device that sleeps. */
  fallSilent(): void {
    for (const socket of this.#sockets) socket.unpipe().pause();
  }

  get uri(): string {
    const address = this.#server.address();
    return `wss://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/`;
  }

  shut(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Anna on a device that is told of these doors. */
async function annaAt(world: PhoneWorld, ...uris: readonly string[]): Promise<PhonePage> {
  const sbc = uris.map((uri, priority) => ({ uri, priority, weight: 1 }));
  const context = await newDevice(world.browser, world.door);
  await context.route('**/v1/me/connection*', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), sbc } });
  });
  return signInOn(context, world.door, world.account('anna'), ANNA.hz);
}

describe('two doors', () => {
  let world: PhoneWorld | undefined;
  let first: Door | undefined;
  let anna: PhonePage;
  let ben: PhonePage;

  before(async () => {
    if (!findPeer('chromium')) return;
    world = await PhoneWorld.open(200);
    first = await Door.open(world.system.doorWssPort);
    anna = await annaAt(world, first.uri, `wss://127.0.0.1:${world.system.doorWssPort}/`);
    ben = await world.signedIn('ben', BEN.hz);
  });
  after(async () => {
    first?.shut();
    await world?.close();
  });

  test('the first is used; shut in a call, the second is, and both are heard', async (t) => {
    if (!requirePeer(t, 'chromium') || !first) return;
    assert.equal(first.count, 1, 'registered by the better door');
    const { callId: here } = await anna.must<{ callId: string }>('calls.dial', BEN.number);
    const { id: there } = await ben.waitFor('the call to ring', callIn('incoming', ANNA.number));
    await ben.must('calls.answer', there);
    await Promise.all([anna.waitForTone(here, BEN.hz), ben.waitForTone(there, ANNA.hz)]);
    const since = (await anna.state()).line;
    first.shut();
    await anna.waitFor('another registration', ({ line }) => {
      return line.phase === 'ready' && since.phase === 'ready' && line.sinceMs > since.sinceMs;
    });
    await anna.waitFor('the audio to be back', ({ calls: [call] }) => call?.audio === 'flowing');
    await Promise.all([anna.waitForTone(here, BEN.hz), ben.waitForTone(there, ANNA.hz)]);
    // The call is found by the second door, from both sides.
    await anna.must('calls.hold', here);
    await ben.waitFor('to be held', ({ calls: [call] }) => call?.isHeldByOther);
    await ben.must('calls.hangUp', there);
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpThere');
    // And so is the next one.
    const next = await ben.must<{ callId: string }>('calls.dial', ANNA.number);
    await anna.waitFor('the next call to ring', callIn('incoming', BEN.number));
    await ben.must('calls.hangUp', next.callId);
    await anna.waitFor('the end of it', ({ calls }) => calls.every(({ phase }) => phase === 'ended'));
  });

  test('the first takes connections and says nothing: the second is tried beside it, and is the only one that is kept', async (t) => {
    if (!requirePeer(t, 'chromium') || !world) return;
    const [silent, second] = await Promise.all([Door.open(), Door.open(world.system.doorWssPort)]);
    t.after(() => {
      for (const door of [silent, second]) door.shut();
    });
    const beganMs = performance.now();
    const other = await annaAt(world, silent.uri, second.uri);
    t.diagnostic(`signed in and registered after ${Math.round(performance.now() - beganMs)} ms`);
    assert.deepEqual([silent.count, second.count], [1, 1]);
    const since = (await other.state()).line;
    await other.networkChanges();
    await other.waitFor('another registration', ({ line }) => {
      return line.phase === 'ready' && since.phase === 'ready' && line.sinceMs > since.sinceMs;
    });
    assert.equal(second.count, 2);
    await other.page.context().close();
  });

  test('the browser sleeps while a door forgets it: awake, it is registered again by itself, and shows the call that it missed', async (t) => {
    if (!requirePeer(t, 'chromium', 'baresip') || !world) return;
    const door = await Door.open(world.system.doorWssPort);
    t.after(() => door.shut());
    const [eva, other] = await Promise.all([
      world.cast.baresip(world.system.desk(EVA.number), EVA.hz, { name: 'eva' }),
      annaAt(world, door.uri),
    ]);
    await Promise.all([first?.shut(), anna.page.context().close(), ben.page.context().close()]);
    const before = await other.state();
    await whileAsleep(async () => {
      door.fallSilent();
      await eva.dial(ANNA.number);
      await delay(MISSED_MS);
      await eva.hangup();
    });
    await other.waitFor(
      'another registration',
      ({ line }) => {
        return line.phase === 'ready' && before.line.phase === 'ready' && line.sinceMs > before.line.sinceMs;
      },
      BACK_MS,
    );
    await other.waitFor('the call to be missed', ({ history }) => history.missedCount > before.history.missedCount);
    // In a call it is the same: audio comes back as well.
    await eva.dial(ANNA.number);
    const { id } = await other.waitFor('the next call to ring', callIn('incoming', EVA.number));
    await other.must('calls.answer', id);
    await Promise.all([other.waitForTone(id, EVA.hz), eva.waitForTone(ANNA.hz)]);
    await whileAsleep(async () => door.fallSilent());
    await other.waitFor('another connection', () => door.count >= 3, BACK_MS);
    const isBack = ({ calls, line }: PhoneState) =>
      calls.some((call) => call.id === id && call.audio === 'flowing') && line.phase === 'ready';
    await other.waitFor('the audio to be back', isBack, BACK_MS);
    await Promise.all([other.waitForTone(id, EVA.hz), eva.waitForRtp()]);
    await eva.hangup();
    assert.equal((await other.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpThere');
  });
});

/** Stops the processes of the browser, as a lid that is shut does, for longer than a page takes for nothing. */
async function whileAsleep(doing: () => Promise<void>): Promise<void> {
  const browser = descendants(process.pid).filter(({ name }) => name.startsWith('chrom'));
  assert.ok(browser.length > 0);
  const beganMs = performance.now();
  const tellAll = (signal: NodeJS.Signals): void => {
    for (const { pid } of browser) {
      try {
        process.kill(pid, signal);
      } catch {
        // One of its helpers has ended by itself.
      }
    }
  };
  tellAll('SIGSTOP');
  try {
    await doing();
    await delay(Math.max(0, ASLEEP_MS - (performance.now() - beganMs)));
  } finally {
    tellAll('SIGCONT');
  }
}
