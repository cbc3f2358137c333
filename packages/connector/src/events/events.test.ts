/** Event connections that are cut: a client that comes back hears what it missed, once and in order. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ENDPOINTS } from '@unisono/contract';
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
