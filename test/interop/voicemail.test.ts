/** Messages are left, told of and heard, with real phones. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SystemData } from '@unisono/pbx';
import { type Baresip, findPeer, requirePeer } from '../peers/index.ts';
import { Cast } from './cast.ts';
import { withSettings } from './company.ts';
import { statusOf } from './scripted/messages.ts';
import type { ScriptedPhone } from './scripted/phone.ts';
import { callRecords, startUnisono, type Unisono } from './unisono.ts';
import { watch } from './watch.ts';

const [ANNA_HZ, BEN_HZ, CARLA_HZ] = [440, 880, 550];
/** Longer than the greeting and its tone. */
const GREETING_MS = 9_000;
const SPEAKING_MS = 3_000;

function withMailboxes(data: SystemData): SystemData {
  return withSettings(data, 'anna', { routing: 'voicemail' });
}

describe('a person whose calls go to voicemail', () => {
  let system: Unisono;
  let cast: Cast;
  let anna: Baresip;
  let ben: Baresip;
  /** A client of Anna's that shows whether messages wait. */
  let lamp: ScriptedPhone;

  before(async () => {
    system = await startUnisono({ adapt: withMailboxes, lifetimeSec: 180 });
    cast = new Cast(system);
    lamp = await cast.scripted(system.client('anna'));
    if (!findPeer('baresip')) return;
    [anna, ben] = await Promise.all([
      cast.baresip(system.desk('4020'), ANNA_HZ, { name: 'anna' }),
      cast.baresip(system.desk('4021'), BEN_HZ, { name: 'ben' }),
    ]);
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  /** The newest NOTIFY that says so; every one is answered. */
  async function lampShows(summary: string): Promise<void> {
    const tells = ({ text }: { text: string }) =>
      text.startsWith('NOTIFY') && text.includes(`Voice-Message: ${summary} `);
    await lamp.inbox.waitFor(`NOTIFY of ${summary}`, tells, { timeoutMs: 5_000 });
  }

  test('a phone that asks is told how many messages wait', async () => {
    const { text } = await lamp.request('SUBSCRIBE', `sip:4020@127.0.0.1:${system.sipPort}`, [
      'Event: message-summary',
      'Accept: application/simple-message-summary',
      'Expires: 600',
    ]);
    assert.equal(statusOf(text), 200, text);
    await lampShows('0/0');
  });

  test('for other events it is refused, and told which there are', async () => {
    const { text } = await lamp.request('SUBSCRIBE', `sip:4020@127.0.0.1:${system.sipPort}`, ['Event: weather']);
    assert.equal(statusOf(text), 489);
    assert.match(text, /^Allow-Events: dialog, conference, message-summary\r$/m);
  });

  test('a caller hears the greeting and the tone, and leaves a message', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    const caller = watch(ben);
    await ben.dial('4020');
    await caller.event('CALL_ESTABLISHED');
    await ben.waitForTone(950, 0.2, GREETING_MS);
    await ben.listen(SPEAKING_MS);
    await ben.hangup();
    await caller.event('CALL_CLOSED');
    await lampShows('1/0');
    const [record] = await callRecords(system);
    assert.equal(record?.result, 'answered');
    assert.equal(record.detail, 'The caller was sent to voicemail');
    assert.deepEqual(record.diversions, [{ station: '4020', reason: 'unconditional' }]);
  });

  test('its owner calls the mailbox, presses 1 and hears it', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    const caller = watch(anna);
    await anna.dial('4102');
    await caller.event('CALL_ESTABLISHED');
    await anna.listen(500);
    await anna.dtmf('1');
    await anna.waitForTone(BEN_HZ, 1.5, 15_000);
    await anna.dtmf('3');
    await anna.listen(500);
    await lampShows('0/0');
    await anna.hangup();
    await caller.event('CALL_CLOSED');
  });

  test('a colleague transfers a call to her: the mailbox takes it, and the colleague is out of it', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    const carla = await cast.baresip(system.desk('4022'), CARLA_HZ, { name: 'carla' });
    const [caller, callee] = [watch(ben), watch(carla)];
    await ben.dial('4022');
    await callee.event('CALL_INCOMING');
    await carla.answer();
    await caller.event('CALL_ESTABLISHED');
    await carla.transfer(`sip:4020@127.0.0.1:${system.sipPort}`);
    await callee.event('CALL_CLOSED');
    await ben.waitForRtp();
    await ben.hangup();
    await caller.event('CALL_CLOSED');
    const record = (await callRecords(system)).find(({ dialled }) => dialled === '4022');
    assert.deepEqual(record?.diversions, [
      { station: '4022', reason: 'transferred' },
      { station: '4020', reason: 'unconditional' },
    ]);
    assert.equal(record?.detail, 'The caller was sent to voicemail');
  });
});
