/** What people do in a call: hold, transfer, press keys. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { SystemData } from '@unisono/pbx';
import { type Baresip, findPeer, type Linphonec, measureTone, requirePeer } from '../peers/index.ts';
import { Cast } from './cast.ts';
import { methodOf, statusOf } from './scripted/messages.ts';
import type { ScriptedPhone } from './scripted/phone.ts';
import { callRecords, startUnisono, type Unisono } from './unisono.ts';
import { watch } from './watch.ts';

const [ANNA_HZ, BEN_HZ, CARLA_HZ, DAVID_HZ, EVA_HZ] = [440, 880, 660, 770, 550];

/** Clients are asked as often as it may be. */
function withQuickKeepAlive(data: SystemData): SystemData {
  return { ...data, defaults: { ...data.defaults, ufipKeepAlive: { intervalSec: 30, attempts: 1 } } };
}

describe('in a call', () => {
  let system: Unisono;
  let cast: Cast;
  let anna: Baresip;
  let ben: Baresip;
  let carla: Linphonec;
  let eva: Linphonec;
  /** A client that does nothing all the time. */
  let quiet: ScriptedPhone;

  before(async () => {
    system = await startUnisono({ adapt: withQuickKeepAlive, lifetimeSec: 240 });
    cast = new Cast(system);
    quiet = await cast.scripted(system.client('carla'));
    if (!findPeer('baresip') || !findPeer('linphonec')) return;
    [anna, ben, carla, eva] = await Promise.all([
      cast.baresip(system.desk('4020'), ANNA_HZ, { name: 'anna' }),
      cast.baresip(system.desk('4021'), BEN_HZ, { name: 'ben' }),
      cast.linphonec(system.desk('4022'), CARLA_HZ),
      cast.linphonec(system.desk('4024'), EVA_HZ),
    ]);
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  /** A test that failed leaves no call to the next. */
  afterEach(async () => {
    for (const phone of [anna, ben]) await phone?.hangup().catch(() => {});
    for (const phone of [carla, eva]) if ((await phone?.calls())?.length) await phone.command('terminate all');
  });

  const isThere = (t: TestContext) => requirePeer(t, 'baresip', 'linphonec');
  const at = (number: string) => `sip:${number}@127.0.0.1:${system.sipPort}`;

  /** Anna calls Ben, who answers. */
  async function annaTalksToBen() {
    const [annaSees, benSees] = [watch(anna), watch(ben)];
    await anna.dial('4021');
    await benSees.event('CALL_INCOMING');
    await ben.answer();
    await Promise.all([annaSees.event('CALL_ESTABLISHED'), benSees.event('CALL_ESTABLISHED')]);
    return { annaSees, benSees };
  }

  for (const [name, holder, held] of [
    ['who called', () => anna, () => ben],
    ['who was called', () => ben, () => anna],
  ] as const) {
    test(`${name} holds and resumes: the sound stops and comes back`, async (t) => {
      if (!isThere(t)) return;
      const { annaSees, benSees } = await annaTalksToBen();
      await Promise.all([anna.waitForRtp(), ben.waitForRtp()]);
      await holder().hold();
      await held().waitForNoRtp();
      await holder().resume();
      await Promise.all([anna.waitForRtp(), ben.waitForRtp()]);
      await anna.hangup();
      await Promise.all([annaSees.event('CALL_CLOSED'), benSees.event('CALL_CLOSED')]);
    });
  }

  test('linphonec is held by baresip and holds it: the tone is gone and comes back', async (t) => {
    if (!isThere(t)) return;
    const annaSees = watch(anna);
    await anna.dial('4022');
    await carla.waitForCall('IncomingReceived');
    await carla.answer();
    await Promise.all([carla.waitForTone(ANNA_HZ), anna.waitForTone(CARLA_HZ)]);
    await anna.hold();
    await carla.waitForCall('PausedByRemote');
    await anna.resume();
    await carla.waitForCall('StreamsRunning');
    await carla.waitForTone(ANNA_HZ);
    await carla.hold();
    await carla.waitForCall('Paused');
    // Linphone may go on sending, but nothing is sent to it.
    await carla.listen(300);
    assert.equal(measureTone(await carla.listen(600), ANNA_HZ).seconds, 0);
    await carla.resume();
    await carla.waitForCall('StreamsRunning');
    await Promise.all([carla.waitForTone(ANNA_HZ), anna.waitForRtp()]);
    await carla.terminate();
    await annaSees.event('CALL_CLOSED');
  });

  test('blind transfer: the other party is connected with whom it was sent to, and the one who sent it is free', async (t) => {
    if (!isThere(t)) return;
    const annaSees = watch(anna);
    await anna.dial('4024');
    await eva.waitForCall('IncomingReceived');
    await eva.answer();
    await eva.waitForTone(ANNA_HZ);
    await anna.transfer(at('4022'));
    const { destination } = await carla.waitForCall('IncomingReceived');
    assert.match(destination, /sip:4024@/);
    await carla.answer();
    await annaSees.event('CALL_CLOSED');
    await Promise.all([carla.waitForTone(EVA_HZ), eva.waitForTone(CARLA_HZ)]);
    assert.match(eva.log, /P-Asserted-Identity: "Carla Rossi" <sip:4022@/);
    await carla.terminate();
    await eva.waitForNoCall();
  });

  test('blind transfer to nobody: the one who sent it is told, and both hear each other as before', async (t) => {
    if (!isThere(t)) return;
    const benSees = watch(ben);
    await carla.call(at('4021'));
    await benSees.event('CALL_INCOMING');
    await ben.answer();
    const { id } = await carla.waitForCall('StreamsRunning');
    await carla.transfer(id, at('4023'));
    const deadline = AbortSignal.timeout(5_000);
    while (!carla.log.includes('SIP/2.0 480 No device reachable')) {
      assert.ok(!deadline.aborted, carla.log.slice(-4_000));
      await delay(50);
    }
    await Promise.all([carla.waitForTone(BEN_HZ), ben.waitForRtp()]);
    await carla.terminate();
    await benSees.event('CALL_CLOSED');
  });

  test('attended transfer: the two parties of one phone are connected, and it has none left', async (t) => {
    if (!isThere(t)) return;
    const david = await cast.linphonec(system.client('david'), DAVID_HZ);
    await david.call(at('4022'));
    await carla.waitForCall('IncomingReceived');
    await carla.answer();
    const { id: first } = await carla.waitForCall('StreamsRunning');
    await carla.waitForTone(DAVID_HZ);
    await carla.hold();
    await carla.waitForCall('Paused');
    await carla.call(at('4024'));
    await eva.waitForCall('IncomingReceived');
    await eva.answer();
    const { id: second } = await carla.waitForCall('StreamsRunning');
    await eva.waitForTone(CARLA_HZ);
    await carla.transferToCall(first, second);
    await carla.waitForNoCall();
    await Promise.all([eva.waitForTone(DAVID_HZ), david.waitForTone(EVA_HZ)]);
    assert.match(david.log, /P-Asserted-Identity: "Eva Novak" <sip:4024@/);
    assert.match(eva.log, /P-Asserted-Identity: "David Chen" <sip:4023@/);
    await david.terminate();
    await eva.waitForNoCall();
  });

  test('keys pressed arrive as RTP events and as INFO', async (t) => {
    if (!isThere(t)) return;
    const { annaSees, benSees } = await annaTalksToBen();
    await anna.dtmf('5');
    await benSees.phone.waitFor((event) => event.type === 'CALL_DTMF_START' && event.param === '5');
    await anna.hangup();
    await Promise.all([annaSees.event('CALL_CLOSED'), benSees.event('CALL_CLOSED')]);

    const client = await cast.scripted(system.client('anna'));
    const benSeesMore = watch(ben);
    const call = await client.call('4021');
    await benSeesMore.event('CALL_INCOMING');
    await ben.answer();
    await call.answered();
    const body = { type: 'application/dtmf-relay', text: 'Signal=7\r\nDuration=160\r\n' };
    assert.equal(statusOf((await call.request('INFO', { body })).text), 200);
    await benSeesMore.phone.waitFor((event) => event.type === 'CALL_DTMF_START' && event.param === '7');
    await call.bye();
    await benSeesMore.event('CALL_CLOSED');
  });

  test('after all this no call is open and every one has its record', async (t) => {
    if (!isThere(t)) return;
    const records = await callRecords(system);
    assert.equal(records.length, 9);
    assert.deepEqual(new Set(records.map(({ result }) => result)), new Set(['answered']));
  });

  test('meanwhile a client that only waits was asked by OPTIONS whether it is there', async () => {
    const isOptions = ({ text }: { text: string }) => methodOf(text) === 'OPTIONS';
    await quiet.inbox.waitFor('OPTIONS', isOptions, { timeoutMs: 32_000 });
  });
});
