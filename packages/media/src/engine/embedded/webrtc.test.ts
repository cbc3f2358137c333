import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDtlsCertificate } from '../../dtls/certificate.ts';
import { WEBRTC } from '../engine.ts';
import type { LabBrowser } from './testing/browser.ts';
import { EmbeddedLab, INSIDE, type LabPhone, OUTSIDE, sdpOf } from './testing/lab.ts';

const BROWSER = '192.0.2.50';
const PHONE = '10.0.0.20';

/** The browser offers to the phone; both know where to send, nothing is connected yet. */
async function browserCalls(lab: EmbeddedLab, browser: LabBrowser, phone: LabPhone): Promise<void> {
  const key = { callId: 'call', fromTag: 'a', viaBranch: 'z9' };
  const plain = { security: 'plain', ice: false, rtcpMux: 'none' } as const;
  const offer = { ...key, sdp: browser.sdp(), from: OUTSIDE, to: INSIDE, profile: plain };
  phone.sendTo(sdpOf(await lab.engine.offer(offer)));
  browser.take(sdpOf(await lab.engine.answer({ ...key, toTag: 'b', sdp: phone.sdp(), from: INSIDE })));
}

/** The phone offers to the browser; gives what is left to do with the browser's answer. */
async function phoneCalls(lab: EmbeddedLab, browser: LabBrowser, phone: LabPhone) {
  const key = { callId: 'call', fromTag: 'b', viaBranch: 'z9' };
  const offer = { ...key, sdp: phone.sdp(), from: INSIDE, to: OUTSIDE, profile: WEBRTC };
  browser.take(sdpOf(await lab.engine.offer(offer)));
  return async () => {
    const answer = await lab.engine.answer({ ...key, toTag: 'a', sdp: browser.sdp(), from: OUTSIDE });
    if (answer.ok) phone.sendTo(answer.sdp);
    return answer;
  };
}

async function assertTalk(lab: EmbeddedLab, browser: LabBrowser, phone: LabPhone): Promise<void> {
  const [before, beforePhone] = [browser.heard.length, phone.heard.length];
  for (let i = 0; i < 5; i++) {
    browser.say();
    phone.talk(1);
  }
  lab.clock.advance(10);
  assert.equal(phone.heard.length - beforePhone, 5, 'the phone hears the browser');
  assert.equal(browser.heard.length - before, 5, 'the browser hears the phone');
}

describe('a browser offers', () => {
  test('the engine begins the handshake and both hear each other', async () => {
    const lab = await EmbeddedLab.open();
    const [browser, phone] = [lab.browser(BROWSER), lab.phone(PHONE)];
    await browserCalls(lab, browser, phone);
    assert.equal(browser.remote.setup, 'active');
    await browser.connect();
    await assertTalk(lab, browser, phone);
    const legs = (await lab.engine.query('call'))?.legs;
    assert.deepEqual(
      legs?.map(({ security, packetsReceived, packetsSent }) => [security, packetsReceived, packetsSent]),
      [
        ['dtls', 5, 5],
        ['plain', 5, 5],
      ],
    );
    await lab.close();
  });

  test('ICE that never completes ends the call in 15 s, with the reason', async () => {
    const lab = await EmbeddedLab.open();
    const [browser, phone] = [lab.browser(BROWSER), lab.phone(PHONE)];
    await browserCalls(lab, browser, phone);
    for (let i = 0; i < 14; i++) {
      browser.check({ password: 'a-password-that-was-guessed' });
      lab.clock.advance(1_000);
    }
    assert.equal(lab.lost.length, 0);
    lab.clock.advance(1_500);
    assert.deepEqual([browser.successes, browser.errors], [0, 0]);
    assert.deepEqual(
      lab.lost.map(({ loss }) => loss),
      ['not-connected'],
    );
    assert.match(String(lab.lost.at(0)?.message), /outside party was not connected within 15 s: no check of ICE/);
    assert.equal(lab.engine.snapshot().calls, 0);
    await lab.close();
  });

  test('a provisional answer may be left unread: time runs from the final one', async () => {
    const lab = await EmbeddedLab.open();
    const [browser, phone] = [lab.browser(BROWSER), lab.phone(PHONE)];
    const key = { callId: 'call', fromTag: 'a', viaBranch: 'z9' };
    const plain = { security: 'plain', ice: false, rtcpMux: 'none' } as const;
    sdpOf(await lab.engine.offer({ ...key, sdp: browser.sdp(), from: OUTSIDE, to: INSIDE, profile: plain }));
    const answer = { ...key, toTag: 'b', sdp: phone.sdp(), from: INSIDE };
    const early = sdpOf(await lab.engine.answer({ ...answer, isProvisional: true }));
    lab.clock.advance(170_000);
    assert.equal(lab.lost.length, 0);
    assert.equal(sdpOf(await lab.engine.answer(answer)), early);
    lab.clock.advance(14_000);
    assert.equal(lab.lost.length, 0);
    lab.clock.advance(2_000);
    assert.equal(lab.lost.length, 1);
    await lab.close();
  });

  test('DTLS that never completes ends the call in 15 s, with the reason', async () => {
    const lab = await EmbeddedLab.open();
    const [browser, phone] = [lab.browser(BROWSER), lab.phone(PHONE)];
    await browserCalls(lab, browser, phone);
    browser.close();
    const deaf = lab.browser(BROWSER, { port: 50_000 });
    deaf.take('');
    Object.assign(deaf.remote, browser.remote);
    deaf.check();
    // The check has arrived, the hello that follows has not.
    lab.clock.advance(1);
    deaf.close();
    lab.clock.advance(16_000);
    assert.deepEqual(
      lab.lost.map(({ loss, message }) => [loss, message.replace(/^.*: /, '')]),
      [['not-connected', 'the DTLS handshake did not complete']],
    );
    await lab.close();
  });

  test('another certificate than the signalled one ends the call before any media passes', async () => {
    const lab = await EmbeddedLab.open();
    const [browser, phone] = [lab.browser(BROWSER, { signalled: createDtlsCertificate() }), lab.phone(PHONE)];
    await browserCalls(lab, browser, phone);
    await browser.connect();
    await browser.until(() => lab.lost.length > 0, 'the loss');
    browser.say();
    lab.clock.advance(100);
    assert.equal(phone.heard.length, 0);
    assert.deepEqual(
      lab.lost.map(({ loss }) => loss),
      ['wrong-fingerprint'],
    );
    await lab.close();
  });
});

describe('a browser answers', () => {
  test('DTLS may end before its answer arrives: media is held until then', async () => {
    const lab = await EmbeddedLab.open();
    const [browser, phone] = [lab.browser(BROWSER), lab.phone(PHONE)];
    browser.setup = 'active';
    const finish = await phoneCalls(lab, browser, phone);
    assert.equal(browser.remote.setup, 'actpass');
    await browser.connect();
    browser.say();
    lab.clock.advance(10);
    assert.equal(phone.heard.length, 0, 'held');
    assert.ok((await finish()).ok);
    await assertTalk(lab, browser, phone);
    await lab.close();
  });

  test('as passive side it is called by the engine', async () => {
    const lab = await EmbeddedLab.open();
    const [browser, phone] = [lab.browser(BROWSER), lab.phone(PHONE)];
    browser.setup = 'passive';
    const finish = await phoneCalls(lab, browser, phone);
    assert.ok((await finish()).ok);
    browser.check();
    await browser.until(() => browser.keys !== undefined, 'DTLS');
    await browser.until(() => true, '');
    await assertTalk(lab, browser, phone);
    await lab.close();
  });

  test('no handshake is begun with whoever has sent no valid check', async () => {
    const lab = await EmbeddedLab.open();
    const [browser, phone] = [lab.browser(BROWSER), lab.phone(PHONE)];
    browser.setup = 'active';
    await phoneCalls(lab, browser, phone);
    browser.shakeHands();
    for (let i = 0; i < 20; i++) {
      lab.clock.advance(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(browser.keys, undefined);
    assert.equal((await lab.engine.query('call'))?.legs[1]?.packetsDropped, 1);
    await lab.close();
  });
});

describe('within a call', () => {
  test('a browser that changes its network is heard again after a restart of ICE, under the same keys', async () => {
    const lab = await EmbeddedLab.open();
    const [browser, phone] = [lab.browser(BROWSER), lab.phone(PHONE)];
    await browserCalls(lab, browser, phone);
    await browser.connect();
    await assertTalk(lab, browser, phone);
    const before = { ...browser.remote };
    browser.move(50_100);
    browser.ufrag = 'browser2';
    browser.password = 'passwordOfTheBrowser002';
    const key = { callId: 'call', fromTag: 'a', toTag: 'b' };
    const plain = { security: 'plain', ice: false, rtcpMux: 'none' } as const;
    await lab.engine.offer({ ...key, sdp: browser.sdp(), from: OUTSIDE, to: INSIDE, profile: plain });
    browser.take(sdpOf(await lab.engine.answer({ ...key, sdp: phone.sdp(), from: INSIDE })));
    assert.notEqual(browser.remote.ufrag, before.ufrag);
    assert.deepEqual([browser.remote.port, browser.remote.setup], [before.port, 'active']);
    browser.check();
    lab.clock.advance(10);
    assert.equal(browser.successes, 1);
    await assertTalk(lab, browser, phone);
    await lab.close();
  });

  test('a peer that withdraws its consent is sent nothing more, and comes back with a check', async () => {
    const lab = await EmbeddedLab.open();
    const [browser, phone] = [lab.browser(BROWSER), lab.phone(PHONE)];
    await browserCalls(lab, browser, phone);
    await browser.connect();
    lab.clock.advance(31_000);
    phone.talk(3);
    assert.equal(browser.heard.length, 0);
    browser.check();
    lab.clock.advance(10);
    phone.talk(3);
    lab.clock.advance(10);
    assert.equal(browser.heard.length, 3);
    await lab.close();
  });

  test('a party that is silent for a minute ends the call, and one on hold does not', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b] = [lab.phone('192.0.2.10'), lab.phone(PHONE)];
    await lab.connect(a, b);
    for (let i = 0; i < 59; i++) {
      a.talk(1);
      lab.clock.advance(980);
    }
    assert.equal(lab.lost.length, 0);
    lab.clock.advance(1_500);
    assert.deepEqual(
      lab.lost.map(({ loss, message }) => [loss, message]),
      [['inactive', 'nothing was heard of the inside party for 60 s']],
    );
    b.direction = 'inactive';
    await lab.connect(a, b, { callId: 'held', fromTag: 'a', viaBranch: 'z9' });
    lab.clock.advance(300_000);
    assert.equal(lab.lost.length, 1);
    await lab.close();
  });
});
