/** A border with two doors, the first of which is shut in the middle of a call: the call goes on by the second. */
import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { findPeer, requirePeer } from '../peers/index.ts';
import { newDevice, PhonePage } from './phone-page.ts';
import { callIn, PhoneWorld } from './world.ts';

const ANNA = { number: '4020', hz: 440 } as const;
const BEN = { number: '4021', hz: 880 } as const;
const READY_MS = 30_000;

/** Another door of the same border: whatever comes is passed on. */
class Door {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Connections there were. */
  count = 0;

  private constructor(behindPort: number) {
    this.#server = createServer((outside) => {
      this.count++;
      const inside = connect(behindPort, '127.0.0.1');
      for (const socket of [outside, inside]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
      }
      outside.pipe(inside).pipe(outside);
    });
  }

  static async open(behindPort: number): Promise<Door> {
    const door = new Door(behindPort);
    await new Promise<void>((resolve) => door.#server.listen(0, '127.0.0.1', resolve));
    return door;
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

describe('two doors', () => {
  let world: PhoneWorld | undefined;
  let first: Door | undefined;
  let anna: PhonePage;
  let ben: PhonePage;

  before(async () => {
    if (!findPeer('chromium')) return;
    world = await PhoneWorld.open(200);
    first = await Door.open(world.system.doorWssPort);
    const doors = [
      { uri: first.uri, priority: 0, weight: 1 },
      { uri: `wss://127.0.0.1:${world.system.doorWssPort}/`, priority: 1, weight: 1 },
    ];
    const context = await newDevice(world.browser, world.door);
    await context.route('**/v1/me/connection*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), sbc: doors } });
    });
    anna = await PhonePage.open(context, world.door, ANNA.hz);
    await anna.waitFor('nobody to be signed in', ({ session }) => session.phase === 'signedOut');
    await anna.must('signIn.withPassword', world.account('anna'));
    await anna.waitFor('the line to be ready', ({ line }) => line.phase === 'ready', READY_MS);
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
    await ben.must('calls.dial', ANNA.number);
    await anna.waitFor('the next call to ring', callIn('incoming', BEN.number));
  });
});
