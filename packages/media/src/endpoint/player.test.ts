import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTone, rms } from '../analysis/energy.ts';
import { AudioClip } from '../audio/clip.ts';
import { PROGRESS_TONES } from '../audio/tone.ts';
import { sequenceDistance } from '../rtp/sequence.ts';
import { assertSteady, beep, Lab, sdpOf } from '../testing/lab.ts';
import { createEcho } from './echo.ts';
import { createPlayer } from './player.ts';

describe('player', () => {
  it('plays at an even pace from the answer on: 50 packets a second, not one more', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, { items: [beep(440, 60_000)] });
    await lab.connect(player, phone.offer());
    lab.clock.advance(60_010);
    assert.equal(phone.heard.length, 3_000);
    assertSteady(phone.heard, 160);
    const start = phone.heard[0]!.atMs;
    assert.ok(
      phone.heard.every((packet, i) => packet.atMs === start + i * 20),
      'no drift',
    );
    assert.ok(isTone(phone.pcm(), 8_000, 440));
    player.close();
    lab.assertEmpty();
  });

  it('tells the end once and stays audible as silence', async () => {
    const lab = new Lab();
    const phone = lab.phone('PCMU');
    let ends = 0;
    const player = createPlayer(lab.host, { items: [beep(440, 250), beep(880, 250)], onEnd: () => ends++ });
    await lab.connect(player, phone.offer());
    lab.clock.advance(1_001);
    assert.equal(ends, 1);
    const pcm = phone.pcm();
    assert.ok(isTone(pcm.subarray(0, 2_000), 8_000, 440));
    assert.ok(isTone(pcm.subarray(2_000, 4_000), 8_000, 880));
    assert.equal(pcm.length, 8_000);
    assert.ok(rms(pcm.subarray(4_000)) < 10);
    player.close();
    lab.assertEmpty();
  });

  it('plays each item as often as it says', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, {
      items: [
        { ...beep(440, 100), times: 2 },
        { ...beep(880, 100), times: 3 },
        { ...beep(660, 100), times: 0 },
      ],
    });
    await lab.connect(player, phone.offer());
    lab.clock.advance(1_001);
    const pcm = phone.pcm();
    assert.ok(isTone(pcm.subarray(0, 1_600), 8_000, 440) && isTone(pcm.subarray(1_600, 4_000), 8_000, 880));
    assert.ok(rms(pcm.subarray(4_000)) < 10);
    player.close();
    lab.assertEmpty();
  });

  it('after a long stall time has gone on, and the sequence has no hole', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, { items: [beep(440, 60_000)] });
    await lab.connect(player, phone.offer());
    lab.clock.advance(101);
    lab.clock.stall(1_000);
    lab.clock.advance(1_000);
    const [before, after] = [phone.heard[4]!.header, phone.heard[5]!.header];
    assert.equal(sequenceDistance(before.sequenceNumber, after.sequenceNumber), 1);
    assert.equal((after.timestamp - before.timestamp) >>> 0, 160 + 900 * 8, '1000 ms stalled, 100 ms made good');
    assertSteady(phone.heard.slice(5), 160);
    player.close();
    lab.assertEmpty();
  });

  it('repeats a cadence for as long as it is asked to', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const clip = AudioClip.ofTone(PROGRESS_TONES.busy);
    const player = createPlayer(lab.host, { items: [{ clip, times: Number.POSITIVE_INFINITY }] });
    await lab.connect(player, phone.offer());
    lab.clock.advance(9_601);
    const pcm = phone.pcm();
    for (let period = 0; period < 10; period++) {
      const [on, off] = [period * 7_680, period * 7_680 + 3_840];
      assert.ok(isTone(pcm.subarray(on, on + 3_840), 8_000, 425), `period ${period}`);
      assert.ok(rms(pcm.subarray(off, off + 3_840)) < 10, `pause ${period}`);
    }
    player.close();
    lab.assertEmpty();
  });

  it('a listener that throws hurts nobody', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, {
      items: [beep(440, 20)],
      onEnd: () => {
        throw new Error('a bug elsewhere');
      },
    });
    await lab.connect(player, phone.offer());
    lab.clock.advance(200);
    assert.equal(phone.heard.length, 9);
    assert.match(String(lab.errors.pop()), /a bug elsewhere/);
    player.close();
    lab.assertEmpty();
  });

  const ptimes: readonly [string, number, number][] = [
    ['a=ptime:10', 10, 100],
    ['a=ptime:20', 20, 50],
    ['a=ptime:30', 30, 33],
    ['a=ptime:60', 60, 16],
    ['a=ptime:200', 60, 16],
    ['a=ptime:20\r\na=maxptime:10', 10, 100],
    ['a=ptime:1', 10, 100],
  ];
  for (const [attribute, ptimeMs, packets] of ptimes) {
    it(`puts ${ptimeMs} ms into a packet for ${attribute.replace('\r\n', ' ')}`, async () => {
      const lab = new Lab();
      const phone = lab.phone();
      const player = createPlayer(lab.host, { items: [beep(440, 5_000)] });
      await lab.connect(
        player,
        phone.offer((sdp) => `${sdp}${attribute}\r\n`),
      );
      lab.clock.advance(1_001);
      assert.equal(phone.heard.length, packets);
      assertSteady(phone.heard, ptimeMs * 8);
      assert.ok(phone.heard.every((packet) => packet.payload.length === ptimeMs * 8));
      assert.ok(isTone(phone.pcm(), 8_000, 440));
      player.close();
      lab.assertEmpty();
    });
  }
});

describe('digits from this side', () => {
  it('go out as events in the middle of the audio', async () => {
    const lab = new Lab();
    const player = createPlayer(lab.host, { items: [beep(440, 5_000)] });
    const digits: string[] = [];
    const echo = createEcho(lab.host, { onDtmf: ({ digit, durationMs }) => digits.push(`${digit} ${durationMs}`) });
    assert.ok(player.accept(sdpOf(await echo.answer(sdpOf(await player.offer())))).ok);
    lab.clock.advance(100);
    assert.equal(player.sendDigits('12#'), true);
    lab.clock.advance(1_000);
    assert.deepEqual(digits, ['1 200', '2 200', '# 200']);
    player.close();
    echo.close();
    lab.assertEmpty();
  });

  it('keep their length when packets are long', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, { items: [beep(440, 5_000)] });
    await lab.connect(
      player,
      phone.offer((sdp) => `${sdp}a=ptime:60\r\n`),
    );
    lab.clock.advance(200);
    player.sendDigits('12');
    lab.clock.advance(800);
    const events = phone.heard.filter((packet) => packet.header.payloadType === 101);
    const starts = [...new Set(events.map((packet) => packet.header.timestamp))];
    assert.equal((starts[1]! - starts[0]!) >>> 0, 2_000);
    assert.ok(events.length >= 20, `${events.length} event packets, one each 20 ms`);
    player.close();
    lab.assertEmpty();
  });

  it('are forgotten when events are agreed no longer', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, { items: [beep(440, 5_000)] });
    await lab.connect(player, phone.offer());
    player.sendDigits('1234567890');
    await lab.connect(
      player,
      phone.offer((sdp) => sdp.replace(' 101\r\n', '\r\n')),
    );
    await lab.connect(player, phone.offer());
    lab.clock.advance(1_000);
    assert.equal(phone.heard.length, phone.audio().length);
    player.close();
    lab.assertEmpty();
  });

  it('are refused when events were not agreed, and when they are no digits', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, { items: [] });
    assert.equal(player.sendDigits('1'), false, 'before the answer');
    await lab.connect(
      player,
      phone.offer((sdp) => sdp.replace(' 101\r\n', '\r\n')),
    );
    assert.equal(player.sendDigits('1'), false);
    await lab.connect(player, phone.offer());
    assert.equal(player.sendDigits('hello'), false);
    assert.equal(player.sendDigits('1'), true);
    player.close();
    lab.assertEmpty();
  });
});
