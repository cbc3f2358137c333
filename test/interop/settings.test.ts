/** Busy settings, routing and the alternative number, set by feature codes at a phone. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { SystemData } from '@unisono/pbx';
import { type Audio, type Baresip, energy, energyAt, findPeer, requirePeer } from '../peers/index.ts';
import { Cast } from './cast.ts';
import { reasonPhraseOf, statusOf } from './scripted/messages.ts';
import type { ScriptedPhone } from './scripted/phone.ts';
import { startUnisono, type Unisono } from './unisono.ts';
import { watch } from './watch.ts';

function withoutMailboxes(data: SystemData): SystemData {
  return { ...data, users: data.users.map((user) => ({ ...user, mailbox: false })) };
}

/** The confirmation ends with this note, 140 ms long. */
const CONFIRMED_HZ = 880;

/** True when a stretch of 60 ms is nothing but this frequency. */
function isHeard(audio: Audio, frequencyHz: number): boolean {
  const [size, step] = [audio.sampleRateHz * 0.06, audio.sampleRateHz * 0.01];
  for (let start = 0; start + size <= audio.samples.length; start += step) {
    const samples = audio.samples.subarray(start, start + size);
    const all = energy(samples);
    if (all > 1e-5 && energyAt(frequencyHz, { ...audio, samples }) > 0.8 * all) return true;
  }
  return false;
}

describe('what a user has set', () => {
  let system: Unisono;
  let cast: Cast;
  let reception: ScriptedPhone;
  let carla: ScriptedPhone;
  let eva: ScriptedPhone;
  let client: ScriptedPhone;
  let desk: Baresip;

  before(async () => {
    system = await startUnisono({ adapt: withoutMailboxes, lifetimeSec: 240 });
    cast = new Cast(system);
    reception = await cast.scripted(system.desk('4000'));
    carla = await cast.scripted(system.desk('4022'));
    eva = await cast.scripted(system.desk('4024'));
    client = await cast.scripted(system.client('anna'));
    if (findPeer('baresip')) desk = await cast.baresip(system.desk('4020'), 440, { name: "anna's desk phone" });
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  /** Dials a feature code at the desk phone and hears that it is done. */
  async function dialCodeAndListen(code: string): Promise<void> {
    // Recordings are named by the second: this one shall have a name of its own.
    await delay(1_000 - (Date.now() % 1_000) + 20);
    const seen = watch(desk);
    const before = desk.recordings().length;
    await desk.dial(code);
    await seen.event('CALL_ESTABLISHED');
    await seen.event('CALL_CLOSED');
    const heard = desk.recordings().slice(before);
    assert.ok(
      heard.some((audio) => isHeard(audio, CONFIRMED_HZ)),
      `no confirmation of ${code} was heard`,
    );
  }

  /** Dials a feature code on the client. */
  async function dialCode(code: string): Promise<void> {
    const call = await client.call(code);
    await call.answered();
    await call.waitForRequest('BYE');
  }

  /** Calls 4020 and gives which of its devices ring, then hangs up. */
  async function ringing(): Promise<string[]> {
    const atDesk = watch(desk);
    const call = await carla.call('4020');
    const invites = [atDesk.event('CALL_INCOMING', 700), client.nextCall(700)] as const;
    const [atDeskPhone, atClient] = await Promise.allSettled(invites);
    call.cancel();
    await call.response(487);
    if (atDeskPhone.status === 'fulfilled') await atDesk.event('CALL_CLOSED');
    const rang = { desk: atDeskPhone, client: atClient };
    return Object.entries(rang).flatMap(([name, { status }]) => (status === 'fulfilled' ? [name] : []));
  }

  /** A call between the reception and 4020, answered at the desk phone; gives how to end it. */
  async function talking(t: TestContext): Promise<() => Promise<void>> {
    const atDesk = watch(desk);
    const call = await reception.call('4020');
    await atDesk.event('CALL_INCOMING');
    await (await client.nextCall()).waitForRequest('INVITE');
    await desk.answer();
    await call.answered();
    let isOver = false;
    const end = async () => {
      if (isOver) return;
      isOver = true;
      await call.bye();
      await atDesk.event('CALL_CLOSED');
    };
    t.after(end);
    return end;
  }

  test('call waiting: the second call rings everywhere and says so, the third hears busy, and after an end there is room again', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    const end = await talking(t);
    const atDesk = watch(desk);
    const second = await carla.call('4020');
    await atDesk.event('CALL_INCOMING');
    const atClient = await client.nextCall();
    assert.match(atClient.invite.text, /^Alert-Info: <urn:alert:service:call-waiting>/m);
    const third = await eva.call('4020');
    assert.equal(statusOf((await third.final()).text), 486);
    await atClient.connect();
    await second.answered();
    await end();
    const fourth = await eva.call('4020');
    const again = await client.nextCall();
    assert.match(again.invite.text, /^Alert-Info: /m);
    fourth.cancel();
    await fourth.response(487);
    await second.bye();
  });

  test('busy signal by *66: a second call hears busy and no device rings; by #67 it rings again', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    await dialCodeAndListen('*66');
    await talking(t);
    const atDesk = watch(desk);
    const second = await carla.call('4020');
    assert.equal(statusOf((await second.final()).text), 486);
    assert.ok(!atDesk.has('CALL_INCOMING') && !client.hasRung);
    // A code can be dialled in the middle of a call, on another device too.
    await dialCode('#67');
    assert.deepEqual(await ringing(), ['desk', 'client']);
  });

  test('a call that a client has placed counts as busy as well', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    await dialCode('*66#');
    const out = await client.call('4024');
    const atEva = await eva.nextCall();
    await Promise.all([atEva.connect(), out.answered()]);
    const second = await carla.call('4020');
    assert.equal(statusOf((await second.final()).text), 486);
    await out.bye();
    await dialCode('#67');
  });

  test('busy setting alternative number, with the number: the second call goes there', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    await dialCode('*67*4024#');
    assert.deepEqual(await ringing(), ['desk', 'client']);
    await talking(t);
    const second = await carla.call('4020');
    const atEva = await eva.nextCall();
    assert.match(atEva.invite.text, /^Diversion: .*<sip:4020@[^>]*>;reason=user-busy/m);
    await Promise.all([atEva.connect(), second.answered()]);
    await second.bye();
    await dialCode('#67');
  });

  test('desk phone only by *22, clients only by *23, everything by #21', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    await dialCode('*22');
    assert.deepEqual(await ringing(), ['desk']);
    await dialCode('*23');
    assert.deepEqual(await ringing(), ['client']);
    await dialCode('#21');
    assert.deepEqual(await ringing(), ['desk', 'client']);
  });

  test('what cannot be done is refused with the reason, and nothing changes', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    for (const [code, why] of [
      ['*24', 'User "anna" has no mailbox.'],
      ['*21*4999#', 'This number does not exist.'],
      ['*21*112#', 'This is no number calls can be sent to.'],
      ['*91', 'Station 4020 is signed off, and user "anna" has a UFIP device on it.'],
    ] as const) {
      const refusal = (await (await client.call(code)).final()).text;
      assert.equal(statusOf(refusal), 403);
      assert.equal(reasonPhraseOf(refusal), why);
    }
    assert.deepEqual(await ringing(), ['desk', 'client']);
  });

  test('an alternative number set at the phone survives a crash, and so do the registrations', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    await dialCodeAndListen('*21*4024#');
    await system.crashAndRestart();
    const call = await carla.call('4020');
    const atEva = await eva.nextCall();
    assert.match(atEva.invite.text, /^Diversion: .*<sip:4020@[^>]*>;reason=unconditional/m);
    await Promise.all([atEva.connect(), call.answered()]);
    await call.bye();
    assert.match(await system.run('plan', '4020'), /A call now would go to 4024 at once/);
    await dialCode('#21');
    assert.deepEqual(await ringing(), ['desk', 'client']);
  });
});
