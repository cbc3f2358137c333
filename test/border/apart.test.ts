/** `unisono sbc` beside a gateway of another process: calls both ways, and what becomes of them when either one dies. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { callRecords } from '../interop/unisono.ts';
import { watch } from '../interop/watch.ts';
import {
  type Baresip,
  type BrowserPhone,
  findPeer,
  type PeerName,
  type Rtpengine,
  requirePeer,
  startRtpengine,
} from '../peers/index.ts';
import { type Apart, startApart } from './apart.ts';

const NEEDED: readonly PeerName[] = ['chromium', 'baresip'];
/** A call that is younger may be lost with the process: its record is written when it has lasted a moment. */
const ON_DISK_MS = 600;
const [ANNA_HZ, BEN_HZ, EVA_HZ] = [440, 660, 550];

describe('a border apart from its gateway', () => {
  let apart: Apart;
  let ben: Baresip;
  let eva: Baresip;
  let web: BrowserPhone;

  before(async () => {
    if (!NEEDED.every((peer) => findPeer(peer))) return;
    apart = await startApart({
      adapt: (data) => ({
        ...data,
        stations: data.stations.map((one) =>
          one.id === '4024' && one.device ? { ...one, device: { ...one.device, remote: true } } : one,
        ),
      }),
    });
    [ben, eva, web] = await Promise.all([
      apart.cast.baresip(apart.gateway.desk('4021'), BEN_HZ),
      apart.cast.baresip(apart.remoteDesk('4024'), EVA_HZ, { caFile: apart.caFile }),
      apart.client('anna'),
    ]);
  });
  after(async () => {
    await apart?.close();
  });

  const isThere = (t: TestContext) => requirePeer(t, ...NEEDED);

  /** Ben calls Anna's number and is answered in the browser. */
  async function benTalksToAnna() {
    const [known, seen] = [(await web.view()).calls.length, watch(ben)];
    await ben.dial('4020');
    const { id } = await web.waitForCall(known);
    await web.answer(id, ANNA_HZ);
    await seen.event('CALL_ESTABLISHED');
    await Promise.all([web.waitForTone(id, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    return { id, seen };
  }

  test('a phone inside calls the browser, and both hear each other', async (t) => {
    if (!isThere(t)) return;
    const { id, seen } = await benTalksToAnna();
    await web.hangUp(id);
    await seen.event('CALL_CLOSED');
  });

  test('the browser calls a phone inside', async (t) => {
    if (!isThere(t)) return;
    const seen = watch(ben);
    const id = await web.call('sip:4021@127.0.0.1', ANNA_HZ);
    await seen.event('CALL_INCOMING');
    await ben.answer();
    await Promise.all([web.waitForTone(id, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    await ben.hangup();
    await web.waitForState(id, 'ended');
  });

  test('a phone outside, by TLS and with keys for its audio, calls the browser: the call crosses twice', async (t) => {
    if (!isThere(t)) return;
    const [known, seen] = [(await web.view()).calls.length, watch(eva)];
    await eva.dial('4020');
    const { id } = await web.waitForCall(known);
    await web.answer(id, ANNA_HZ);
    await seen.event('CALL_ESTABLISHED');
    await Promise.all([web.waitForTone(id, EVA_HZ), eva.waitForTone(ANNA_HZ)]);
    await eva.hangup();
    await web.waitForState(id, 'ended');
  });

  test('the gateway is killed and comes back: the audio goes on, the client hangs up, and the next call works', async (t) => {
    if (!isThere(t)) return;
    const { id, seen } = await benTalksToAnna();
    await delay(ON_DISK_MS);
    await apart.gateway.crashAndRestart();
    await Promise.all([web.waitForTone(id, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    const record = (await callRecords(apart.gateway)).find(({ result }) => result === 'interrupted');
    assert.equal(record?.detail, 'The system stopped while this call was open.');
    await web.hangUp(id);
    await web.waitForState(id, 'ended');
    await ben.hangup();
    await seen.event('CALL_CLOSED');
    const next = await benTalksToAnna();
    await web.hangUp(next.id);
    await next.seen.event('CALL_CLOSED');
  });

  test('the border is killed and comes back: the client connects again, renews its ICE, and both hear each other', async (t) => {
    if (!isThere(t)) return;
    const { id, seen } = await benTalksToAnna();
    const { sockets } = await web.view();
    await apart.restartBorder('SIGKILL');
    await web.waitFor('another WebSocket', (view) => (view.sockets > sockets ? view : undefined));
    await web.restartIce(id);
    await Promise.all([web.waitForTone(id, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    await ben.hangup();
    await Promise.all([web.waitForState(id, 'ended'), seen.event('CALL_CLOSED')]);
  });
});

describe('a border apart from its gateway and its media engine', () => {
  const needed: readonly PeerName[] = [...NEEDED, 'rtpengine'];
  let rtpengine: Rtpengine;
  let apart: Apart;
  let ben: Baresip;
  let web: BrowserPhone;

  before(async () => {
    if (!needed.every((peer) => findPeer(peer))) return;
    rtpengine = await startRtpengine();
    apart = await startApart({ media: [`rtpengine: ${rtpengine.control}`] });
    [ben, web] = await Promise.all([apart.cast.baresip(apart.gateway.desk('4021'), BEN_HZ), apart.client('anna')]);
  });
  after(async () => {
    await apart?.close();
    await rtpengine?.close();
  });

  test('the border is killed under a call: rtpengine carries it on, and the client is told when the other one hangs up', async (t) => {
    if (!requirePeer(t, ...needed)) return;
    const seen = watch(ben);
    const id = await web.call('sip:4021@127.0.0.1', ANNA_HZ);
    await seen.event('CALL_INCOMING');
    await ben.answer();
    await Promise.all([web.waitForTone(id, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    const { sockets } = await web.view();
    await delay(ON_DISK_MS);
    await apart.restartBorder('SIGKILL');
    await Promise.all([web.waitForTone(id, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    await web.waitFor('another WebSocket', (view) => (view.sockets > sockets ? view : undefined));
    await ben.hangup();
    await web.waitForState(id, 'ended');
    // Given back at once: what nobody sends to any more is not kept until rtpengine's own time-out.
    await rtpengine.process.waitForOutput(/\[control\] Received command 'delete'/, 5_000);
  });
});
