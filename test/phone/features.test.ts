/** What people do with calls, in Chromium against the whole system, with audio measured at the ends that talk. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, type TestContext, test } from 'node:test';
import { watch } from '../interop/watch.ts';
import { findPeer, requirePeer } from '../peers/index.ts';
import type { PhonePage } from './phone-page.ts';
import { callIn, PhoneWorld } from './world.ts';

const ANNA = { number: '4020', hz: 440 } as const;
const BEN = { number: '4021', hz: 880 } as const;
const CARLA = { number: '4022', hz: 620 } as const;
const DESK_HZ = 500;

describe('calls in the client', () => {
  let world: PhoneWorld | undefined;
  let anna: PhonePage;
  let ben: PhonePage;
  let carla: PhonePage;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    world = await PhoneWorld.open(290);
    anna = await world.signedIn('anna', ANNA.hz);
    ben = await world.signedIn('ben', BEN.hz);
    carla = await world.signedIn('carla', CARLA.hz);
  });
  after(() => world?.close());
  afterEach(async () => {
    if (!world) return;
    for (const page of [anna, ben, carla]) await page.clear();
  });

  function isThere(t: TestContext): boolean {
    return requirePeer(t, 'chromium') && requirePeer(t, 'baresip');
  }

  /** Anna calls somebody who answers; gives the ids of the call at both. */
  async function calls(page: PhonePage, { number }: { readonly number: string }, options?: object) {
    const { callId } = await anna.must<{ callId: string }>('calls.dial', number, options);
    const there = await page.waitFor(`${number} to ring`, callIn('incoming', ANNA.number));
    await anna.waitFor(`to hear that ${number} rings`, callIn('alerting', number));
    await page.must('calls.answer', there.id);
    await anna.waitFor(`${number} to answer`, callIn('active', number));
    await page.waitFor('the call to run', callIn('active', ANNA.number));
    return { here: callId, there: there.id };
  }

  test('a call from client to client, with digits after a pause', async (t) => {
    if (!isThere(t)) return;
    const { callId } = await anna.must<{ callId: string }>('calls.dial', `tel:${BEN.number},12#`);
    const there = await ben.waitFor('the call to ring', callIn('incoming', ANNA.number));
    assert.equal(there.party.name, 'Anna Lindner');
    await ben.must('calls.answer', there.id);
    await Promise.all([anna.waitForTone(callId, BEN.hz), ben.waitForTone(there.id, ANNA.hz)]);
    const [call] = (await anna.state()).calls;
    assert.deepEqual([call?.sentDigits, call?.digitsToSend, call?.party.name], ['12#', '', 'Ben Okafor']);
    await anna.must('calls.hangUp', callId);
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpHere');
    assert.equal((await ben.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpThere');
  });

  test('digits after a pause reach the desk phone as events (RFC 4733)', async (t) => {
    if (!isThere(t) || !world) return;
    const eva = await world.cast.baresip(world.system.desk('4024'), DESK_HZ, { name: 'eva' });
    const now = watch(eva);
    await anna.must('calls.dial', '4024,12#');
    await now.event('CALL_INCOMING');
    await eva.answer();
    await eva.waitFor(({ type, param }) => type === 'CALL_DTMF_START' && param === '#');
    const keys = eva.events.filter(({ type }) => type === 'CALL_DTMF_START').map(({ param }) => param);
    assert.deepEqual(keys, ['1', '2', '#']);
    await eva.close();
  });

  test('declined is told as declined, an unknown number as unknown, what was no number as none', async (t) => {
    if (!isThere(t)) return;
    await anna.must('calls.dial', BEN.number);
    const there = await ben.waitFor('the call to ring', callIn('incoming'));
    await ben.must('calls.decline', there.id);
    const declined = await anna.waitFor('the end', callIn('ended'));
    assert.equal(declined.end?.reason, 'declined', JSON.stringify(declined.end));
    assert.equal((await ben.waitFor('the end', callIn('ended'))).end?.reason, 'declinedHere');
    await anna.must('calls.dismiss', declined.id);
    await anna.must('calls.dial', '4999');
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'notFound');
    const none = await anna.command('calls.dial', 'Ben');
    assert.equal(none.ok ? '' : none.problem.code, 'notANumber');
  });

  test('a ringing call is sent to another number', async (t) => {
    if (!isThere(t)) return;
    await anna.must('calls.dial', BEN.number);
    const there = await ben.waitFor('the call to ring', callIn('incoming'));
    await ben.must('calls.deflect', there.id, { number: CARLA.number });
    const sentOn = await carla.waitFor('the call to ring there', callIn('incoming', ANNA.number));
    assert.equal(sentOn.forwardedFrom[0]?.number, BEN.number);
    assert.equal((await ben.waitFor('the end', callIn('ended'))).end?.reason, 'deflectedHere');
  });

  test('mute and hold silence the call, and mute outlives hold', async (t) => {
    if (!isThere(t)) return;
    const { here, there } = await calls(ben, BEN);
    await Promise.all([anna.waitForTone(here, BEN.hz), ben.waitForTone(there, ANNA.hz)]);
    await anna.must('calls.hold', here);
    await Promise.all([anna.waitForSilence(here), ben.waitForSilence(there)]);
    await anna.must('calls.resume', here);
    await Promise.all([anna.waitForTone(here, BEN.hz), ben.waitForTone(there, ANNA.hz)]);
    await anna.must('calls.setMuted', here, true);
    await Promise.all([anna.waitForTone(here, BEN.hz), ben.waitForSilence(there)]);
    await anna.must('calls.hold', here);
    await ben.waitFor('to be held', ({ calls: [call] }) => call?.isHeldByOther);
    await anna.must('calls.resume', here);
    await anna.waitForTone(here, BEN.hz);
    const [held] = (await anna.state()).calls;
    assert.deepEqual([held?.isMuted, held?.isHeld], [true, false]);
    await ben.waitForSilence(there);
    await anna.must('calls.setMuted', here, false);
    await ben.waitForTone(there, ANNA.hz);
  });

  test('what rings and is taken back or answered elsewhere ends at once, with its reason; pull and push', async (t) => {
    if (!isThere(t) || !world) return;
    const { callId } = await ben.must<{ callId: string }>('calls.dial', ANNA.number);
    await anna.waitFor('the call to ring', callIn('incoming', BEN.number));
    await ben.must('calls.hangUp', callId);
    const missed = await anna.waitFor('the end', callIn('ended'));
    assert.deepEqual([missed.end?.reason, missed.end?.isMissed], ['cancelled', true]);
    await anna.waitFor('the missed call in the history', ({ history }) => history.missedCount === 1);
    await anna.clear();
    await ben.clear();

    const desk = await world.cast.baresip(world.system.desk(ANNA.number), DESK_HZ, { name: 'anna-desk' });
    const now = watch(desk);
    await ben.must('calls.dial', ANNA.number);
    await Promise.all([now.event('CALL_INCOMING'), anna.waitFor('the call to ring', callIn('incoming', BEN.number))]);
    await desk.answer();
    const elsewhere = await anna.waitFor('the end', callIn('ended'));
    assert.deepEqual([elsewhere.end?.reason, elsewhere.end?.isMissed], ['answeredElsewhere', false]);
    const running = await anna.waitFor('the call on the desk phone', ({ elsewhere: [call] }) =>
      call?.phase === 'active' ? call : undefined,
    );
    assert.deepEqual([running.device, running.party.number, running.canPull], ['desk', BEN.number, true]);
    const there = (await ben.waitFor('the call to run', callIn('active'))).id;

    await anna.clear();
    const pulled = await anna.must<{ callId: string }>('elsewhere.pull', running.id);
    await now.event('CALL_CLOSED');
    await Promise.all([anna.waitForTone(pulled.callId, BEN.hz), ben.waitForTone(there, ANNA.hz)]);
    await anna.waitFor('nothing to run elsewhere', ({ elsewhere: others }) => others.length === 0);

    const again = watch(desk);
    const pushed = anna.must('calls.push', pulled.callId, 'desk');
    await again.event('CALL_INCOMING');
    await desk.answer();
    await pushed;
    assert.equal((await anna.waitFor('the call to be gone', callIn('ended'))).end?.reason, 'moved');
    await Promise.all([ben.waitForTone(there, DESK_HZ), desk.waitForTone(BEN.hz)]);
    await desk.close();
  });

  test('a second call is swapped with the first; a third is refused', async (t) => {
    if (!isThere(t)) return;
    const first = await calls(ben, BEN);
    await anna.waitForTone(first.here, BEN.hz);
    const second = await calls(carla, CARLA);
    await Promise.all([
      anna.waitForTone(second.here, CARLA.hz),
      carla.waitForTone(second.there, ANNA.hz),
      ben.waitForSilence(first.there),
    ]);
    const isHeld = async () => (await anna.state()).calls.map((call) => call.isHeld);
    assert.deepEqual(await isHeld(), [true, false]);
    await anna.must('calls.swap');
    await Promise.all([
      anna.waitForTone(first.here, BEN.hz),
      ben.waitForTone(first.there, ANNA.hz),
      carla.waitForSilence(second.there),
    ]);
    await carla.waitFor('to be held', ({ calls: [call] }) => call?.isHeldByOther);
    assert.deepEqual(await isHeld(), [false, true]);
    const third = await anna.command('calls.dial', '4100');
    assert.equal(third.ok ? '' : third.problem.code, 'tooManyCalls');
  });

  test('blind transfer: the two others talk, and the call here is over', async (t) => {
    if (!isThere(t)) return;
    const { here, there } = await calls(ben, BEN);
    const transferred = anna.must('calls.transfer', here, CARLA.number);
    const arrived = await carla.waitFor('the call to ring', callIn('incoming', BEN.number));
    await ben.waitForSilence(there);
    await carla.must('calls.answer', arrived.id);
    await transferred;
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'transferred');
    await Promise.all([ben.waitForTone(there, CARLA.hz), carla.waitForTone(arrived.id, BEN.hz)]);
    await ben.waitFor('to know whom one talks with', callIn('active', CARLA.number));
  });

  test('a transfer to nobody leaves the call where it was', async (t) => {
    if (!isThere(t)) return;
    const { here } = await calls(ben, BEN);
    const refused = await anna.command('calls.transfer', here, '4999');
    assert.equal(refused.ok ? '' : refused.problem.code, 'transferNotFound');
    await anna.waitForTone(here, BEN.hz);
    const [call] = (await anna.state()).calls;
    assert.deepEqual([call?.phase, call?.isHeld, call?.move], ['active', false, undefined]);
  });

  test('consultation, then transfer with the call that was asked in', async (t) => {
    if (!isThere(t)) return;
    const first = await calls(ben, BEN);
    const second = await calls(carla, CARLA, { consultationFor: first.here });
    await Promise.all([
      anna.waitForTone(second.here, CARLA.hz),
      carla.waitForTone(second.there, ANNA.hz),
      ben.waitForSilence(first.there),
    ]);
    await anna.must('calls.transferAttended', first.here, second.here);
    await anna.waitFor('both to end', ({ calls: all }) => all.every((call) => call.end?.reason === 'transferred'));
    await Promise.all([ben.waitForTone(first.there, CARLA.hz), carla.waitForTone(second.there, BEN.hz)]);
  });

  test('both calls become a conference: everybody hears the others', async (t) => {
    if (!isThere(t)) return;
    const first = await calls(ben, BEN);
    const second = await calls(carla, CARLA);
    await anna.must('calls.merge', first.here, second.here);
    const conference = await anna.waitFor('the conference alone', ({ calls: all }) => {
      const running = all.filter(({ phase }) => phase === 'active');
      return running.length === 1 && running[0]?.isConference ? running[0] : undefined;
    });
    const ended = (await anna.state()).calls.filter(({ phase }) => phase === 'ended');
    assert.ok(ended.length > 0 && ended.every(({ end }) => end?.reason === 'merged'), JSON.stringify(ended));
    await Promise.all([
      anna.waitForTones(conference.id, [BEN.hz, CARLA.hz]),
      ben.waitForTones(first.there, [ANNA.hz, CARLA.hz]),
      carla.waitForTones(second.there, [ANNA.hz, BEN.hz]),
    ]);
  });
});
