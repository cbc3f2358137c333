import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { startBaresip } from './baresip.ts';
import type { BaresipAccount, SipTransport } from './baresip-config.ts';
import { createCertificates, type TestCertificates } from './certificates.ts';
import { findPeer, requirePeer } from './find.ts';
import { type Kamailio, startKamailio } from './kamailio.ts';
import { type LinphonecOptions, parseLinphoneCalls, startLinphonec } from './linphonec.ts';

const PASSWORD = 'secret';

describe('linphonec, registered at Kamailio', { concurrency: 3 }, () => {
  let kamailio: Kamailio;
  let certificates: TestCertificates;

  before(async () => {
    if (!findPeer('kamailio') || !findPeer('linphonec')) return;
    certificates = await createCertificates();
    const users = ['udp', 'tcp', 'tls', 'hold', 'move'].flatMap((name) => [1, 2, 3].map((index) => `${name}${index}`));
    const accounts = Object.fromEntries(users.map((user) => [user, PASSWORD]));
    kamailio = await startKamailio({ role: 'registrar', accounts, certificates, realm: 'localhost' });
  });

  after(async () => {
    await kamailio?.close();
    certificates?.remove();
  });

  async function linphonec(t: TestContext, user: string, options: Partial<LinphonecOptions> = {}) {
    const port = options.transport === 'tls' ? kamailio.tlsPort : kamailio.port;
    const account = { user, password: PASSWORD, domain: `localhost:${port}`, caFile: certificates.caFile };
    const phone = await startLinphonec({ ...account, ...options });
    t.after(() => phone.close());
    await phone.waitForRegistration();
    return phone;
  }

  async function baresip(t: TestContext, user: string, transport: SipTransport = 'udp', answerMode?: 'auto') {
    const port = transport === 'tls' ? kamailio.tlsPort : kamailio.port;
    const account: BaresipAccount = {
      user,
      password: PASSWORD,
      domain: `127.0.0.1:${port}`,
      transport,
      answerMode: answerMode ?? 'manual',
    };
    const phone = await startBaresip({ account, caFile: certificates.caFile });
    t.after(() => phone.close());
    await phone.waitForRegistration();
    return phone;
  }

  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    test(`calls baresip over ${transport.toUpperCase()}, both hear each other`, async (t) => {
      if (!requirePeer(t, 'linphonec', 'baresip', 'kamailio')) return;
      const caller = await linphonec(t, `${transport}1`, { transport });
      const callee = await baresip(t, `${transport}2`, transport);
      await caller.call(`sip:${transport}2@localhost`);
      await callee.waitForEvent('CALL_INCOMING');
      await caller.waitForCall('OutgoingRinging');
      await callee.answer();
      await Promise.all([caller.waitForTone(440), callee.waitForTone(660)]);
      await callee.hangup();
      await caller.waitForNoCall();
    });
  }

  test('answers baresip, holds and resumes', async (t) => {
    if (!requirePeer(t, 'linphonec', 'baresip', 'kamailio')) return;
    const callee = await linphonec(t, 'hold1');
    const caller = await baresip(t, 'hold2');
    await caller.dial('hold1');
    await callee.waitForCall('IncomingReceived');
    await callee.answer();
    await callee.waitForTone(440);
    await callee.hold();
    await callee.waitForCall('Paused');
    await callee.resume();
    await callee.waitForCall('StreamsRunning');
    await callee.waitForTone(440);
    await callee.terminate();
    await caller.waitForEvent('CALL_CLOSED');
  });

  test('transfers a call to the party it has asked before', async (t) => {
    if (!requirePeer(t, 'linphonec', 'baresip', 'kamailio')) return;
    const transferrer = await linphonec(t, 'move1', { sineHz: 880 });
    const transferee = await linphonec(t, 'move2');
    const target = await linphonec(t, 'move3', { sineHz: 550, autoAnswer: true });
    await transferee.call('sip:move1@localhost');
    const { id: first } = await transferrer.waitForCall('IncomingReceived');
    await transferrer.answer();
    await transferee.waitForTone(880);
    await transferrer.hold();
    await transferrer.call('sip:move3@localhost');
    const { id: second } = await transferrer.waitForCall('StreamsRunning');
    await transferrer.transferToCall(first, second);
    await Promise.all([transferee.waitForTone(550, 0.5, 10_000), target.waitForTone(660, 0.5, 10_000)]);
    assert.ok(second > first);
  });
});

test('the table of calls is read', () => {
  const table =
    'Call states\nId | Destination | State | Flags |\n----\n1  | sip:4020@127.0.0.1:22920            | Paused          | \n';
  assert.deepEqual(parseLinphoneCalls(table), [{ id: 1, destination: 'sip:4020@127.0.0.1:22920', state: 'Paused' }]);
  const named = '1  | "Ben Okafor" <sip:4021@company.example> | IncomingReceived | \n';
  assert.deepEqual(parseLinphoneCalls(named), [
    { id: 1, destination: '"Ben Okafor" <sip:4021@company.example>', state: 'IncomingReceived' },
  ]);
  assert.deepEqual(parseLinphoneCalls('No active call.'), []);
});
