/** What happens within calls of browsers through the embedded engine, and what must not. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createPlayer, type DtmfDigit, type MediaEndpoint, PLAIN, WEBRTC } from '@unisono/media';
import { type BrowserName, findPeer, requirePeer } from '../peers/index.ts';
import { type WebPeer, WebPeers } from './browser-peer.ts';
import { type Stage, sdpOf, startStage } from './stage.ts';

const PROGRAMS = ['chromium', 'firefox-esr', 'pulseaudio'] as const;
const OUTSIDE = { side: 'outside', signalledFrom: ['127.0.0.1'] } as const;
const INSIDE = { side: 'inside', signalledFrom: ['127.0.0.1'] } as const;

describe('browsers in calls through the embedded engine', () => {
  let stage: Stage;
  const browsers: Partial<Record<BrowserName, WebPeers>> = {};

  before(async () => {
    if (!PROGRAMS.every(findPeer)) return;
    stage = await startStage();
    [browsers.chromium, browsers.firefox] = await Promise.all([WebPeers.start('chromium'), WebPeers.start('firefox')]);
  });
  after(async () => {
    await Promise.all(Object.values(browsers).map((browser) => browser.close()));
    await stage?.close();
  });

  /** A page offers, or offers again, and the endpoint answers. */
  async function exchange(peer: WebPeer, endpoint: MediaEndpoint, callId: string, options = {}, isFirst = true) {
    const key = { callId, fromTag: 'web', ...(isFirst ? { viaBranch: 'z9hG4bK1' } : { toTag: 'phone' }) };
    const sdp = await peer.offer(options);
    const offered = sdpOf(await stage.engine.offer({ ...key, sdp, from: OUTSIDE, to: INSIDE, profile: PLAIN }));
    const answered = sdpOf(await endpoint.answer(offered));
    await peer.accept(sdpOf(await stage.engine.answer({ ...key, toTag: 'phone', sdp: answered, from: INSIDE })));
  }

  for (const [from, to] of [
    ['chromium', 'firefox'],
    ['firefox', 'chromium'],
  ] as const) {
    test(`${from} calls ${to}, both secured`, async (t) => {
      if (!requirePeer(t, ...PROGRAMS)) return;
      const { engine } = stage;
      const [caller, callee] = await Promise.all([browsers[from]?.open(440), browsers[to]?.open(880)]);
      assert.ok(caller && callee);
      const key = { callId: `${from} to ${to}`, fromTag: 'x', viaBranch: 'z9hG4bK2' };
      const offer = { ...key, sdp: await caller.offer(), from: OUTSIDE, to: OUTSIDE, profile: WEBRTC };
      const answered = await callee.answer(sdpOf(await engine.offer(offer)));
      await caller.accept(sdpOf(await engine.answer({ ...key, toTag: 'y', sdp: answered, from: OUTSIDE })));
      await Promise.all([caller.waitForTone(880), callee.waitForTone(440)]);
      const legs = (await engine.query(key.callId))?.legs ?? [];
      assert.deepEqual(
        legs.map(({ security, codec }) => `${security} ${codec?.toLowerCase()}`),
        ['dtls opus', 'dtls opus'],
      );
      await engine.delete(key);
      await Promise.all([caller.close(), callee.close()]);
    });
  }

  for (const name of ['chromium', 'firefox'] as const) {
    test(`${name}: hold and resume`, async (t) => {
      if (!requirePeer(t, ...PROGRAMS)) return;
      const [peer, endpoint, callId] = [await browsers[name]?.open(440), stage.tone(600), `hold ${name}`];
      assert.ok(peer);
      await exchange(peer, endpoint, callId);
      await peer.waitForTone(600);
      await peer.do('setDirection', 'sendonly');
      await exchange(peer, endpoint, callId, {}, false);
      await peer.waitForSilence();
      await peer.do('setDirection', 'sendrecv');
      await exchange(peer, endpoint, callId, {}, false);
      await peer.waitForTone(600);
      await stage.engine.delete({ callId });
      await peer.close();
    });

    test(`${name}: ICE begins anew within the call`, async (t) => {
      if (!requirePeer(t, ...PROGRAMS)) return;
      const [peer, endpoint, callId] = [await browsers[name]?.open(440), stage.echo(), `restart ${name}`];
      assert.ok(peer);
      await exchange(peer, endpoint, callId);
      await peer.waitForTone(440);
      const before = (await peer.figures()).packetsReceived ?? 0;
      await exchange(peer, endpoint, callId, { iceRestart: true }, false);
      await delay(1_000);
      await peer.waitForTone(440);
      const { packetsReceived = 0 } = await peer.figures();
      assert.ok(packetsReceived - before > 20, `${packetsReceived - before} packets after the restart`);
      await stage.engine.delete({ callId });
      await peer.close();
    });

    test(`${name}: its keys are heard as digits`, async (t) => {
      if (!requirePeer(t, ...PROGRAMS)) return;
      const [peer, callId] = [await browsers[name]?.open(440), `digits ${name}`];
      assert.ok(peer);
      let digits = '';
      const onDtmf = ({ digit }: DtmfDigit) => {
        digits += digit;
      };
      const endpoint = createPlayer(stage.host, { items: [], onDtmf });
      t.after(() => endpoint.close());
      await exchange(peer, endpoint, callId);
      for (let i = 0; i < 100 && ((await peer.figures()).packetsSent ?? 0) < 10; i++) await delay(50);
      await peer.do('press', '159#');
      for (let i = 0; i < 100 && digits.length < 4; i++) await delay(50);
      assert.equal(digits, '159#');
      await stage.engine.delete({ callId });
      await peer.close();
    });

    test(`${name}: with another fingerprint than its certificate's it is not connected`, async (t) => {
      if (!requirePeer(t, ...PROGRAMS)) return;
      const [peer, endpoint, callId] = [await browsers[name]?.open(440), stage.echo(), `forged ${name}`];
      assert.ok(peer);
      const key = { callId, fromTag: 'web', viaBranch: 'z9hG4bK1' };
      const sdp = (await peer.offer()).replace(/(a=fingerprint:sha-256 )../, (_, name: string) => `${name}00`);
      const offered = sdpOf(await stage.engine.offer({ ...key, sdp, from: OUTSIDE, to: INSIDE, profile: PLAIN }));
      const answered = sdpOf(await endpoint.answer(offered));
      await peer.accept(sdpOf(await stage.engine.answer({ ...key, toTag: 'phone', sdp: answered, from: INSIDE })));
      const isTold = () => stage.lost.find((loss) => loss.callId === callId);
      for (let i = 0; i < 200 && !isTold(); i++) await delay(50);
      assert.equal(isTold()?.loss, 'wrong-fingerprint');
      await peer.close();
    });
  }
});
