/** The same phone in Firefox. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Cast } from '../interop/cast.ts';
import type { Unisono } from '../interop/unisono.ts';
import { watch } from '../interop/watch.ts';
import { type Browser, launchBrowser } from '../peers/browser/launch.ts';
import { type Baresip, findPeer, requirePeer } from '../peers/index.ts';
import { accountOf, startCompany } from './company.ts';
import { PhonePage, standIns } from './phone-page.ts';
import { callIn } from './world.ts';

const ANNA_HZ = 440;
const BEN_HZ = 880;
const READY_MS = 25_000;

describe('Firefox', () => {
  let system: Unisono | undefined;
  let cast: Cast | undefined;
  let browser: Browser | undefined;
  let anna: PhonePage;
  let ben: Baresip;

  before(async () => {
    if (!findPeer('firefox-esr') || !findPeer('baresip') || !findPeer('pulseaudio')) return;
    system = await startCompany({ lifetimeSec: 240 });
    cast = new Cast(system);
    browser = await launchBrowser('firefox');
    ben = await cast.baresip(system.desk('4021'), BEN_HZ, { name: 'ben' });
    const door = `https://127.0.0.1:${system.doorWssPort}`;
    const tab = await browser.open(`${door}/bare`, await standIns(door));
    anna = await PhonePage.of(tab, ANNA_HZ);
    await anna.waitFor('nobody to be signed in', ({ session }) => session.phase === 'signedOut');
    await anna.must('signIn.withPassword', accountOf(system, 'anna'));
    await anna.waitFor('the line to be ready', ({ line }) => line.phase === 'ready', READY_MS);
  });
  after(async () => {
    await browser?.close();
    await cast?.close();
    await system?.close();
  });

  test('is called, answers, and both hear each other; hung up by the other side', async (t) => {
    if (!requirePeer(t, 'firefox-esr', 'baresip', 'pulseaudio')) return;
    await ben.dial('4020');
    const { id } = await anna.waitFor('the call to ring', callIn('incoming', '4021'));
    await anna.must('calls.answer', id);
    await Promise.all([anna.waitForTone(id, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    assert.equal((await anna.state()).calls[0]?.party.name, 'Ben Okafor');
    await ben.hangup();
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpThere');
    await anna.clear();
  });

  test('calls, holds, resumes and hangs up', async (t) => {
    if (!requirePeer(t, 'firefox-esr', 'baresip', 'pulseaudio')) return;
    const now = watch(ben);
    const { callId } = await anna.must<{ callId: string }>('calls.dial', '4021');
    await now.event('CALL_INCOMING');
    await ben.answer();
    await Promise.all([anna.waitForTone(callId, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    await anna.must('calls.hold', callId);
    await anna.waitForSilence(callId);
    await anna.must('calls.resume', callId);
    await anna.waitForTone(callId, BEN_HZ);
    await anna.must('calls.hangUp', callId);
    await now.event('CALL_CLOSED');
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpHere');
  });

  test('another network in a call: a new connection, new ICE, and the call goes on', async (t) => {
    if (!requirePeer(t, 'firefox-esr', 'baresip', 'pulseaudio')) return;
    await anna.clear();
    await ben.dial('4020');
    const { id } = await anna.waitFor('the call to ring', callIn('incoming', '4021'));
    await anna.must('calls.answer', id);
    await anna.waitForTone(id, BEN_HZ);
    const since = (await anna.state()).line;
    await anna.networkChanges();
    await anna.waitFor('another registration', ({ line }) => {
      return line.phase === 'ready' && since.phase === 'ready' && line.sinceMs > since.sinceMs;
    });
    await anna.waitFor('the audio to be back', ({ calls: [call] }) => call?.audio === 'flowing');
    await Promise.all([anna.waitForTone(id, BEN_HZ), ben.waitForRtp()]);
    await ben.hangup();
    await anna.waitFor('the end', callIn('ended'));
  });
});
