import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTone } from '../analysis/energy.ts';
import { beep, Lab } from '../testing/lab.ts';
import { createAttendant } from './attendant.ts';

describe('attendant', () => {
  it('says what it is told, and tells when it has said it', async () => {
    const lab = new Lab();
    const phone = lab.phone('PCMU');
    const attendant = createAttendant(lab.host);
    await lab.connect(attendant, phone.offer());
    let said = 0;
    attendant.say([beep(1_000, 300)], () => said++);
    lab.clock.advance(200);
    assert.equal(said, 0);
    lab.clock.advance(400);
    assert.equal(said, 1);
    assert.ok(isTone(phone.pcm().subarray(0, 1_600), 8_000, 1_000));
    attendant.close();
    lab.assertEmpty();
  });

  it('falls silent at once, and what was to be told is not', async () => {
    const lab = new Lab();
    const phone = lab.phone('PCMU');
    const attendant = createAttendant(lab.host);
    await lab.connect(attendant, phone.offer());
    attendant.say([beep(1_000, 300)], () => assert.fail('it was not said'));
    lab.clock.advance(100);
    attendant.hush();
    lab.clock.advance(1_000);
    attendant.close();
    lab.assertEmpty();
  });

  it('records when it is told, up to a length, and tells of keys and its end', async () => {
    const lab = new Lab();
    const phone = lab.phone('PCMU');
    const told: string[] = [];
    const attendant = createAttendant(lab.host, {
      onDtmf: ({ digit }) => told.push(digit),
      onClose: () => told.push('closed'),
    });
    const there = await lab.connect(attendant, phone.offer());
    phone.talk(there, 880, 300);
    attendant.record(500, () => told.push('full'));
    phone.talk(there, 440, 800);
    lab.clock.advance(10);
    attendant.press({ digit: '5', durationMs: 0 });
    const recorded = attendant.stopRecording();
    assert.equal(recorded?.pcm.length, 4_000);
    assert.ok(isTone(recorded.pcm.subarray(400), 8_000, 440));
    assert.equal(attendant.stopRecording(), null);
    attendant.close();
    attendant.close();
    assert.deepEqual(told, ['full', '5', 'closed']);
    lab.assertEmpty();
  });
});
