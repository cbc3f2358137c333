/** One desk number, every device: the desk phone and the clients of a user behave as one. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Baresip, findPeer, headerOf, requirePeer } from '../peers/index.ts';
import { Cast } from './cast.ts';
import { secretsOf, withLongAuxiliaryNumbers } from './company.ts';
import { startUnisono, type Unisono } from './unisono.ts';
import { watch } from './watch.ts';

/** How long a device may ring on after another one has answered. */
const RINGS_ON_MS = 300;
/** How far apart the first ring of two devices may be heard of: by two processes, on a busy machine. */
const SAME_MOMENT_MS = 300;

const TONES = { ben: 880, 'desk phone': 440, 'first client': 550, 'second client': 660 } as const;
const DEVICES = ['desk phone', 'first client', 'second client'] as const;

describe('a user with a desk phone and two clients', () => {
  let system: Unisono;
  let cast: Cast;
  let ben: Baresip;
  let anna: Record<(typeof DEVICES)[number], Baresip>;

  before(async () => {
    system = await startUnisono({ adapt: withLongAuxiliaryNumbers, lifetimeSec: 240 });
    cast = new Cast(system);
    if (!findPeer('baresip')) return;
    const [caller, desk, first, second] = await Promise.all([
      cast.baresip(system.desk('4021'), TONES.ben, { name: 'ben' }),
      cast.baresip(system.desk('4020'), TONES['desk phone'], { name: 'desk phone' }),
      cast.baresip(system.client('anna'), TONES['first client'], { name: 'first client' }),
      cast.baresip(system.client('anna'), TONES['second client'], { name: 'second client' }),
    ]);
    ben = caller;
    anna = { 'desk phone': desk, 'first client': first, 'second client': second };
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  for (const winner of DEVICES) {
    test(`all ring at the same moment; the ${winner} answers, the others stop at once and are told why`, async (t) => {
      if (!requirePeer(t, 'baresip')) return;
      const caller = watch(ben);
      const devices = DEVICES.map((name) => watch(anna[name]));
      const losers = devices.filter(({ phone }) => phone !== anna[winner]);
      await ben.dial('4020');
      const rung = await Promise.all(devices.map((device) => device.event('CALL_INCOMING')));
      const moments = rung.map(({ atMs }) => atMs);
      assert.ok(Math.max(...moments) - Math.min(...moments) <= SAME_MOMENT_MS, `rang at ${moments}`);
      await caller.event('CALL_RINGING');

      const stopped = losers.map((loser) => loser.event('CALL_CLOSED'));
      await anna[winner].answer();
      const { atMs: answeredAtMs } = await caller.event('CALL_ESTABLISHED');
      for (const { atMs } of await Promise.all(stopped)) {
        assert.ok(atMs - answeredAtMs <= RINGS_ON_MS, `rang on for ${atMs - answeredAtMs} ms`);
      }
      for (const loser of losers) {
        const cancel = loser.messages().find(({ text }) => text.startsWith('CANCEL'));
        assert.match(headerOf(cancel?.text ?? '', 'Reason') ?? '', /^SIP;cause=200;/);
        assert.ok(!loser.has('CALL_ESTABLISHED'));
      }
      await Promise.all([anna[winner].waitForTone(TONES.ben), ben.waitForTone(TONES[winner])]);
      await ben.hangup();
      await devices.find(({ phone }) => phone === anna[winner])?.event('CALL_CLOSED');
    });
  }

  test('a client calls a desk phone, which shows desk number and name and nothing of the client', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    const callee = watch(ben);
    const client = watch(anna['first client']);
    await anna['first client'].dial('4021');
    const { event } = await callee.event('CALL_INCOMING');
    assert.match(event.peeruri ?? '', /^sip:4020@/);
    await ben.answer();
    await client.event('CALL_ESTABLISHED');
    await Promise.all([ben.waitForTone(TONES['first client']), anna['first client'].waitForTone(TONES.ben)]);
    await anna['first client'].hangup();
    await callee.event('CALL_CLOSED');
    const heard = callee.messages().filter(({ from }) => from === `127.0.0.1:${system.sipPort}`);
    const invite = heard.find(({ text }) => text.startsWith('INVITE'))?.text ?? '';
    assert.match(headerOf(invite, 'From') ?? '', /^"Anna Lindner" <sip:4020@/);
    assert.match(headerOf(invite, 'P-Asserted-Identity') ?? '', /^"Anna Lindner" <sip:4020@/);
    for (const secret of secretsOf(system.data)) {
      assert.deepEqual(
        heard.filter(({ text }) => text.includes(secret)).map(({ text }) => text),
        [],
        `${secret} was shown`,
      );
    }
  });

  test('a desk phone that was pulled out of the wall without a word: the clients ring and have the call', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    anna['desk phone'].process.signal('SIGKILL');
    await anna['desk phone'].process.exited;
    await clientsHaveTheCall();
  });

  test('a desk phone that has signed off properly: the clients ring and have the call', async (t) => {
    if (!requirePeer(t, 'baresip')) return;
    const back = await cast.baresip(system.desk('4020'), TONES['desk phone']);
    await back.close();
    await clientsHaveTheCall();
  });

  async function clientsHaveTheCall(): Promise<void> {
    const caller = watch(ben);
    const [first, second] = [watch(anna['first client']), watch(anna['second client'])];
    await ben.dial('4020');
    await Promise.all([first.event('CALL_INCOMING'), second.event('CALL_INCOMING')]);
    await second.phone.answer();
    await Promise.all([caller.event('CALL_ESTABLISHED'), first.event('CALL_CLOSED')]);
    await Promise.all([ben.waitForTone(TONES['second client']), second.phone.waitForTone(TONES.ben)]);
    await ben.hangup();
    await second.event('CALL_CLOSED');
  }

  test('a person without any phone is reached on a client, and calls from it', async (t) => {
    if (!requirePeer(t, 'baresip', 'linphonec')) return;
    const david = await cast.linphonec(system.client('david'), 770);
    const caller = watch(ben);
    await ben.dial('4023');
    await david.waitForCall('IncomingReceived');
    await caller.event('CALL_RINGING');
    await david.answer();
    await Promise.all([ben.waitForTone(770), david.waitForTone(TONES.ben)]);
    await ben.hangup();
    await david.waitForNoCall();

    const callee = watch(ben);
    await david.call(`sip:4021@127.0.0.1:${system.sipPort}`);
    const { event } = await callee.event('CALL_INCOMING');
    assert.match(event.peeruri ?? '', /^sip:4023@/);
    await ben.answer();
    await Promise.all([ben.waitForTone(770), david.waitForTone(TONES.ben)]);
    await ben.hangup();
    await david.waitForNoCall();
    for (const secret of secretsOf(system.data)) {
      const shown = callee
        .messages()
        .filter(({ from, text }) => from.endsWith(`:${system.sipPort}`) && text.includes(secret));
      assert.deepEqual(shown, [], `${secret} was shown`);
    }
  });
});
