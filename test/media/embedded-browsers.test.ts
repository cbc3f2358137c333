/** Browsers through the embedded engine to plain RTP, as offerer and as answerer. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type AnswerRequest, type OfferRequest, PLAIN, WEBRTC } from '@unisono/media';
import { type BrowserName, findPeer, requirePeer } from '../peers/index.ts';
import { WebPeers } from './browser-peer.ts';
import { type Stage, sdpOf, startStage } from './stage.ts';

const PROGRAMS = { chromium: ['chromium'], firefox: ['firefox-esr', 'pulseaudio'] } as const;

const OUTSIDE = { side: 'outside', signalledFrom: ['127.0.0.1'] } as const;
const INSIDE = { side: 'inside', signalledFrom: ['127.0.0.1'] } as const;

for (const name of ['chromium', 'firefox'] as const satisfies readonly BrowserName[]) {
  describe(`${name} through the embedded engine`, () => {
    let stage: Stage;
    let peers: WebPeers | undefined;

    before(async () => {
      if (!PROGRAMS[name].every(findPeer)) return;
      stage = await startStage();
      peers = await WebPeers.start(name);
    });
    after(async () => {
      await peers?.close();
      await stage?.close();
    });

    test('it offers, an echo answers: its own tone comes back', async (t) => {
      if (!requirePeer(t, ...PROGRAMS[name]) || !peers) return;
      const { engine } = stage;
      const peer = await peers.open(440);
      const key = { callId: `${name}-offers`, fromTag: 'browser', viaBranch: 'z9hG4bK1' };
      const sdp = await peer.offer();
      const offer: OfferRequest = { ...key, sdp, from: OUTSIDE, to: INSIDE, profile: PLAIN };
      const answered = sdpOf(await stage.echo().answer(sdpOf(await engine.offer(offer))));
      const answer: AnswerRequest = { ...key, toTag: 'echo', sdp: answered, from: INSIDE };
      await peer.accept(sdpOf(await engine.answer(answer)));
      await peer.waitForTone(440);
      const legs = (await engine.query(key.callId))?.legs;
      assert.deepEqual(
        legs?.map(({ tag, security }) => `${tag} ${security}`),
        ['browser dtls', 'echo plain'],
      );
      for (const leg of legs ?? []) assert.ok(leg.packetsReceived > 10 && leg.packetsSent > 10, JSON.stringify(leg));
      await engine.delete({ callId: key.callId });
      assert.deepEqual({ ...engine.snapshot(), portsTotal: 0 }.portsUsed, 0);
      await peer.close();
    });

    test('it answers: it hears the tone of the other side, and its own is recorded there', async (t) => {
      if (!requirePeer(t, ...PROGRAMS[name]) || !peers) return;
      const { engine } = stage;
      const heard = stage.recorder();
      for (const [endpoint, callId] of [
        [stage.tone(600), `${name}-hears`],
        [heard, `${name}-speaks`],
      ] as const) {
        const peer = await peers.open(440);
        const key = { callId, fromTag: 'phone', viaBranch: 'z9hG4bK2' };
        const sdp = sdpOf(await endpoint.offer());
        const offer: OfferRequest = { ...key, sdp, from: INSIDE, to: OUTSIDE, profile: WEBRTC };
        const answered = await peer.answer(sdpOf(await engine.offer(offer)));
        const answer: AnswerRequest = { ...key, toTag: 'browser', sdp: answered, from: OUTSIDE };
        const accepted = endpoint.accept(sdpOf(await engine.answer(answer)));
        assert.ok(accepted.ok, JSON.stringify(accepted));
        if (callId.endsWith('hears')) await peer.waitForTone(600);
        else await stage.waitForRecording(heard, 440);
        await engine.delete({ callId });
        await peer.close();
      }
      assert.deepEqual(stage.lost, []);
    });
  });
}
