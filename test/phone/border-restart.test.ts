/** The border is a process of its own and restarts in the middle of a call: the call goes on, and its audio comes back. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { type Apart, startApart } from '../border/apart.ts';
import { type Baresip, findPeer, requirePeer } from '../peers/index.ts';
import { launchChromium, type PhonePage } from './phone-page.ts';
import { accountOf, callIn, signIn } from './world.ts';

const ANNA_HZ = 440;
const BEN_HZ = 880;
/** A call that is younger may be lost with the process: its record is written when it has lasted a moment. */
const ON_DISK_MS = 600;
const READY_MS = 40_000;

describe('a client in a call, when the border restarts', () => {
  let apart: Apart | undefined;
  let browser: Browser | undefined;
  let anna: PhonePage;
  let ben: Baresip;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    apart = await startApart({ cloud: true });
    const { gateway, cast } = apart;
    browser = await launchChromium();
    ben = await cast.baresip(gateway.desk('4021'), BEN_HZ, { name: 'ben' });
    anna = await signIn(browser, `https://127.0.0.1:${gateway.connectorPort}`, accountOf(gateway, 'anna'), ANNA_HZ);
  });
  after(async () => {
    await browser?.close();
    await apart?.close();
  });

  for (const signal of ['SIGKILL'] as const)
    test(`${signal}: the call is the same afterwards, both are heard, and it is hung up by the other side`, async (t) => {
      if (!requirePeer(t, 'chromium') || !requirePeer(t, 'baresip') || !apart) return;
      const { callId } = await anna.must<{ callId: string }>('calls.dial', '4021');
      await anna.waitFor('the call to ring', callIn('alerting', '4021'));
      await ben.answer();
      await anna.waitForTone(callId, BEN_HZ);
      await delay(ON_DISK_MS);
      await apart.restartBorder(signal);
      await anna.waitFor(
        'the audio to be lost and back',
        ({ calls: [call], line }) => {
          return call?.phase === 'active' && call.audio === 'flowing' && line.phase === 'ready';
        },
        READY_MS,
      );
      await Promise.all([anna.waitForTone(callId, BEN_HZ), ben.waitForRtp()]);
      await ben.hangup();
      const { end } = await anna.waitFor('the end', callIn('ended'));
      assert.equal(end?.reason, 'hungUpThere');
    });
});
