import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { measureTone } from './audio.ts';
import { type Baresip, type BaresipOptions, startBaresip } from './baresip.ts';
import type { BaresipAccount, SipTransport } from './baresip-config.ts';
import { createCertificates, type TestCertificates } from './certificates.ts';
import { findPeer, requirePeer } from './find.ts';
import { type Kamailio, startKamailio } from './kamailio.ts';
import { headerOf } from './sip-trace.ts';

const ANNA = { user: '4020', password: 'anna-secret' };
const BEN = { user: '4021', password: 'ben-secret' };
const CARLA = { user: '4022', password: 'carla-secret' };

describe('baresip, registered at Kamailio', { concurrency: 4 }, () => {
  let kamailio: Kamailio;
  let certificates: TestCertificates;

  before(async () => {
    if (!findPeer('kamailio') || !findPeer('baresip')) return;
    certificates = await createCertificates();
    const accounts = Object.fromEntries(
      ['udp', 'tcp', 'tls', 'hold', 'echo', 'move'].flatMap((prefix) =>
        [ANNA, BEN, CARLA].map(({ user, password }) => [`${prefix}${user}`, password]),
      ),
    );
    kamailio = await startKamailio({ role: 'registrar', accounts, authenticateCalls: true, certificates });
  });

  after(async () => {
    await kamailio?.close();
    certificates?.remove();
  });

  async function phone(
    prefix: string,
    { user, password }: typeof ANNA,
    options: { transport?: SipTransport; audio?: BaresipOptions['audio']; answerMode?: 'auto' } = {},
  ): Promise<Baresip> {
    const { transport = 'udp', audio = { sineHz: 440 }, answerMode = 'manual' } = options;
    const port = transport === 'tls' ? kamailio.tlsPort : kamailio.port;
    const account: BaresipAccount = {
      user: prefix + user,
      password,
      transport,
      answerMode,
      domain: `127.0.0.1:${port}`,
    };
    const started = await startBaresip({ account, audio, caFile: certificates.caFile });
    try {
      await started.waitForRegistration();
      return started;
    } catch (error) {
      await started.close();
      throw error;
    }
  }

  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    test(`two phones over ${transport.toUpperCase()} call each other and hear each other's tone`, async (t) => {
      if (!requirePeer(t, 'baresip', 'kamailio')) return;
      const anna = await phone(transport, ANNA, { transport });
      const ben = await phone(transport, BEN, { transport, audio: { sineHz: 880 } });
      t.after(() => Promise.all([anna.close(), ben.close()]));
      await anna.dial(`${transport}4021`);
      await ben.waitForEvent('CALL_INCOMING');
      await anna.waitForEvent('CALL_RINGING');
      await ben.answer();
      await Promise.all([anna.waitForEvent('CALL_ESTABLISHED'), ben.waitForEvent('CALL_ESTABLISHED')]);
      await Promise.all([anna.waitForTone(880), ben.waitForTone(440)]);
      await anna.hangup();
      await ben.waitForEvent('CALL_CLOSED');
      assert.ok(anna.recordings().every((audio) => measureTone(audio, 440).seconds === 0));
      const invite = ben.sipMessages().find(({ text }) => text.startsWith('INVITE'));
      assert.equal(invite?.transport, transport.toUpperCase());
      assert.match(headerOf(invite.text, 'From') ?? '', new RegExp(`${transport}4020`));
    });
  }

  test('a phone that echoes returns the tone', async (t) => {
    if (!requirePeer(t, 'baresip', 'kamailio')) return;
    const anna = await phone('echo', ANNA);
    const ben = await phone('echo', BEN, { audio: 'echo', answerMode: 'auto' });
    t.after(() => Promise.all([anna.close(), ben.close()]));
    await anna.dial('echo4021');
    await anna.waitForEvent('CALL_ESTABLISHED');
    await anna.waitForTone(440);
  });

  test('a call is held, resumed, and carries digits', async (t) => {
    if (!requirePeer(t, 'baresip', 'kamailio')) return;
    const anna = await phone('hold', ANNA);
    const ben = await phone('hold', BEN, { audio: { sineHz: 880 }, answerMode: 'auto' });
    t.after(() => Promise.all([anna.close(), ben.close()]));
    await anna.dial('hold4021');
    await ben.waitForEvent('CALL_ESTABLISHED');
    await ben.waitForTone(440);
    await anna.hold();
    await ben.waitFor((event) => event.type === 'CALL_REMOTE_SDP' && event.param === 'offer');
    await ben.waitForNoRtp();
    await anna.resume();
    await ben.waitForRtp();
    await anna.dtmf('5');
    await ben.waitFor((event) => event.type === 'CALL_DTMF_START' && event.param === '5');
  });

  test('a call is transferred to a third phone', async (t) => {
    if (!requirePeer(t, 'baresip', 'kamailio')) return;
    const anna = await phone('move', ANNA);
    const ben = await phone('move', BEN, { answerMode: 'auto' });
    const carla = await phone('move', CARLA, { audio: { sineHz: 880 }, answerMode: 'auto' });
    t.after(() => Promise.all([anna.close(), ben.close(), carla.close()]));
    await anna.dial('move4021');
    await anna.waitForEvent('CALL_ESTABLISHED');
    await anna.transfer(`sip:move4022@127.0.0.1:${kamailio.port}`);
    await carla.waitForEvent('CALL_ESTABLISHED');
    await ben.waitForTone(880);
  });

  test('a wrong password is reported as a refused registration', async (t) => {
    if (!requirePeer(t, 'baresip', 'kamailio')) return;
    await assert.rejects(phone('udp', { ...ANNA, password: 'wrong' }), /registration refused: .*401/);
  });
});
