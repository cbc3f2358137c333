/** What runs on a user's other devices is seen, pulled and pushed; calls are merged. With real phones, and what they hear. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, type TestContext, test } from 'node:test';
import {
  type Audio,
  type Baresip,
  energy,
  energyAt,
  findPeer,
  type Linphonec,
  requirePeer,
  runSipp,
} from '../peers/index.ts';
import { Cast } from './cast.ts';
import { statusOf } from './scripted/messages.ts';
import type { ScriptedPhone } from './scripted/phone.ts';
import { startUnisono, type Unisono } from './unisono.ts';
import { watch } from './watch.ts';

const [ANNA_HZ, BEN_HZ, CARLA_HZ, EVA_HZ] = [440, 880, 660, 550];
const HEAR_MS = 8_000;

/** Resolves once all the tones are heard together, and little else. */
async function hears(phone: { listen(ms: number): Promise<Audio> }, ...tonesHz: number[]): Promise<void> {
  const untilMs = Date.now() + HEAR_MS;
  let shares: number[] = [];
  do {
    const audio = await phone.listen(500);
    const last = { ...audio, samples: audio.samples.subarray(-audio.sampleRateHz / 4) };
    const all = energy(last.samples);
    shares = tonesHz.map((tone) => (all < 1e-6 ? 0 : energyAt(tone, last) / all));
    const heard = shares.reduce((sum, share) => sum + share, 0);
    if (shares.every((share) => share > 0.2) && heard > 0.75) return;
  } while (Date.now() < untilMs);
  assert.fail(
    `${tonesHz.join(' and ')} Hz were not heard together: ${shares.map((share) => share.toFixed(2)).join(' ')}`,
  );
}

/** Resolves once something is heard that is not the tone of the other party. */
async function hearsMusic(phone: { listen(ms: number): Promise<Audio> }): Promise<void> {
  const untilMs = Date.now() + HEAR_MS;
  do {
    const audio = await phone.listen(600);
    const all = energy(audio.samples);
    if (all > 1e-4 && energyAt(ANNA_HZ, audio) < 0.2 * all) return;
  } while (Date.now() < untilMs);
  assert.fail('no music was heard');
}

describe('other devices', () => {
  let system: Unisono;
  let cast: Cast;
  let anna: Baresip;
  let benClient: Baresip;
  let ben: Linphonec;
  let carla: Linphonec;
  /** A client of Ben's that follows what runs on the others. */
  let follower: ScriptedPhone;

  before(async () => {
    system = await startUnisono({ lifetimeSec: 240, musicOnHold: true });
    cast = new Cast(system);
    follower = await cast.scripted(system.client('ben'), { register: false });
    if (!findPeer('baresip') || !findPeer('linphonec')) return;
    [anna, benClient, ben, carla] = await Promise.all([
      cast.baresip(system.desk('4020'), ANNA_HZ, { name: 'anna' }),
      cast.baresip(system.client('ben'), EVA_HZ, { name: "ben's client" }),
      cast.linphonec(system.desk('4021'), BEN_HZ),
      cast.linphonec(system.desk('4022'), CARLA_HZ),
    ]);
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });
  afterEach(async () => {
    for (const phone of [anna, benClient]) await phone?.command('hangupall').catch(() => {});
    for (const phone of [ben, carla]) if ((await phone?.calls())?.length) await phone.command('terminate all');
  });

  const isThere = (t: TestContext) => requirePeer(t, 'baresip', 'linphonec');
  const at = (user: string) => `sip:${user}@127.0.0.1:${system.sipPort}`;

  /** Subscribes to Ben's dialogs; gives what waits for a document. */
  async function followBen() {
    const { text } = await follower.request('SUBSCRIBE', at('4021'), ['Event: dialog', 'Expires: 600']);
    assert.equal(statusOf(text), 200, text);
    return async (what: RegExp): Promise<string> => {
      const shows = (message: { text: string }) => message.text.startsWith('NOTIFY') && what.test(message.text);
      return (await follower.inbox.waitFor(`NOTIFY with ${what}`, shows, { timeoutMs: 6_000 })).text;
    };
  }

  test("a client sees the desk phone's call and pulls it; the other party hears the new device", async (t) => {
    if (!isThere(t) || !requirePeer(t, 'sipp')) return;
    const told = await followBen();
    await carla.command(`call ${at('4021')}`);
    await told(/<state>early<\/state>/);
    await ben.waitForCall('IncomingReceived');
    await ben.answer();
    await hears(carla, BEN_HZ);
    const document = await told(/gr=desk[\s\S]*<state>confirmed|<state>confirmed<\/state>[\s\S]*gr=desk/);
    const [, dialog = ''] = /(<dialog [^>]*>)<state>confirmed/.exec(document) ?? [];
    const part = (name: string) => new RegExp(` ${name}="([^"]*)"`).exec(dialog)?.[1] ?? '';
    assert.match(document, /<remote><identity display="Carla Rossi">sip:4022@/);
    const { user, password = '' } = system.client('ben');
    const [pulled] = await Promise.all([
      runSipp({
        scenario: 'uac-replaces',
        remote: `127.0.0.1:${system.sipPort}`,
        rows: [{ user, target: '4021', password }],
        keys: { replaces: `${part('call-id')};to-tag=${part('remote-tag')};from-tag=${part('local-tag')}` },
        pauseMs: 4_000,
        // What it hears it says: Carla hears herself.
        extraArguments: ['-rtp_echo', '-auth_uri', `4021@127.0.0.1:${system.sipPort}`],
      }),
      hears(carla, CARLA_HZ),
    ]);
    assert.ok(pulled.ok, pulled.errors);
    assert.equal((await ben.calls()).length, 0);
    await told(/<state>terminated<\/state>/);
  });

  test('a client pushes its call to the desk phone: both hear each other, the client is free', async (t) => {
    if (!isThere(t)) return;
    const clientSees = watch(benClient);
    await carla.command(`call ${at('4021')}`);
    await clientSees.event('CALL_INCOMING');
    await benClient.answer();
    await clientSees.event('CALL_ESTABLISHED');
    await hears(carla, EVA_HZ);
    await benClient.transfer(`${at('4021')};gr=desk`);
    await ben.waitForCall('IncomingReceived');
    await ben.answer();
    await clientSees.event('CALL_CLOSED');
    await Promise.all([hears(carla, BEN_HZ), hears(ben, CARLA_HZ)]);
    await carla.terminate();
  });

  test('whoever is put on hold hears music, and the voice again afterwards', async (t) => {
    if (!isThere(t)) return;
    const annaSees = watch(anna);
    await anna.dial('4022');
    await carla.waitForCall('IncomingReceived');
    await carla.answer();
    await annaSees.event('CALL_ESTABLISHED');
    await hears(carla, ANNA_HZ);
    await anna.hold();
    await hearsMusic(carla);
    await anna.resume();
    await hears(carla, ANNA_HZ);
    await carla.terminate();
  });

  test('two calls are merged: each of the three hears the two others', async (t) => {
    if (!isThere(t)) return;
    const callIds: string[] = [];
    for (const [number, phone] of [
      ['4021', ben],
      ['4022', carla],
    ] as const) {
      const annaSees = watch(anna);
      await anna.dial(number);
      await phone.waitForCall('IncomingReceived');
      await phone.answer();
      callIds.push((await annaSees.event('CALL_ESTABLISHED')).event.id ?? '');
    }
    const annaSees = watch(anna);
    await anna.dial('conference');
    const conference = (await annaSees.event('CALL_ESTABLISHED')).event.id ?? '';
    const contact = annaSees
      .messages()
      .map(({ text }) => /Contact: <sip:(conference-\w+)@[^>]*>;isfocus/.exec(text)?.[1]);
    const focus = contact.find((user) => user !== undefined) ?? '';
    for (const callId of callIds) {
      await anna.selectCall(callId);
      await anna.transfer(at(focus));
    }
    await anna.selectCall(conference);
    await Promise.all([hears(ben, ANNA_HZ, CARLA_HZ), hears(carla, ANNA_HZ, BEN_HZ), hears(anna, BEN_HZ, CARLA_HZ)]);
    await ben.terminate();
    await Promise.all([hears(carla, ANNA_HZ), hears(anna, CARLA_HZ)]);
    await carla.terminate();
    await annaSees.event('CALL_CLOSED');
  });
});
