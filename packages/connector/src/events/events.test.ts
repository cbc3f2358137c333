/** Event connections that are cut: a client that comes back hears what it missed, once and in order. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { ENDPOINTS, EVENTS_PATH } from '@unisono/contract';
import { WebSocket } from 'ws';
import { silentLog } from '../ports.ts';
import { runRetention } from '../retention/retention.ts';
import { Listening } from '../testing/listening.ts';
import { connected, type Person } from '../testing/people.ts';
import { Stage, type TenantKeys } from '../testing/stage.ts';

const DAY_MS = 86_400_000;

describe('an event connection', () => {
  let stage: Stage;
  let tenant: TenantKeys;
  let anna: Person;
  let port: number;

  before(async () => {
    stage = await Stage.open();
    tenant = await stage.tenant('lindner');
    anna = await connected(stage, tenant, 'anna', '4020');
    port = await stage.port();
  });
  after(() => stage.close());

  const listen = (after?: string): Promise<Listening> => Listening.open(port, anna.token, after);
  let favourites = 0;
  const happen = async (): Promise<void> => {
    const body = { version: favourites, favourites: [{ name: 'Ben', number: String(4000 + favourites) }] };
    favourites = (await stage.get(ENDPOINTS.changeFavourites, { as: anna.token, body })).version;
  };

  it('that was cut goes on behind the last position, without a gap and without anything twice', async () => {
    const first = await listen();
    await happen();
    await first.until(() => first.events.length === 1);
    const position = first.events[0]?.position ?? '';
    await first.cut();
    for (let count = 0; count < 3; count++) await happen();
    const again = await listen(position);
    await happen();
    await again.until(() => again.events.length >= 4);
    assert.equal(again.hello?.type === 'hello' && again.hello.isResumed, true);
    const positions = again.events.map((event) => Number(event.position));
    assert.deepEqual(
      positions,
      [1, 2, 3, 4].map((step) => Number(position) + step),
    );
    await again.cut();
  });

  it('of a client that missed more than is kept says so', async () => {
    const first = await listen();
    const position = first.hello?.type === 'hello' ? first.hello.position : '';
    await first.cut();
    await happen();
    stage.clock.jump(2 * DAY_MS);
    await runRetention(stage.connector.context);
    await happen();
    const again = await listen(position);
    assert.deepEqual(again.hello?.type === 'hello' && again.hello.isResumed, false);
    await again.cut();
  });

  for (const [when, leave] of [
    ['before it is looked at', (socket: Socket, handOn: () => void) => void socket.once('close', handOn).destroy()],
    [
      'while its session is looked for',
      (socket: Socket, handOn: () => void) => {
        handOn();
        socket.destroy();
      },
    ],
  ] as const)
    it(`of a browser that leaves ${when} is no fault`, async (t) => {
      const faults: unknown[] = [];
      const log = { ...silentLog, error: (fields: unknown) => faults.push(fields) };
      const other = await Stage.open(undefined, { log });
      const { server } = other.connector.app;
      const { token } = await connected(other, await other.tenant('lindner'), 'anna', '4020');
      // As at the door of a border, which hands upgrades on.
      const door = createServer().on('upgrade', (request, socket, head) =>
        leave(socket as Socket, () => server.emit('upgrade', request, socket, head)),
      );
      t.after(async () => {
        door.close();
        await other.close();
      });
      await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
      const { port } = door.address() as AddressInfo;
      const url = `ws://127.0.0.1:${port}${EVENTS_PATH}`;
      const socket = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } }).on('error', () => {});
      await new Promise((resolve) => socket.once('close', resolve));
      // Behind what the first one still does.
      await other.ask(ENDPOINTS.pollEvents, { as: token, query: { waitSec: 0 } });
      await other.ask(ENDPOINTS.pollEvents, { as: token, query: { waitSec: 0 } });
      assert.deepEqual(faults, []);
    });

  it('ends when its session does', async () => {
    const one = await listen();
    await stage.ask(ENDPOINTS.signOut, { as: anna.token });
    await one.until((frames) => frames.some((frame) => frame.type === 'bye'));
    assert.deepEqual(
      one.frames.flatMap((frame) => (frame.type === 'bye' ? [frame.code] : [])),
      ['notSignedIn'],
    );
  });
});
