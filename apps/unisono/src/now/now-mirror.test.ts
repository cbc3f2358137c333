import assert from 'node:assert/strict';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { ChangedCalls } from '@unisono/assistant';
import { silentLog } from '@unisono/connector';
import type { UserCall } from '@unisono/pbx';
import { VirtualClock } from '@unisono/sip';
import type { Store } from '../stores/open-store.ts';
import { testFolder } from '../testing/folder.ts';
import { followNow, type NowMirror } from './now-mirror.ts';
import { type NowSource, serveNow } from './now-socket.ts';

const log = silentLog as unknown as Parameters<typeof serveNow>[3];
const folder = testFolder();

/** The calls of one station, as a gateway has them. */
class FakeGateway {
  mark = 0;
  asked = 0;
  readonly #listeners = new Set<() => void>();
  #calls: readonly UserCall[] = [];

  has(...ids: string[]): void {
    this.#calls = ids.map(
      (id) =>
        ({
          id,
          direction: 'incoming',
          state: 'alerting',
          party: { number: '4021', name: undefined },
          device: undefined,
          startedAtMs: 1,
        }) as const,
    );
    this.mark++;
    for (const listener of this.#listeners) listener();
  }

  get source(): NowSource {
    const nothing = () => [];
    const changedCalls = (mark: number): ChangedCalls => {
      this.asked++;
      return { mark: this.mark, stations: this.mark > mark ? [{ station: '4020', calls: this.#calls }] : [] };
    };
    return {
      now: { contacts: nothing, calls: nothing, trunks: nothing, changedCalls },
      onCallsChanged: (listener) => {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }

  get listeners(): number {
    return this.#listeners.size;
  }
}

describe('what an Assistant of its own process knows of running calls', () => {
  const path = join(folder, 'gateway.sock');
  let clock: VirtualClock;
  let gateway: FakeGateway;
  let stop: () => void;
  let mirror: NowMirror;

  beforeEach(async () => {
    clock = new VirtualClock();
    gateway = new FakeGateway();
    gateway.mark = 7;
    stop = await serveNow(path, gateway.source, clock, log);
    mirror = followNow(path, undefined as unknown as Store, clock, log);
    clock.advance(0);
    await until(() => gateway.asked === 1);
    // The first answer says where the gateway's counting is; from there on it is waited for.
    await listening();
  });
  afterEach(() => {
    mirror.close();
    stop();
    assert.equal(gateway.listeners, 0);
  });

  const calls = (): string[] => mirror.now.changedCalls(0).stations.flatMap((one) => one.calls.map(({ id }) => id));

  async function until(isIt: () => boolean): Promise<void> {
    for (const endMs = performance.now() + 5_000; !isIt(); await delay(2))
      if (performance.now() > endMs) throw new Error('it did not come');
  }

  /** Lets the pause after an answer pass, which is far less than the second between two pictures. */
  async function listening(): Promise<void> {
    const asked = gateway.asked;
    await until(() => {
      clock.advance(1);
      return gateway.asked > asked;
    });
  }

  test('changes are heard as they happen, not when it is asked the next time', async () => {
    const beganMs = clock.nowMs();
    gateway.has('one');
    await until(() => calls().includes('one'));
    await listening();
    gateway.has();
    await until(() => calls().length === 0);
    assert.ok(clock.nowMs() - beganMs < 1_000, `the second has not passed: ${clock.nowMs() - beganMs} ms`);
  });

  test('what happens together is asked for once', async () => {
    const { asked } = gateway;
    gateway.has('one');
    gateway.has('two');
    await until(() => calls().includes('two'));
    assert.equal(gateway.asked, asked + 1);
  });

  test('what ran at a gateway that is gone runs no more, and that of the next one is heard', async () => {
    gateway.has('one');
    await until(() => calls().includes('one'));
    stop();
    await until(() => {
      clock.advance(20);
      return calls().length === 0;
    });
    gateway = new FakeGateway();
    stop = await serveNow(path, gateway.source, clock, log);
    clock.advance(1_000);
    await until(() => gateway.asked > 0);
    gateway.has('two');
    await until(() => calls().includes('two'));
  });
});
