/** The thinnest whole thing: a browser registers through the border, a desk phone calls, both hear each other. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Cast } from '../interop/cast.ts';
import { callRecords, startUnisono, type Unisono } from '../interop/unisono.ts';
import { watch } from '../interop/watch.ts';
import { type BrowserPhone, findPeer, type PhoneBrowser, requirePeer, startPhoneBrowser } from '../peers/index.ts';

/** A call that is younger may be lost with the process: its record is written when it has lasted a moment. */
const ON_DISK_MS = 600;

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

  test('the whole system is killed and comes back: the client is told that its call is over, and why', async (t) => {
    if (!requirePeer(t, 'chromium') || !requirePeer(t, 'baresip')) return;
    const eva = await cast.baresip(system.desk('4024'), 550, { name: 'eva' });
    const seen = watch(eva);
    const id = await phone.call('sip:4024@127.0.0.1', 440);
    await seen.event('CALL_INCOMING');
    await eva.answer();
    await phone.waitForTone(id, 550);
    await delay(ON_DISK_MS);
    await system.crashAndRestart();
    const { reason } = await phone.waitForState(id, 'ended', 15_000);
    assert.equal(reason, 'SIP;cause=503;text="The system was restarted"');
    const record = (await callRecords(system)).find(({ dialled }) => dialled === '4024');
    assert.deepEqual([record?.result, record?.detail], ['interrupted', 'The system stopped while this call was open.']);
    await eva.hangup();
  });
});
