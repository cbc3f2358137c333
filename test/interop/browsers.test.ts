/** Browsers as a user's clients, over WebSocket straight at the gateway: what they negotiate passes through untouched. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  type BrowserName,
  type BrowserPhone,
  findPeer,
  type PhoneBrowser,
  requirePeer,
  startPhoneBrowser,
} from '../peers/index.ts';
import { startUnisono, type Unisono } from './unisono.ts';

describe('Chromium and Firefox call each other', () => {
  let system: Unisono;
  const browsers: PhoneBrowser[] = [];
  const phones: Partial<Record<BrowserName, BrowserPhone>> = {};

  before(async () => {
    if (!['chromium', 'firefox-esr', 'pulseaudio'].every(findPeer)) return;
    system = await startUnisono({ lifetimeSec: 120 });
    const [chromium, firefox] = await Promise.all([startPhoneBrowser('chromium'), startPhoneBrowser('firefox')]);
    browsers.push(chromium, firefox);
    phones.chromium = await registered(chromium, 'anna');
    phones.firefox = await registered(firefox, 'david');
  });
  after(async () => {
    await Promise.all(browsers.map((browser) => browser.close()));
    await system?.close();
  });

  async function registered(browser: PhoneBrowser, user: string): Promise<BrowserPhone> {
    const phone = await browser.openPhone();
    const account = system.client(user);
    const { registration, registrationCause } = await phone.register({
      url: `ws://127.0.0.1:${system.wsPort}/ws`,
      uri: `sip:${account.user}@127.0.0.1`,
      user: account.user,
      password: account.password ?? '',
    });
    assert.equal(registration, 'registered', registrationCause);
    return phone;
  }

  for (const [from, to, number] of [
    ['chromium', 'firefox', '4023'],
    ['firefox', 'chromium', '4020'],
  ] as const) {
    test(`from ${from} to ${to}`, async (t) => {
      if (!requirePeer(t, 'chromium', 'firefox-esr', 'pulseaudio')) return;
      const [caller, callee] = [phones[from] as BrowserPhone, phones[to] as BrowserPhone];
      const known = (await callee.view()).calls.length;
      const outgoing = await caller.call(`sip:${number}@127.0.0.1`, 440);
      const incoming = await callee.waitForCall(known);
      await callee.answer(incoming.id, 880);
      await caller.waitForState(outgoing, 'confirmed');
      await Promise.all([caller.waitForTone(outgoing, 880), callee.waitForTone(incoming.id, 440)]);
      await caller.hangUp(outgoing);
      await callee.waitForState(incoming.id, 'ended');
    });
  }
});
