import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { requirePeer, runSipp } from '../peers/index.ts';
import { startUnisono } from './unisono.ts';

const FLOOD_MS = 8_000;

test('a flood from one address does not keep the phones of another from registering', async (t) => {
  if (!requirePeer(t, 'sipp')) return;
  const system = await startUnisono();
  t.after(() => system.close());
  const script = fileURLToPath(new URL('./scripted/flood.ts', import.meta.url));
  const flood = fork(script, [String(system.sipPort), String(FLOOD_MS)]);
  t.after(() => flood.kill());
  await once(flood, 'message');
  const { user, password = '' } = system.desk('4020');
  const remote = `127.0.0.1:${system.sipPort}`;
  const result = await runSipp({ scenario: 'register', remote, rows: [{ user, password }], calls: 40, ratePerSec: 10 });
  assert.ok(result.ok, result.errors);
  const times = result.responseTimesMs.toSorted((a, b) => a - b);
  t.diagnostic(`registration took ${times[times.length >> 1]} ms in the median, ${times.at(-1)} ms at most`);
});
