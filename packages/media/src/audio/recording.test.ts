import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTone, rms } from '../analysis/energy.ts';
import { audioCodec } from '../codec/codec.ts';
import { emptyRtpHeader, readRtp, writeRtpHeader } from '../rtp/packet.ts';
import type { CodecName } from '../sdp/negotiation.ts';
import { Recording } from './recording.ts';

/** Adds `count` packets of 20 ms with a tone from `timestamp` on; the tone's phase follows the timestamp. */
function talk(recording: Recording, codec: CodecName, timestamp: number, count: number, ssrc = 1, isNew = false): void {
  const { sampleRateHz, createEncoder } = audioCodec(codec);
  const encoder = createEncoder();
  const samples = sampleRateHz / 50;
  const header = emptyRtpHeader();
  for (let i = 0; i < count; i++) {
    const pcm = Int16Array.from(
      { length: samples },
      (_, n) => 8_000 * Math.sin((2 * Math.PI * 400 * n) / sampleRateHz),
    );
    const packet = Buffer.alloc(172);
    encoder.encode(pcm, 0, samples, packet, 12);
    writeRtpHeader(packet, false, 0, i, timestamp + 160 * i, ssrc);
    assert.equal(readRtp(packet, header), 'ok');
    recording.add(packet, header, codec, isNew && i === 0);
  }
}

function recorded(recording: Recording) {
  return recording.audio() ?? assert.fail('nothing was recorded');
}

describe('Recording', () => {
  it('has nothing before the first packet', () => {
    const recording = new Recording(10_000);
    assert.deepEqual([recording.audio(), recording.durationMs, recording.isFull], [null, 0, false]);
  });

  it('leaves a pause of the sender as long as it was', () => {
    const recording = new Recording(60_000);
    talk(recording, 'PCMU', 0xffff_ff00, 10);
    talk(recording, 'PCMU', 0xffff_ff00 + 160 * 10 + 8_000, 10);
    const { pcm } = recorded(recording);
    assert.equal(pcm.length, 1_600 + 8_000 + 1_600);
    assert.equal(rms(pcm.subarray(1_600, 9_600)), 0);
    assert.ok(isTone(pcm.subarray(9_600), 8_000, 400));
  });

  it('goes on where it was when the clock of the sender jumps', () => {
    for (const jump of [8_000 * 3_600, -8_000 * 3_600]) {
      const recording = new Recording(60_000);
      talk(recording, 'PCMU', 0, 10);
      talk(recording, 'PCMU', 1_600 + jump, 10);
      assert.equal(recorded(recording).pcm.length, 3_200, `${jump}`);
    }
  });

  it('goes on where it was with another source, whatever its timestamps', () => {
    const recording = new Recording(60_000);
    talk(recording, 'G722', 1_000_000, 10, 1, true);
    talk(recording, 'G722', 5, 10, 2, true);
    const { pcm, sampleRateHz } = recorded(recording);
    assert.deepEqual([pcm.length, sampleRateHz], [6_400, 16_000]);
    assert.ok(isTone(pcm.subarray(3_200), 16_000, 400));
  });

  const changes: readonly [CodecName, CodecName][] = [
    ['G722', 'PCMA'],
    ['PCMA', 'G722'],
  ];
  for (const [first, second] of changes) {
    it(`keeps the rate of ${first} when the peer changes to ${second}`, () => {
      const recording = new Recording(60_000);
      talk(recording, first, 0, 50);
      talk(recording, second, 8_000, 50);
      const { pcm, sampleRateHz } = recorded(recording);
      assert.equal(sampleRateHz, audioCodec(first).sampleRateHz);
      assert.equal(pcm.length, 2 * sampleRateHz);
      assert.ok(isTone(pcm.subarray(sampleRateHz), sampleRateHz, 400, 0.8));
    });
  }

  it('takes no more memory than its maximum, however far packets lie apart', () => {
    const recording = new Recording(3_000);
    for (let i = 0; i < 100; i++) talk(recording, 'PCMU', i * 8_000 * 9, 1);
    assert.equal(recording.isFull, true);
    assert.equal(recorded(recording).pcm.length, 24_000);
  });

  it('a packet from before the first one is left out', () => {
    const recording = new Recording(3_000);
    talk(recording, 'PCMU', 1_600, 5);
    talk(recording, 'PCMU', 0, 5);
    assert.equal(recorded(recording).pcm.length, 800);
  });
});
