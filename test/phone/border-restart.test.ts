/** The border is a process of its own and dies in the middle of a call: the call goes on when it is back, or by another border. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { type Apart, startApart } from '../border/apart.ts';
import { type Baresip, findPeer, requirePeer } from '../peers/index.ts';
import { accountOf } from './company.ts';
import { launchChromium, type PhonePage } from './phone-page.ts';
import { callIn, signIn } from './world.ts';

const ANNA_HZ = 440;
const BEN_HZ = 880;
/** A call that is younger may be lost with the process: its record is written when it has lasted a moment. */
const ON_DISK_MS = 600;
const READY_MS = 40_000;

describe('a client in a call, when its border dies', () => {
  let apart: Apart;
  let browser: Browser | undefined;
  let anna: PhonePage;
  let ben: Baresip;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    apart = await startApart({ cloud: true, borders: 2 });
    const { gateway, cast } = apart;
    browser = await launchChromium();
    ben = await cast.baresip(gateway.desk('4021'), BEN_HZ, { name: 'ben' });
    anna = await signIn(browser, `https://127.0.0.1:${gateway.connectorPort}`, accountOf(gateway, 'anna'), ANNA_HZ);
  });
  after(async () => {
    await browser?.close();
    await apart?.close();
  });

  const isThere = (t: TestContext) => requirePeer(t, 'chromium', 'baresip');

  async function annaTalksToBen(): Promise<string> {
    const { callId } = await anna.must<{ callId: string }>('calls.dial', '4021');
    await anna.waitFor('the call to ring', callIn('alerting', '4021'));
    await ben.answer();
    await Promise.all([anna.waitForTone(callId, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    await delay(ON_DISK_MS);
    return callId;
  }

  async function bothHearAgain(callId: string): Promise<void> {
    await anna.waitFor(
      'the audio to be lost and back',
      ({ calls: [call], line }) => call?.phase === 'active' && call.audio === 'flowing' && line.phase === 'ready',
      READY_MS,
    );
    // A recording of baresip ends when its media is agreed anew: what it receives is counted.
    await Promise.all([anna.waitForTone(callId, BEN_HZ), ben.waitForRtp()]);
  }

  async function benHangsUp(): Promise<void> {
    await ben.hangup();
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpThere');
    await anna.clear();
  }

  test('there is another one: the call goes on by that at once, both are heard, and either side can change and end it', async (t) => {
    if (!isThere(t)) return;
    const callId = await annaTalksToBen();
    const sinceMs = performance.now();
    await apart.borders[0]?.end('SIGKILL');
    await bothHearAgain(callId);
    t.diagnostic(`both heard again after ${Math.round(performance.now() - sinceMs)} ms`);
    await anna.must('calls.hold', callId);
    await anna.must('calls.resume', callId);
    await Promise.all([anna.waitToPlay(), ben.waitForRtp()]);
    await benHangsUp();
    // The next call comes in by it.
    await ben.dial('4020');
    const { id } = await anna.waitFor('the call to ring', callIn('incoming', '4021'));
    await anna.must('calls.answer', id);
    await anna.waitForTone(id, BEN_HZ);
    await benHangsUp();
  });

  test('there is no other: the call is the same when it has restarted, both are heard, and the other side hangs up', async (t) => {
    if (!isThere(t)) return;
    await apart.borders[1]?.end('SIGTERM');
    await apart.borders[0]?.start();
    await anna.waitFor('the line to be ready', ({ line }) => line.phase === 'ready', READY_MS);
    const callId = await annaTalksToBen();
    await apart.restartBorder('SIGKILL');
    await bothHearAgain(callId);
    await benHangsUp();
  });
});
