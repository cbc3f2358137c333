/** What must not go wrong in the middle of a call: a muted call that moves to another device, and holds that are refused or cross. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { watch } from '../interop/watch.ts';
import { type Baresip, findPeer, requirePeer } from '../peers/index.ts';
import { type PhonePage, SILENCE } from './phone-page.ts';
import { callIn, PhoneWorld } from './world.ts';

const ANNA = { number: '4020', hz: 440, mobileHz: 520, deskHz: 660 } as const;
const BEN = { number: '4021', hz: 880 } as const;
/** Long enough for audio that was on its way to be heard. */
const AFTER_MS = 600;

describe('a call in the middle', () => {
  let world: PhoneWorld | undefined;
  let web: PhonePage;
  let mobile: PhonePage;
  let ben: PhonePage;
  let desk: Baresip;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    world = await PhoneWorld.open(290);
    web = await world.signedIn('anna', ANNA.hz);
    mobile = await world.signedIn('anna', ANNA.mobileHz);
    ben = await world.signedIn('ben', BEN.hz);
    desk = await world.cast.baresip(world.system.desk(ANNA.number), ANNA.deskHz, { name: 'anna-desk' });
  });
  after(() => world?.close());
  afterEach(async () => {
    if (!world) return;
    for (const page of [web, mobile, ben]) await page.clear();
  });

  function isThere(t: TestContext): boolean {
    return requirePeer(t, 'chromium') && requirePeer(t, 'baresip');
  }

  /** Anna talks with Ben on the web client. */
  async function talking(): Promise<{ readonly here: string; readonly there: string }> {
    const { callId: here } = await web.must<{ callId: string }>('calls.dial', BEN.number);
    const { id: there } = await ben.waitFor('the call to ring', callIn('incoming', ANNA.number));
    await ben.must('calls.answer', there);
    await Promise.all([web.waitForTone(here, BEN.hz), ben.waitForTone(there, ANNA.hz)]);
    return { here, there };
  }

  async function muted() {
    const call = await talking();
    await web.must('calls.setMuted', call.here, true);
    await ben.waitForSilence(call.there);
    const other = await mobile.waitFor('the call on the other client, muted', ({ elsewhere: [one] }) =>
      one?.phase === 'active' && one.isMuted ? one : undefined,
    );
    return { ...call, other };
  }

  test('pulled from one client to another, a muted call stays muted, from before to after; then it is heard', async (t) => {
    if (!isThere(t)) return;
    const { there, other } = await muted();
    const { energy, done } = await ben.loudestDuring(there, async () => {
      const { callId } = await mobile.must<{ callId: string }>('elsewhere.pull', other.id);
      await web.waitFor('the call to have gone', callIn('ended'));
      await mobile.waitForTone(callId, BEN.hz);
      await delay(AFTER_MS);
      return callId;
    });
    assert.ok(energy <= SILENCE, `heard ${energy}`);
    assert.equal((await mobile.state()).calls[0]?.isMuted, true);
    await mobile.must('calls.setMuted', done, false);
    await ben.waitForTone(there, ANNA.mobileHz);
  });

  test('pulled while it is not muted, it is heard at once', async (t) => {
    if (!isThere(t)) return;
    const { there } = await talking();
    const { id } = await mobile.waitFor('the call elsewhere', ({ elsewhere: [one] }) => one?.phase === 'active' && one);
    const { callId } = await mobile.must<{ callId: string }>('elsewhere.pull', id);
    await Promise.all([ben.waitForTone(there, ANNA.mobileHz), mobile.waitForTone(callId, BEN.hz)]);
    assert.equal((await mobile.state()).calls[0]?.isMuted, false);
  });

  test('pushed to another client, a muted call stays muted; then it is heard', async (t) => {
    if (!isThere(t)) return;
    const { here, there } = await muted();
    const target = (await mobile.state()).session;
    assert.ok(target.phase === 'signedIn');
    const { energy, done } = await ben.loudestDuring(there, async () => {
      const pushed = web.must('calls.push', here, target.installationId);
      const { id, movedFrom } = await mobile.waitFor('the call to ring here', callIn('incoming', BEN.number));
      const { session } = await web.state();
      assert.equal(movedFrom, session.phase === 'signedIn' && session.installationId);
      await mobile.must('calls.answer', id);
      await pushed;
      await mobile.waitForTone(id, BEN.hz);
      await delay(AFTER_MS);
      return id;
    });
    assert.ok(energy <= SILENCE, `heard ${energy}`);
    assert.equal((await mobile.state()).calls[0]?.isMuted, true);
    await mobile.must('calls.setMuted', done, false);
    await ben.waitForTone(there, ANNA.mobileHz);
  });

  test('a desk phone cannot be muted: it is heard, and what is pulled from it begins with the microphone on', async (t) => {
    if (!isThere(t)) return;
    const { here, there } = await muted();
    const now = watch(desk);
    const pushed = web.must('calls.push', here, 'desk');
    await now.event('CALL_INCOMING');
    await desk.answer();
    await pushed;
    await ben.waitForTone(there, ANNA.deskHz);
    const other = await mobile.waitFor('the call on the desk phone', ({ elsewhere: [one] }) =>
      one?.phase === 'active' && one.device === 'desk' ? one : undefined,
    );
    assert.equal(other.isMuted, false);
    const { callId } = await mobile.must<{ callId: string }>('elsewhere.pull', other.id);
    await Promise.all([ben.waitForTone(there, ANNA.mobileHz), mobile.waitForTone(callId, BEN.hz)]);
    assert.equal((await mobile.state()).calls[0]?.isMuted, false);
  });

  test('both hold in the same moment: the call goes on, both holds are in force, and both take it back', async (t) => {
    if (!isThere(t)) return;
    const crossings = await countCrossings(web);
    const { here, there } = await talking();
    for (let round = 0; round < 4 && crossings() === 0; round++) {
      const held = await Promise.all([web.command('calls.hold', here), ben.command('calls.hold', there)]);
      assert.ok(
        held.every(({ ok }) => ok),
        JSON.stringify(held),
      );
      for (const page of [web, ben]) {
        const [call] = (await page.state()).calls;
        assert.deepEqual([call?.phase, call?.isHeld, call?.holdChange], ['active', true, undefined]);
      }
      await Promise.all([web.must('calls.resume', here), ben.must('calls.resume', there)]);
      await Promise.all([web.waitToPlay(), ben.waitToPlay()]);
    }
    assert.ok(crossings() > 0, 'no offer crossed another one');
    await web.must('calls.hangUp', here);
    assert.equal((await ben.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpThere');
  });

  test('a hold that the other side refuses (488) says so, and the call is as it was', async (t) => {
    if (!isThere(t) || !world) return;
    const eva = await world.cast.scripted(world.system.desk('4024'));
    await eva.register();
    eva.asksTest.add('INVITE').add('UPDATE');
    eva.inbox.onMessage((message) => {
      const isOffer = /^(INVITE|UPDATE) /.test(message.text) && /^To:.*;tag=/im.test(message.text);
      if (isOffer) eva.respond(message, '488 Not Acceptable Here');
    });
    const { callId } = await web.must<{ callId: string }>('calls.dial', '4024');
    const call = await eva.nextCall();
    await call.connect();
    await web.waitFor('the answer', callIn('active', '4024'));
    const outcome = await web.command('calls.hold', callId);
    assert.equal(outcome.ok ? '' : outcome.problem.code, 'refused');
    assert.match(outcome.ok ? '' : outcome.problem.detail, /^488/);
    const [after] = (await web.state()).calls;
    assert.deepEqual(
      [after?.phase, after?.isHeld, after?.holdChange, after?.isHoldRefused],
      ['active', false, undefined, true],
    );
    // It can still be used, and ended.
    await web.must('calls.sendDigits', callId, '1');
    await web.must('calls.hangUp', callId);
    await call.waitForRequest('BYE');
  });
});

/** Counts the 491s that pass a page's connection to the border from now on. */
async function countCrossings(phone: PhonePage): Promise<() => number> {
  let crossings = 0;
  const note = ({ payload }: { readonly payload: string | Buffer }): void => {
    if (payload.toString().startsWith('SIP/2.0 491')) crossings++;
  };
  phone.page.on('websocket', (socket) => socket.on('framereceived', note).on('framesent', note));
  const since = (await phone.state()).line;
  await phone.networkChanges();
  await phone.waitFor('another connection', ({ line }) => {
    return line.phase === 'ready' && since.phase === 'ready' && line.sinceMs > since.sinceMs;
  });
  return () => crossings;
}
