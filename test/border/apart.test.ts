/** `unisono sbc` beside a gateway of another process: calls both ways, and what becomes of them when either one dies. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { callRecords } from '../interop/unisono.ts';
import { type Baresip, findPeer, type PeerName, type Rtpengine, requirePeer, startRtpengine } from '../peers/index.ts';
import { type Apart, startApart } from './apart.ts';
import { EVA_HZ, PAIR_PEERS, type Pair, startPair, withPhonesOutside } from './pair.ts';

/** A call that is younger may be lost with the process: its record is written when it has lasted a moment. */
const ON_DISK_MS = 600;

describe('a border apart from its gateway', () => {
  let apart: Apart;
  let eva: Baresip;
  let pair: Pair;

  before(async () => {
    if (!PAIR_PEERS.every((peer) => findPeer(peer))) return;
    apart = await startApart({ adapt: withPhonesOutside('4024') });
    [eva, pair] = await Promise.all([
      apart.cast.baresip(apart.remoteDesk('4024'), EVA_HZ, { caFile: apart.caFile }),
      startPair(apart.cast, apart.gateway, apart.client('anna')),
    ]);
  });
  after(async () => {
    await apart?.close();
  });

  const isThere = (t: TestContext) => requirePeer(t, ...PAIR_PEERS);

  test('a phone inside calls the browser, and both hear each other', async (t) => {
    if (!isThere(t)) return;
    await (await pair.benCalls()).annaHangsUp();
  });

  test('the browser calls a phone inside', async (t) => {
    if (!isThere(t)) return;
    await (await pair.annaCalls()).phoneHangsUp();
  });

  test('a phone outside, by TLS and with keys for its audio, calls the browser: the call crosses twice', async (t) => {
    if (!isThere(t)) return;
    await (await pair.isCalledBy(eva, EVA_HZ)).phoneHangsUp();
  });

  test('the gateway is killed and comes back: the audio goes on, the client hangs up, and the next call works', async (t) => {
    if (!isThere(t)) return;
    const call = await pair.benCalls();
    await delay(ON_DISK_MS);
    await apart.gateway.crashAndRestart();
    await call.bothHear();
    const record = (await callRecords(apart.gateway)).find(({ result }) => result === 'interrupted');
    assert.equal(record?.detail, 'The system stopped while this call was open.');
    await pair.web.hangUp(call.id);
    await pair.web.waitForState(call.id, 'ended');
    // Nobody tells the phone: the gateway that would is another one now.
    await pair.ben.hangup();
    await call.seen.event('CALL_CLOSED');
    await (await pair.benCalls()).annaHangsUp();
  });

  test('the border is killed and comes back: the client connects again, renews its ICE, and both hear each other', async (t) => {
    if (!isThere(t)) return;
    const call = await pair.benCalls();
    const { sockets } = await pair.web.view();
    await apart.restartBorder('SIGKILL');
    await pair.web.waitFor('another WebSocket', (view) => (view.sockets > sockets ? view : undefined));
    await pair.web.restartIce(call.id);
    await call.bothHear();
    await call.phoneHangsUp();
  });
});

describe('a border apart from its gateway and its media engine', () => {
  const needed: readonly PeerName[] = [...PAIR_PEERS, 'rtpengine'];
  let rtpengine: Rtpengine;
  let apart: Apart;
  let pair: Pair;

  before(async () => {
    if (!needed.every((peer) => findPeer(peer))) return;
    rtpengine = await startRtpengine();
    apart = await startApart({ media: [`rtpengine: ${rtpengine.control}`] });
    pair = await startPair(apart.cast, apart.gateway, apart.client('anna'));
  });
  after(async () => {
    await apart?.close();
    await rtpengine?.close();
  });

  test('the border is killed under a call: rtpengine carries it on, and the client is told when the other one hangs up', async (t) => {
    if (!requirePeer(t, ...needed)) return;
    const call = await pair.annaCalls();
    const { sockets } = await pair.web.view();
    await delay(ON_DISK_MS);
    await apart.restartBorder('SIGKILL');
    await call.bothHear();
    await pair.web.waitFor('another WebSocket', (view) => (view.sockets > sockets ? view : undefined));
    await call.phoneHangsUp();
    // Given back at once: what nobody sends to any more is not kept until rtpengine's own time-out.
    await rtpengine.process.waitForOutput(/\[control\] Received command 'delete'/, 5_000);
  });
});
