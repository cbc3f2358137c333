import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AudioClip } from '../audio/clip.ts';
import { assertSteady, beep, Lab } from '../testing/lab.ts';
import { createMusicListener, MusicSource } from './music.ts';

/** A clip of which every octet tells where it is. */
function ramp(durationMs: number): AudioClip {
  const pcm = Int16Array.from({ length: durationMs * 8 }, (_, i) => 256 * (i % 100) - 12_800);
  return AudioClip.ofAudio({ pcm, sampleRateHz: 8_000 });
}

describe('music on hold', () => {
  it('all listeners hear the same at the same moment, whenever they came', async () => {
    const lab = new Lab();
    const source = new MusicSource(ramp(1_000), lab.clock);
    const listeners = [];
    for (const port of [5_004, 5_104, 5_204]) {
      const phone = lab.phone('PCMA', '192.0.2.10', port);
      const endpoint = createMusicListener(lab.host, source);
      await lab.connect(endpoint, phone.offer());
      listeners.push({ phone, endpoint });
      lab.clock.advance(740);
    }
    const last = listeners.map(({ phone }) => phone.audio().slice(-10));
    for (const packets of last) {
      assertSteady(packets, 160);
      assert.deepEqual(
        packets.map(({ payload }) => payload),
        last[0]?.map(({ payload }) => payload),
      );
    }
    for (const { endpoint } of listeners) endpoint.close();
    lab.assertEmpty();
  });

  it('runs over its end without a seam, in every codec', () => {
    const lab = new Lab();
    for (const codec of ['PCMA', 'PCMU', 'G722'] as const) {
      const clip = ramp(330);
      const source = new MusicSource(clip, lab.clock);
      source.prepare([codec]);
      const payload = clip.payload(codec);
      const out = Buffer.alloc(2 * payload.length);
      let position = 0;
      for (let at = 0; at < out.length; at += 160)
        position = source.fill(codec, position, out, at, Math.min(160, out.length - at));
      assert.deepEqual(out, Buffer.concat([payload, payload]));
    }
  });

  it('has gone on when somebody is held again', async () => {
    const lab = new Lab();
    const source = new MusicSource(ramp(10_000), lab.clock);
    const phone = lab.phone();
    const endpoint = createMusicListener(lab.host, source);
    await lab.connect(endpoint, phone.offer());
    lab.clock.advance(400);
    await endpoint.answer(phone.offer((sdp) => sdp.replace('sendrecv', 'sendonly')));
    lab.clock.advance(3_000);
    phone.heard.length = 0;
    await endpoint.answer(phone.offer());
    lab.clock.advance(100);
    const { payload } = phone.audio()[0] ?? assert.fail('nothing was heard');
    const place = beforeOf(ramp(10_000).payload('PCMA'), payload);
    assert.ok(Math.abs(place - 3_420 * 8) < 60 * 8, `octet ${place}`);
    endpoint.close();
    lab.assertEmpty();
  });

  it('needs something to play', () => {
    const lab = new Lab();
    assert.throws(() => new MusicSource(beep(440, 0).clip, lab.clock), TypeError);
  });
});

/** Where the frame stands in the clip; the ramp repeats every 100 octets, so the nearest such place to what is due. */
function beforeOf(clip: Buffer, frame: Buffer): number {
  const due = 3_420 * 8;
  const places = [];
  for (let at = clip.indexOf(frame); at >= 0; at = clip.indexOf(frame, at + 1)) places.push(at);
  return places.sort((a, b) => Math.abs(a - due) - Math.abs(b - due))[0] ?? -1;
}
