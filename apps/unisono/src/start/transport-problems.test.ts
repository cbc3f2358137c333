import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '@unisono/sip';
import { COUNTED_MS, transportProblems } from './transport-problems.ts';

const FAILED = {
  code: 'SIP_TLS_FAILED',
  transport: 'wss',
  address: '192.0.2.1',
  port: 4_000,
  message: 'TLS handshake failed: certificate unknown.',
} as const;

test('the first is told at once, the others are counted and told once in a while, and each kind by itself', () => {
  const clock = new VirtualClock();
  const told: string[] = [];
  const note = transportProblems(clock, ({ code, others }, message) => told.push(`${code} ${others} ${message}`));
  for (let i = 0; i < 50; i++) note(FAILED);
  note({ ...FAILED, transport: 'tls' });
  note({ ...FAILED, code: 'SIP_UPGRADE_REFUSED', message: 'Upgrade refused.' });
  assert.deepEqual(told.splice(0), [
    `SIP_TLS_FAILED undefined ${FAILED.message}`,
    `SIP_TLS_FAILED undefined ${FAILED.message}`,
    'SIP_UPGRADE_REFUSED undefined Upgrade refused.',
  ]);
  clock.advance(COUNTED_MS);
  assert.deepEqual(told.splice(0), [`SIP_TLS_FAILED 49 ${FAILED.message} The last of 49 in 5 minutes.`]);
  note(FAILED);
  clock.advance(COUNTED_MS);
  assert.deepEqual(told.splice(0), [`SIP_TLS_FAILED 1 ${FAILED.message} The last of 1 in 5 minutes.`]);
  // Long quiet: the next one is a first one again.
  clock.advance(2 * COUNTED_MS);
  note(FAILED);
  assert.deepEqual(told, [`SIP_TLS_FAILED undefined ${FAILED.message}`]);
});
