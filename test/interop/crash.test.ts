/** What is there after the process has ended, by will or by force. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Baresip, findPeer, requirePeer } from '../peers/index.ts';
import { Cast } from './cast.ts';
import { statusOf } from './scripted/messages.ts';
import type { ScriptedPhone } from './scripted/phone.ts';
import { callRecords, startUnisono, type Unisono } from './unisono.ts';
import { watch } from './watch.ts';

const [ANNA_HZ, CARLA_HZ] = [440, 660];

describe('a restart', () => {
  let system: Unisono;
  let cast: Cast;
  let anna: Baresip;
  let carla: Baresip;
  let ben: ScriptedPhone;
  let client: ScriptedPhone;

  before(async () => {
    system = await startUnisono();
    cast = new Cast(system);
    ben = await cast.scripted(system.desk('4021'));
    client = await cast.scripted(system.client('anna'));
    if (!findPeer('baresip')) return;
    // Registered for an hour, so that they do not come by themselves.
    [anna, carla] = await Promise.all([
      cast.baresip({ ...system.desk('4020'), registerIntervalSec: 3600 }, ANNA_HZ),
      cast.baresip({ ...system.desk('4022'), registerIntervalSec: 3600 }, CARLA_HZ),
    ]);
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  test('kill -9 while one call runs and one rings: both records say interrupted, and the audio goes on', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    const seen = [watch(anna), watch(carla)] as const;
    await carla.dial('4020');
    await seen[0].event('CALL_INCOMING');
    await client.nextCall();
    await anna.answer();
    const ringing = await client.call('4021');
    (await ben.nextCall()).ring();
    await ringing.response(180);
    await Promise.all([anna.waitForTone(CARLA_HZ), carla.waitForTone(ANNA_HZ)]);

    await system.crashAndRestart();
    // The audio goes from phone to phone: it has not even noticed.
    await Promise.all([anna.waitForTone(CARLA_HZ), carla.waitForTone(ANNA_HZ)]);
    const records = await callRecords(system);
    assert.deepEqual(
      records.map(({ dialled, result, detail }) => [dialled, result, detail]),
      ['4020', '4021'].map((dialled) => [dialled, 'interrupted', 'The system stopped while this call was open.']),
    );
    await Promise.all([anna.hangup(), carla.hangup()]);
    await Promise.all(seen.map((one) => one.event('CALL_CLOSED')));
  });

  test('after it phones are called that have not registered again, and the old dialogs are gone', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    const registered = anna.sipMessages().filter(({ text }) => text.startsWith('REGISTER')).length;
    const seen = watch(anna);
    const call = await ben.call('4020');
    await seen.event('CALL_INCOMING');
    await client.nextCall();
    await anna.answer();
    await call.answered();
    assert.equal(anna.sipMessages().filter(({ text }) => text.startsWith('REGISTER')).length, registered);
    await call.bye();
    await seen.event('CALL_CLOSED');
    const stray = await ben.request('BYE', `sip:4020@${ben.domain}`);
    assert.equal(statusOf(stray.text), 481);
  });

  test('a restart by will ends calls with BYE, and keeps registrations too', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    const seen = watch(anna);
    const call = await ben.call('4020');
    await seen.event('CALL_INCOMING');
    await anna.answer();
    await call.answered();
    const restarted = system.restart('SIGTERM');
    await call.waitForRequest('BYE');
    await seen.event('CALL_CLOSED');
    await restarted;
    const last = (await callRecords(system)).at(-1);
    assert.equal(last?.result, 'answered');
    const seenAgain = watch(anna);
    const again = await ben.call('4020');
    await seenAgain.event('CALL_INCOMING');
    again.cancel();
    await again.response(487);
  });
});
