import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Trunk, TrunkGroup } from '@unisono/pbx';
import { Channels } from './channels.ts';

const trunk = (id: string, channels?: number): Trunk => ({
  id,
  enabled: true,
  peer: { host: '192.0.2.1', transport: 'udp' },
  sourceAddresses: [],
  optionsIntervalSec: 0,
  ...(channels === undefined ? {} : { channels }),
});
const group = (trunks: readonly Trunk[], channels?: number): TrunkGroup => ({
  id: 'g',
  enabled: true,
  callerNumber: 'ownNumber',
  numberFormat: 'e164',
  inbound: [],
  trunks,
  ...(channels === undefined ? {} : { channels }),
});

test('a trunk carries as many calls as it has channels, and one more when one ends', () => {
  const channels = new Channels();
  const one = trunk('one', 2);
  const all = group([one]);
  const first = channels.seize(all, one, false);
  assert.ok(first && channels.seize(all, one, false));
  assert.equal(channels.seize(all, one, false), undefined);
  first.release();
  first.release();
  assert.equal(channels.inUse('g', 'one'), 1);
  assert.ok(channels.seize(all, one, false));
});

test('the limit of the group holds over all its trunks', () => {
  const channels = new Channels();
  const [one, two] = [trunk('one'), trunk('two')];
  const all = group([one, two], 1);
  assert.ok(channels.seize(all, one, false));
  assert.equal(channels.seize(all, two, false), undefined);
});

test('an emergency call does not ask', () => {
  const channels = new Channels();
  const one = trunk('one', 0);
  assert.ok(channels.seize(group([one], 0), one, true));
});
