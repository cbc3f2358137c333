/** How a call ends or goes on when nobody takes it: busy, declined, no answer, nobody reachable, sent elsewhere. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { type Baresip, findPeer, headerOf, type Linphonec, requirePeer } from '../peers/index.ts';
import { Cast } from './cast.ts';
import { withSettings } from './company.ts';
import { reasonPhraseOf, statusOf } from './scripted/messages.ts';
import type { ScriptedPhone } from './scripted/phone.ts';
import { callRecords, startUnisono, type Unisono } from './unisono.ts';
import { watch } from './watch.ts';

describe('a call that nobody takes', () => {
  let system: Unisono;
  let cast: Cast;
  let caller: ScriptedPhone;
  let annaDesk: Baresip;
  let annaClient: Linphonec;

  before(async () => {
    system = await startUnisono({
      adapt: (data) =>
        [
          ['anna', { ringSec: 5 }],
          ['ben', { ringSec: 5, noAnswer: 'alternativeNumber', alternativeNumber: '4024' }],
          ['carla', { busy: 'alternativeNumber', alternativeNumber: '4024' }],
        ].reduce((all, [user, settings]) => withSettings(all, user as string, settings as object), data),
      lifetimeSec: 240,
    });
    cast = new Cast(system);
    caller = await cast.scripted(system.desk('4000'));
    if (!findPeer('baresip') || !findPeer('linphonec')) return;
    [annaDesk, annaClient] = await Promise.all([
      cast.baresip(system.desk('4020'), 440),
      cast.linphonec(system.client('anna'), 660),
    ]);
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  /** Phones of one test, gone when it is over. */
  function guestsOf(t: TestContext): Cast {
    const guests = new Cast(system);
    t.after(() => guests.close());
    return guests;
  }

  /** What the call records must say, in the order of the calls. */
  const results: { dialled: string; result: string; diversions: string[] }[] = [];
  function expectRecord(dialled: string, result: string, ...diversions: string[]): void {
    results.push({ dialled, result, diversions });
  }

  test('one device is busy: the others ring on, and whoever answers has the call', async (t) => {
    if (!requirePeer(t, 'baresip', 'linphonec')) return;
    const desk = watch(annaDesk);
    const call = await caller.call('4020');
    await desk.event('CALL_INCOMING');
    await annaClient.waitForCall('IncomingReceived');
    await annaDesk.hangup();
    await desk.event('CALL_CLOSED');
    assert.ok(desk.messages().some(({ text }) => text.startsWith('SIP/2.0 486')));
    await annaClient.answer();
    await call.answered();
    await call.bye();
    await annaClient.waitForNoCall();
    assert.deepEqual([...new Set(call.statuses())], [100, 180, 200]);
    expectRecord('4020', 'answered');
  });

  test('declined on one device: all stop, and the caller hears it', async (t) => {
    if (!requirePeer(t, 'baresip', 'linphonec')) return;
    const desk = watch(annaDesk);
    const call = await caller.call('4020');
    await desk.event('CALL_INCOMING');
    await annaClient.waitForCall('IncomingReceived');
    await annaClient.terminate();
    const final = await call.final();
    assert.equal(statusOf(final.text), 603);
    await desk.event('CALL_CLOSED');
    const cancel = desk.messages().find(({ text }) => text.startsWith('CANCEL'));
    assert.match(headerOf(cancel?.text ?? '', 'Reason') ?? '', /^SIP;cause=603;/);
    expectRecord('4020', 'declined');
  });

  test('every device is busy: so is the user', async (t) => {
    if (!requirePeer(t, 'baresip', 'sipp')) return;
    const guests = guestsOf(t);
    await guests.sipp(system.client('ben'), { scenario: 'uas-busy' });
    const desk = watch(await guests.baresip(system.desk('4021'), 440));
    const call = await caller.call('4021');
    await desk.event('CALL_INCOMING');
    await desk.phone.hangup();
    assert.equal(statusOf((await call.final()).text), 486);
    expectRecord('4021', 'busy');
  });

  test('nobody answers: all stop after the ring time, and the caller hears it', async (t) => {
    if (!requirePeer(t, 'baresip', 'linphonec')) return;
    const desk = watch(annaDesk);
    const begin = performance.now();
    const call = await caller.call('4020');
    await desk.event('CALL_INCOMING');
    const final = await call.final();
    const rangSec = (final.atMs - begin) / 1_000;
    assert.ok(rangSec >= 4.9 && rangSec < 8, `rang for ${rangSec} s`);
    assert.equal(`${statusOf(final.text)} ${reasonPhraseOf(final.text)}`, '480 No answer');
    await desk.event('CALL_CLOSED');
    await annaClient.waitForNoCall();
    expectRecord('4020', 'noAnswer');
  });

  test('nobody answers, and there is an alternative number: it rings, is told from whom, and has the call', async (t) => {
    if (!requirePeer(t, 'baresip', 'sipp')) return;
    const guests = guestsOf(t);
    await guests.sipp(system.desk('4021'), { scenario: 'uas-rings' });
    const eva = watch(await guests.baresip(system.desk('4024'), 770));
    const call = await caller.call('4021');
    await call.response(180);
    await call.response(181);
    const { event } = await eva.event('CALL_INCOMING');
    assert.match(event.peeruri ?? '', /^sip:4000@/);
    const invite = eva.messages().find(({ text }) => text.startsWith('INVITE'))?.text ?? '';
    assert.match(headerOf(invite, 'Diversion') ?? '', /<sip:4021@[^>]+>;reason=no-answer/);
    await eva.phone.answer();
    const answer = await call.answered();
    assert.match(headerOf(answer.text, 'P-Asserted-Identity') ?? '', /<sip:4024@/);
    await call.bye();
    await eva.event('CALL_CLOSED');
    expectRecord('4021', 'answered', '4021 noAnswer');
  });

  test('no device is registered: the caller hears that nobody can be reached', async () => {
    const call = await caller.call('4023');
    const final = await call.final();
    assert.equal(`${statusOf(final.text)} ${reasonPhraseOf(final.text)}`, '480 No device reachable');
    expectRecord('4023', 'unreachable');
  });

  test('the only device says that it cannot: the alternative number rings at once', async (t) => {
    if (!requirePeer(t, 'sipp')) return;
    const guests = guestsOf(t);
    await guests.sipp(system.desk('4021'), { scenario: 'uas-unavailable' });
    await guests.sipp(system.desk('4024'), { scenario: 'uas' });
    const call = await caller.call('4021');
    await call.answered();
    await call.bye();
    expectRecord('4021', 'answered', '4021 unreachable');
  });

  test('busy on the desk phone, and the busy setting is the alternative number: the client stops, the other rings', async (t) => {
    if (!requirePeer(t, 'sipp', 'baresip')) return;
    const guests = guestsOf(t);
    const client = watch(await guests.baresip(system.client('carla'), 550));
    const desk = watch(await guests.baresip(system.desk('4022'), 550));
    await guests.sipp(system.desk('4024'), { scenario: 'uas' });
    const call = await caller.call('4022');
    await Promise.all([client.event('CALL_INCOMING'), desk.event('CALL_INCOMING')]);
    await desk.phone.hangup();
    await client.event('CALL_CLOSED');
    await call.answered();
    await call.bye();
    expectRecord('4022', 'answered', '4022 busy');
  });

  test('a phone sends the call elsewhere: it goes there, and the caller never sees the redirection', async (t) => {
    if (!requirePeer(t, 'sipp', 'baresip')) return;
    const guests = guestsOf(t);
    const redirect_to = `sip:4024@127.0.0.1:${system.sipPort}`;
    await guests.sipp(system.desk('4021'), { scenario: 'uas-redirect', keys: { redirect_to } });
    const eva = watch(await guests.baresip(system.desk('4024'), 770));
    const call = await caller.call('4021');
    await eva.event('CALL_INCOMING');
    await eva.phone.answer();
    await call.answered();
    await call.bye();
    assert.ok(call.statuses().every((status) => status < 300));
    expectRecord('4021', 'answered', '4021 declined');
  });

  test('a phone sends the call outside, which its station may not: the mailbox takes it, and the caller never sees the number', async (t) => {
    if (!requirePeer(t, 'sipp')) return;
    const guests = guestsOf(t);
    await guests.sipp(system.desk('4021'), {
      scenario: 'uas-redirect',
      keys: { redirect_to: 'sip:+4990012345@x.invalid' },
    });
    const call = await caller.call('4021');
    const answer = await call.answered();
    assert.ok(!answer.text.includes('90012345'));
    await call.bye();
    expectRecord('4021', 'answered', '4021 declined');
  });

  test('each of these calls has exactly one record, which says what came of it', async () => {
    const records = await callRecords(system);
    const said = records.map(({ dialled, result, diversions }) => ({
      dialled,
      result,
      diversions: (diversions as { station: string; reason: string }[]).map((one) => `${one.station} ${one.reason}`),
    }));
    assert.deepEqual(said, results);
  });
});
