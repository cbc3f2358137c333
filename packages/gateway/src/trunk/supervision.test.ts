import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SystemData } from '@unisono/pbx';
import { World } from '../simulation/world.ts';

const PROVIDER = '192.0.2.1';

/** A trunk that is asked every 30 s whether it is there. */
function withSupervisedTrunk(data: SystemData): SystemData {
  const [group] = data.trunkGroups;
  const peer = { host: PROVIDER, port: 5060, transport: 'udp' } as const;
  const trunk = { id: 't1', enabled: true, peer, sourceAddresses: [], optionsIntervalSec: 30 };
  return { ...data, trunkGroups: [{ ...group!, enabled: true, trunks: [trunk] }] };
}

test('a trunk that does not answer OPTIONS twice is down, and up again with the first answer', () => {
  const world = new World({ seed: 1, adapt: withSupervisedTrunk });
  const state = () => world.gateway.snapshot().trunks[0]?.state;
  assert.equal(state(), 'unknown');
  world.advance(4_500);
  assert.equal(state(), 'unknown', 'once is no proof');
  // Asked again after 15 s, and waited for 4 s.
  world.advance(19_500);
  assert.equal(state(), 'down');
  assert.deepEqual(world.gateway.snapshot().trunks[0]?.problem, { step: 'options', why: 'timeout' });
  world.provider(PROVIDER);
  world.advance(15_500);
  assert.equal(state(), 'up');
  assert.equal(world.gateway.snapshot().trunks[0]?.problem, undefined);
});

test('an answer that comes after it was counted as missing still shows that somebody is there', () => {
  const world = new World({ seed: 2, adapt: withSupervisedTrunk, network: { delayMs: [2_500, 2_500] } });
  world.provider(PROVIDER);
  const state = () => world.gateway.snapshot().trunks[0]?.state;
  world.advance(4_500);
  assert.equal(state(), 'unknown');
  world.advance(1_000);
  assert.equal(state(), 'up');
  world.advance(120_000);
  assert.equal(state(), 'up');
});
