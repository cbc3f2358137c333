/** The thinnest whole thing: a browser registers through the border, a desk phone calls, both hear each other. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Cast } from '../interop/cast.ts';
import { startUnisono, type Unisono } from '../interop/unisono.ts';
import { watch } from '../interop/watch.ts';
import { type BrowserPhone, findPeer, type PhoneBrowser, requirePeer, startPhoneBrowser } from '../peers/index.ts';

describe('a browser through the border', () => {
  let system: Unisono;
  let cast: Cast;
  let browser: PhoneBrowser | undefined;
  let phone: BrowserPhone;

  before(async () => {
    system = await startUnisono({ border: true, lifetimeSec: 240 });
    cast = new Cast(system);
    if (!findPeer('chromium')) return;
    browser = await startPhoneBrowser('chromium');
    phone = await browser.openPhone();
  });
  after(async () => {
    await browser?.close();
    await cast?.close();
    await system?.close();
  });

  test('is called by a desk phone, and both hear each other', async (t) => {
    if (!requirePeer(t, 'chromium') || !requirePeer(t, 'baresip')) return;
    const { user, password } = system.client('anna');
    const domain = system.data.company.domain;
    const view = await phone.register({
      url: `wss://127.0.0.1:${system.doorWssPort}/ws`,
      uri: `sip:${user}@${domain}`,
      user,
      password: password ?? '',
    });
    assert.equal(view.registration, 'registered', view.registrationCause);
    const ben = await cast.baresip(system.desk('4021'), 880, { name: 'ben' });
    const now = watch(ben);
    await ben.dial('4020');
    const { id } = await phone.waitForCall();
    await phone.answer(id, 440);
    await now.event('CALL_ESTABLISHED');
    await phone.waitForTone(id, 880);
    await ben.waitForTone(440);
    await ben.hangup();
    await phone.waitForState(id, 'ended');
  });
});
