import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTone, rms } from '../analysis/energy.ts';
import { beep, Lab } from '../testing/lab.ts';
import { createRecorder } from './recorder.ts';

describe('recorder', () => {
  it('records after its prompt and not before', async () => {
    const lab = new Lab();
    const phone = lab.phone('PCMU');
    const recorder = createRecorder(lab.host, { prompt: [beep(1_000, 300)] });
    const there = await lab.connect(recorder, phone.offer());
    phone.talk(there, 880, 300);
    phone.talk(there, 440, 1_000);
    lab.clock.advance(10);
    const recorded = recorder.recorded();
    assert.equal(recorded?.sampleRateHz, 8_000);
    assert.ok(Math.abs(recorded.pcm.length - 8_000) <= 320, `${recorded.pcm.length} samples`);
    assert.ok(isTone(recorded.pcm.subarray(400), 8_000, 440));
    assert.ok(isTone(phone.pcm().subarray(0, 2_400), 8_000, 1_000), 'the prompt was heard');
    recorder.close();
    assert.equal(recorder.recorded()?.pcm.length, recorded.pcm.length, 'still there afterwards');
    lab.assertEmpty();
  });

  it('does not wait for a prompt that nobody hears', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const recorder = createRecorder(lab.host, { prompt: [beep(1_000, 300)] });
    const there = await lab.connect(
      recorder,
      phone.offer((sdp) => sdp.replace('sendrecv', 'sendonly')),
    );
    phone.talk(there, 440, 500);
    lab.clock.advance(10);
    assert.equal(recorder.recorded()?.pcm.length, 4_000);
    recorder.close();
    lab.assertEmpty();
  });

  it('puts packets in their place when they come in the wrong order, and leaves silence for lost ones', async () => {
    const lab = new Lab({}, { jitterMs: 60, lossRatio: 0.2 });
    const phone = lab.phone();
    const recorder = createRecorder(lab.host);
    phone.talk(await lab.connect(recorder, phone.offer()), 400, 2_000);
    lab.clock.advance(200);
    const pcm = recorder.recorded()?.pcm ?? new Int16Array();
    let [whole, silent] = [0, 0];
    // A period of 400 Hz fits a frame eight times: frames in their place are tones, all in phase.
    for (let at = 0; at + 160 <= pcm.length; at += 160) {
      const frame = pcm.subarray(at, at + 160);
      if (rms(frame) < 10) silent++;
      else if (isTone(frame, 8_000, 400)) whole++;
    }
    assert.ok(
      whole + silent >= Math.floor(pcm.length / 160) - 1,
      `${whole} whole, ${silent} silent of ${pcm.length / 160}`,
    );
    assert.ok(silent > 8 && silent < 35, `${silent} silent`);
    recorder.close();
    lab.assertEmpty();
  });

  it('stops when it is full and says so once', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    let full = 0;
    const recorder = createRecorder(lab.host, { maxDurationMs: 500, onFull: () => full++ });
    phone.talk(await lab.connect(recorder, phone.offer()), 440, 1_000);
    lab.clock.advance(10);
    assert.deepEqual([full, recorder.recorded()?.pcm.length], [1, 4_000]);
    recorder.close();
    lab.assertEmpty();
  });
});
