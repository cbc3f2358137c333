/** The thinnest whole call: signed in at the door, registered, called by a desk phone, answered; both hear each other. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { watch } from '../interop/watch.ts';
import { findPeer, requirePeer } from '../peers/index.ts';
import type { PhonePage } from './phone-page.ts';
import { callIn, PhoneWorld } from './world.ts';

const ANNA_HZ = 440;
const BEN_HZ = 880;

describe('a person who signs in at the door', () => {
  let world: PhoneWorld | undefined;
  let anna: PhonePage;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    world = await PhoneWorld.open();
    anna = await world.signedIn('anna', ANNA_HZ);
  });
  after(() => world?.close());

  test('is called at the desk number, answers, and both hear each other', async (t) => {
    if (!requirePeer(t, 'chromium') || !requirePeer(t, 'baresip') || !world) return;
    const ben = await world.cast.baresip(world.system.desk('4021'), BEN_HZ, { name: 'ben' });
    const now = watch(ben);
    await ben.dial('4020');
    const ringing = await anna.waitFor('the call to ring', callIn('incoming', '4021'));
    assert.equal(ringing.party.name, 'Ben Okafor');
    await anna.must('calls.answer', ringing.id);
    await anna.waitFor('the call to run', callIn('active', '4021'));
    await now.event('CALL_ESTABLISHED');
    await anna.waitForTone(ringing.id, BEN_HZ);
    await ben.waitForTone(ANNA_HZ);
    await ben.hangup();
    const ended = await anna.waitFor('the end', callIn('ended'));
    assert.equal(ended.end?.reason, 'hungUpThere');
    assert.equal(ended.end?.isMissed, false);
  });
});
