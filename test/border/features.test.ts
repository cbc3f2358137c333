/** What a browser can do beyond the border: ring in unison, hold, press keys, hear early media, come back on another way. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { AudioClip, createPlayer, MediaHost, SystemMediaClock, UdpRtpSockets } from '@unisono/media';
import type { SystemData } from '@unisono/pbx';
import { watch } from '../interop/watch.ts';
import {
  type Baresip,
  type BrowserPhone,
  findPeer,
  type PeerName,
  type PortBlock,
  requirePeer,
  reservePorts,
  runSipp,
  type SipTap,
  startSipTap,
} from '../peers/index.ts';
import { type Border, startBorder } from './border.ts';
import { ANNA_HZ, BEN_HZ, PAIR_PEERS, type Pair, startPair } from './pair.ts';

const NEEDED: readonly PeerName[] = [...PAIR_PEERS, 'sipp'];
const OUTSIDE_HZ = 990;
/** How long a device may ring on after another one has answered. */
const RINGS_ON_MS = 300;
/** Audio is back after a change of network. */
const BACK_MS = 3_000;
const OUTSIDER = '+49301234567';

/** A provider at that port, over which every number outside is reached, and which calls in. */
function withProvider(data: SystemData, port: number): SystemData {
  const peer = { host: '127.0.0.1', port, transport: 'udp' } as const;
  const trunk = { id: 'p1', enabled: true, peer, sourceAddresses: ['127.0.0.1'], optionsIntervalSec: 0 };
  return {
    ...data,
    trunkGroups: [
      {
        id: 'provider',
        enabled: true,
        mainNumber: '+498999998000',
        callerNumber: 'ownNumber',
        numberFormat: 'e164',
        inbound: [{ prefix: '+49899999', digits: 4 }],
        trunks: [trunk],
      },
    ],
    routes: [{ id: 'all', pattern: '*', elements: [{ trunkGroup: 'provider', strip: 0, prepend: '' }] }],
  };
}

describe('a browser across the border', () => {
  let border: Border;
  let ports: PortBlock;
  let host: MediaHost;
  let provider: SipTap;
  let ben: Baresip;
  let desk: Baresip;
  let web: BrowserPhone;
  let pair: Pair;

  before(async () => {
    if (!NEEDED.every((peer) => findPeer(peer))) return;
    ports = await reservePorts();
    host = new MediaHost({
      sockets: new UdpRtpSockets(),
      clock: new SystemMediaClock(),
      random: { int: (bound) => Math.floor(Math.random() * bound) },
      bindAddress: '127.0.0.1',
      ports: { min: ports.port(4), max: ports.last },
    });
    provider = await startSipTap();
    border = await startBorder({ adapt: (data) => withProvider(data, provider.port) });
    const { cast, system } = border;
    [pair, desk] = await Promise.all([
      startPair(cast, system, border.client('chromium', 'anna')),
      cast.baresip(system.desk('4020'), 550),
    ]);
    ({ ben, web } = pair);
  });
  after(async () => {
    await border?.close();
    await provider?.close();
    ports?.release();
  });

  const isThere = (t: TestContext) => requirePeer(t, ...NEEDED);

  test('desk phone and browser ring together; the browser answers, the desk phone stops at once', async (t) => {
    if (!isThere(t)) return;
    const atDesk = watch(desk);
    const known = (await web.view()).calls.length;
    const caller = watch(ben);
    await ben.dial('4020');
    const [{ id, remoteNumber, remoteName }] = await Promise.all([
      web.waitForCall(known),
      atDesk.event('CALL_INCOMING'),
    ]);
    assert.deepEqual([remoteNumber, remoteName], ['4021', 'Ben Okafor']);
    await web.answer(id, ANNA_HZ);
    const [answered, closed] = await Promise.all([caller.event('CALL_ESTABLISHED'), atDesk.event('CALL_CLOSED')]);
    assert.ok(closed.atMs - answered.atMs <= RINGS_ON_MS, `rang on for ${closed.atMs - answered.atMs} ms`);
    await Promise.all([web.waitForTone(id, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    await ben.hangup();
    await web.waitForState(id, 'ended');
  });

  test('the desk phone answers, and the browser stops at once', async (t) => {
    if (!isThere(t)) return;
    const known = (await web.view()).calls.length;
    const [atDesk, caller] = [watch(desk), watch(ben)];
    await ben.dial('4020');
    const [{ id }] = await Promise.all([web.waitForCall(known), atDesk.event('CALL_INCOMING')]);
    await desk.answer();
    await caller.event('CALL_ESTABLISHED');
    await web.waitForState(id, 'ended', 2_000);
    await ben.hangup();
    await atDesk.event('CALL_CLOSED');
  });

  test('hold and retrieve by the browser: silence, then both are heard again', async (t) => {
    if (!isThere(t)) return;
    const call = await pair.benCalls();
    await web.hold(call.id);
    await web.waitForSilence(call.id);
    await web.resume(call.id);
    await Promise.all([web.waitForTone(call.id, BEN_HZ), ben.waitForRtp()]);
    await call.annaHangsUp();
  });

  test('hold and retrieve by the phone inside', async (t) => {
    if (!isThere(t)) return;
    const call = await pair.benCalls();
    await ben.hold();
    await web.waitForSilence(call.id);
    await ben.resume();
    await web.waitForTone(call.id, BEN_HZ);
    await call.annaHangsUp();
  });

  test('keys pressed in the browser reach the phone inside', async (t) => {
    if (!isThere(t)) return;
    const call = await pair.benCalls();
    const keys = watch(ben);
    await web.sendDigits(call.id, '5');
    const { event } = await keys.event('CALL_DTMF_START');
    assert.equal(event.param, '5');
    await call.annaHangsUp();
  });

  test('a trunk is heard before it answers', async (t) => {
    if (!isThere(t)) return;
    const clip = AudioClip.ofTone([{ frequenciesHz: [OUTSIDE_HZ], durationMs: 1_000 }]);
    const voice = createPlayer(host, { items: [{ clip, times: Number.POSITIVE_INFINITY }] });
    t.after(() => voice.close());
    const id = await web.call(`sip:${OUTSIDER}@127.0.0.1`, ANNA_HZ);
    const invite = await provider.waitFor(/^INVITE /);
    const answer = await voice.answer(invite.text.slice(invite.text.indexOf('\r\n\r\n') + 4));
    assert.ok(answer.ok, JSON.stringify(answer));
    provider.reply(invite, '183 Session Progress', { sdp: answer.sdp });
    await web.waitForTone(id, OUTSIDE_HZ);
    assert.equal((await web.view()).calls[id]?.atMs.confirmed, undefined, 'not answered yet');
    provider.reply(invite, '200 OK', { sdp: answer.sdp });
    await web.waitForState(id, 'confirmed');
    await web.waitForTone(id, OUTSIDE_HZ);
    await web.hangUp(id);
    provider.reply(await provider.waitFor(/^BYE /), '200 OK');
    await web.waitForState(id, 'ended');
  });

  test('a trunk that makes no offer reaches the browser', async (t) => {
    if (!isThere(t)) return;
    const known = (await web.view()).calls.length;
    const result = runSipp({
      scenario: 'uac-late-offer',
      remote: `127.0.0.1:${border.system.sipPort}`,
      port: ports.port(0),
      rows: [{ user: OUTSIDER, target: '+498999994020' }],
      pauseMs: 4_000,
      extraArguments: ['-rtp_echo'],
    });
    const { id } = await web.waitForCall(known);
    await web.answer(id, ANNA_HZ);
    await web.waitForState(id, 'confirmed');
    // SIPp sends back what it hears.
    await web.waitForTone(id, ANNA_HZ, 4_000);
    const { ok, errors } = await result;
    assert.ok(ok, errors);
    await web.waitForState(id, 'ended');
  });

  test('a new WebSocket and new ICE in a call: the call is the same, and audio is back', async (t) => {
    if (!isThere(t)) return;
    const call = await pair.benCalls();
    const { sockets } = await web.view();
    await web.dropSocket();
    await web.waitFor('another WebSocket', (view) => (view.sockets > sockets ? view : undefined), BACK_MS);
    await web.restartIce(call.id);
    await Promise.all([web.waitForTone(call.id, BEN_HZ, BACK_MS), ben.waitForTone(ANNA_HZ)]);
    await call.annaHangsUp();
  });
});
