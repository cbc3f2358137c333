/** Tabs that come and go, networks that change, a phone system that restarts under a call. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { findPeer, requirePeer } from '../peers/index.ts';
import { PhonePage } from './phone-page.ts';
import { callIn, PhoneWorld } from './world.ts';

const ANNA = { number: '4020', hz: 440 } as const;
const BEN = { number: '4021', hz: 880 } as const;
/** The schedule of tries: 8 s and up to 10 s of chance, and what a small machine needs. */
const BACK_MS = 40_000;

describe('what lasts', () => {
  let world: PhoneWorld | undefined;
  let anna: PhonePage;
  let ben: PhonePage;

  before(async () => {
    if (!findPeer('chromium')) return;
    world = await PhoneWorld.open(290);
    anna = await world.signedIn('anna', ANNA.hz);
    ben = await world.signedIn('ben', BEN.hz);
  });
  after(() => world?.close());

  function isThere(t: TestContext): boolean {
    return requirePeer(t, 'chromium');
  }

  async function annaTalksToBen(): Promise<{ here: string; there: string }> {
    const { callId: here } = await anna.must<{ callId: string }>('calls.dial', BEN.number);
    const { id: there } = await ben.waitFor('the call to ring', callIn('incoming', ANNA.number));
    await ben.must('calls.answer', there);
    await Promise.all([anna.waitForTone(here, BEN.hz), ben.waitForTone(there, ANNA.hz)]);
    return { here, there };
  }

  test('another network in a call: a new connection, and both are heard again', async (t) => {
    if (!isThere(t)) return;
    const { here, there } = await annaTalksToBen();
    const since = (await anna.state()).line;
    await anna.networkChanges();
    await anna.waitFor('another registration', ({ line }) => {
      return line.phase === 'ready' && since.phase === 'ready' && line.sinceMs > since.sinceMs;
    });
    await anna.waitFor('the audio to be back', ({ calls: [call] }) => call?.audio === 'flowing');
    await Promise.all([anna.waitForTone(here, BEN.hz), ben.waitForTone(there, ANNA.hz)]);
    // The call is found on the new connection, in both directions.
    await ben.must('calls.hangUp', there);
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpThere');
    await Promise.all([anna.clear(), ben.clear()]);
  });

  test('ICE fails in a call: the call goes on, its audio is told as being restored, and both are heard again', async (t) => {
    if (!isThere(t)) return;
    const { here, there } = await annaTalksToBen();
    assert.equal(await anna.failIce(), 'regaining');
    const { phase } = await anna.waitFor(
      'the audio to be back',
      ({ calls: [call] }) => call?.audio === 'flowing' && call,
    );
    assert.equal(phase, 'active');
    await Promise.all([anna.waitForTone(here, BEN.hz), ben.waitForTone(there, ANNA.hz)]);
    await anna.must('calls.hangUp', here);
    assert.equal((await ben.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpThere');
    await Promise.all([anna.clear(), ben.clear()]);
  });

  test('the page is loaded anew in a call: the call goes on by itself', async (t) => {
    if (!isThere(t)) return;
    const { there } = await annaTalksToBen();
    await anna.page.reload();
    await anna.page.waitForFunction('window.bare !== undefined');
    const { id: again } = await anna.waitFor('the call to be back', callIn('active', BEN.number), BACK_MS);
    await Promise.all([anna.waitForTone(again, BEN.hz), ben.waitForTone(there, ANNA.hz)]);
    assert.equal((await ben.state()).calls.filter(({ phase }) => phase !== 'ended').length, 1);
    await anna.must('calls.hangUp', again);
    await ben.waitFor('the end', callIn('ended'));
    await Promise.all([anna.clear(), ben.clear()]);
  });

  test('the page is loaded anew while it rings: it rings again, as a call of this device alone, and is answered', async (t) => {
    if (!isThere(t)) return;
    const { callId: there } = await ben.must<{ callId: string }>('calls.dial', ANNA.number);
    await anna.waitFor('the call to ring', callIn('incoming', BEN.number));
    await anna.page.reload();
    await anna.page.waitForFunction('window.bare !== undefined');
    const { id } = await anna.waitFor('the call to ring again', callIn('incoming', BEN.number), 15_000);
    assert.deepEqual((await anna.state()).elsewhere, []);
    await anna.must('calls.answer', id);
    await Promise.all([anna.waitForTone(id, BEN.hz), ben.waitForTone(there, ANNA.hz)]);
    await anna.must('calls.hangUp', id);
    await ben.waitFor('the end', callIn('ended'));
    await Promise.all([anna.clear(), ben.clear()]);
  });

  test('a second tab shows the same, answers, and leads when the first is closed', async (t) => {
    if (!isThere(t) || !world) return;
    const second = await PhonePage.open(anna.page.context(), world.door, ANNA.hz);
    await second.waitFor('to follow', ({ tab, line }) => tab.role === 'follower' && line.phase === 'ready');
    await ben.must('calls.dial', ANNA.number);
    const [ringing] = await Promise.all([
      second.waitFor('the call to ring', callIn('incoming', BEN.number)),
      anna.waitFor('the call to ring', callIn('incoming', BEN.number)),
    ]);
    await second.must('calls.answer', ringing.id);
    await Promise.all([
      anna.waitForTone(ringing.id, BEN.hz),
      second.waitFor('the call to run', callIn('active', BEN.number)),
    ]);
    await second.must('calls.hangUp', ringing.id);
    await second.waitFor('the end', callIn('ended', BEN.number));
    await Promise.all([anna.clear(), ben.clear()]);
    await anna.page.close();
    await second.waitFor('to lead', ({ tab, line }) => tab.role === 'leader' && line.phase === 'ready', BACK_MS);
    anna = second;
    const { here } = await annaTalksToBen();
    await anna.must('calls.hangUp', here);
    await Promise.all([anna.clear(), ben.clear()]);
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const)
    test(`the phone system is restarted by ${signal} in the middle of a call: the truth, then ready again`, async (t) => {
      if (!isThere(t) || !world) return;
      await annaTalksToBen();
      await world.system.restart(signal);
      for (const page of [anna, ben]) {
        const state = await page.waitFor('to be ready again', (now) => now.line.phase === 'ready' && now, BACK_MS);
        for (const { end, phase } of state.calls)
          assert.ok(phase !== 'ended' || ['failed', 'hungUpThere'].includes(end?.reason ?? ''), JSON.stringify(end));
        assert.deepEqual((await page.phases()).includes('reconnecting'), true);
      }
      await Promise.all([anna.clear(), ben.clear()]);
      const { here } = await annaTalksToBen();
      await anna.must('calls.hangUp', here);
      await Promise.all([anna.clear(), ben.clear()]);
    });
});
