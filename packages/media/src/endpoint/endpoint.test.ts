import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTone, rms } from '../analysis/energy.ts';
import { AudioClip } from '../audio/clip.ts';
import { PROGRESS_TONES } from '../audio/tone.ts';
import { sequenceDistance } from '../rtp/sequence.ts';
import type { CodecName } from '../sdp/negotiation.ts';
import { mediaDirection, sessionVersion } from '../sdp/scan.ts';
import { Lab, portOf, SERVER, sdpOf } from '../testing/lab.ts';
import { mutate } from '../testing/mutate.ts';
import { BARESIP_OFFER, CHROMIUM_OFFER, LINPHONE_OFFER } from '../testing/offers.ts';
import type { Heard } from '../testing/phone.ts';
import { createEcho } from './echo.ts';
import { createPlayer } from './player.ts';
import { createRecorder } from './recorder.ts';

const CODECS: readonly CodecName[] = ['PCMU', 'PCMA', 'G722'];

function beep(frequencyHz: number, durationMs: number) {
  return { clip: AudioClip.ofTone([{ frequenciesHz: [frequencyHz], durationMs }]) };
}

/** Sequence numbers follow each other and timestamps grow by `units`, across every wrap. */
function assertSteady(packets: readonly Heard[], units: number): void {
  for (let i = 1; i < packets.length; i++) {
    const [before, after] = [packets[i - 1]!.header, packets[i]!.header];
    assert.equal(sequenceDistance(before.sequenceNumber, after.sequenceNumber), 1, `packet ${i}`);
    assert.equal((after.timestamp - before.timestamp) >>> 0, units, `packet ${i}`);
    assert.equal(after.ssrc, before.ssrc);
  }
}

describe('echo', () => {
  for (const codec of CODECS) {
    it(`gives a tone of 440 Hz back in ${codec}`, async () => {
      const lab = new Lab();
      const phone = lab.phone(codec);
      const echo = createEcho(lab.host);
      const there = await lab.connect(echo, phone.offer());
      phone.talk(there, 440, 1_000);
      lab.clock.advance(10);
      assert.equal(phone.heard.length, 50);
      assertSteady(phone.heard, 160);
      assert.ok(isTone(phone.pcm(), codec === 'G722' ? 16_000 : 8_000, 440));
      const { stream, codec: agreed } = echo.snapshot();
      assert.equal(agreed, codec);
      assert.deepEqual(stream?.received && { lost: stream.received.lost, jitterMs: stream.received.jitterMs }, {
        lost: 0,
        jitterMs: 0,
      });
      assert.deepEqual(stream?.sent, { packets: 50, octets: 8_000 });
      echo.close();
      lab.assertEmpty();
    });
  }

  it('sends with a source of its own and marks the start', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    phone.talk(await lab.connect(echo, phone.offer()), 440, 100);
    lab.clock.advance(10);
    assert.notEqual(phone.heard[0]?.header.ssrc, phone.ssrc);
    assert.deepEqual(
      phone.heard.map((p) => p.header.marker),
      [true, false, false, false, false],
    );
    echo.close();
    lab.assertEmpty();
  });

  it('keeps the marks that the peer sets', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    const there = await lab.connect(echo, phone.offer());
    for (const second of ['08', '88', '08'])
      phone.raw(there, Buffer.from(`80${second}00010000000000000001d5d5`, 'hex'));
    lab.clock.advance(10);
    assert.deepEqual(
      phone.heard.map((p) => p.header.marker),
      [true, true, false],
    );
    echo.close();
    lab.assertEmpty();
  });

  it('hears nothing of a peer that is to be silent', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host, { onDtmf: () => assert.fail('heard') });
    const there = await lab.connect(
      echo,
      phone.offer((sdp) => sdp.replace('sendrecv', 'recvonly')),
    );
    phone.talk(there, 440, 100);
    phone.press(there, 1);
    const { stream } = echo.snapshot();
    assert.deepEqual([stream?.received, stream?.dropped.unwanted, phone.heard.length], [null, 10, 0]);
    echo.close();
    lab.assertEmpty();
  });

  it('reports digits once each and does not send them back', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const digits: string[] = [];
    const echo = createEcho(lab.host, { onDtmf: ({ digit, durationMs }) => digits.push(`${digit} ${durationMs}`) });
    const there = await lab.connect(echo, phone.offer());
    for (const event of [1, 1, 11]) phone.press(there, event);
    lab.clock.advance(100);
    assert.deepEqual(digits, ['1 100', '1 100', '# 100']);
    assert.equal(phone.heard.length, 0);
    echo.close();
    lab.assertEmpty();
  });

  it('works through a network that loses, delays, doubles and reorders', async () => {
    const lab = new Lab({}, { delayMs: 30, jitterMs: 30, lossRatio: 0.1, duplicateRatio: 0.05 });
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    phone.talk(await lab.connect(echo, phone.offer()), 440, 10_000);
    lab.clock.advance(200);
    const received = echo.snapshot().stream?.received;
    assert.ok(received && received.lossRatio > 0.03 && received.lossRatio < 0.15, `${received?.lossRatio}`);
    assert.ok(received.jitterMs > 5 && received.jitterMs < 15, `${received.jitterMs}`);
    assert.ok(phone.heard.length > 350);
    echo.close();
    lab.assertEmpty();
  });
});

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

describe('hold and other later offers', () => {
  it('a hold stops the tape, resuming goes on where it stopped, marked as a new start', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, { items: [beep(440, 500), beep(880, 500)] });
    const first = sdpOf(await player.answer(phone.offer()));
    lab.clock.advance(501);
    const before = phone.heard.length;
    const held = sdpOf(await player.answer(phone.offer((sdp) => sdp.replace('sendrecv', 'sendonly'))));
    assert.equal(mediaDirection(held), 'recvonly');
    assert.equal(portOf(held), portOf(first));
    lab.clock.advance(5_000);
    assert.equal(phone.heard.length, before, 'nothing while on hold');
    const resumed = sdpOf(await player.answer(phone.offer()));
    lab.clock.advance(501);
    const pcm = phone.pcm();
    assert.ok(isTone(pcm.subarray(0, 4_000), 8_000, 440) && isTone(pcm.subarray(4_000, 8_000), 8_000, 880));
    assert.equal(phone.heard[before]?.header.marker, true);
    assert.ok(
      phone.heard[before]!.header.timestamp - phone.heard[before - 1]!.header.timestamp >= 5_000 * 8,
      'time went on',
    );
    assert.deepEqual([first, held, resumed].map(sessionVersion), ['1', '2', '3']);
    player.close();
    lab.assertEmpty();
  });

  for (const [name, change] of [
    ['inactive', (sdp: string) => sdp.replace('sendrecv', 'inactive')],
    ['address 0.0.0.0', (sdp: string) => sdp.replaceAll('IP4 192.0.2.10', 'IP4 0.0.0.0')],
  ] as const) {
    it(`sends nothing after a hold by ${name}`, async () => {
      const lab = new Lab();
      const phone = lab.phone();
      const player = createPlayer(lab.host, { items: [beep(440, 5_000)] });
      await lab.connect(player, phone.offer());
      lab.clock.advance(101);
      await lab.connect(player, phone.offer(change));
      const before = phone.heard.length;
      lab.clock.advance(1_000);
      assert.equal(phone.heard.length, before);
      player.close();
      lab.assertEmpty();
    });
  }

  it('RFC 3264 §8: the same offer again gets the same answer, version and all', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    assert.equal(sdpOf(await echo.answer(phone.offer())), sdpOf(await echo.answer(phone.offer())));
    echo.close();
    lab.assertEmpty();
  });

  it('follows the peer to another address', async () => {
    const lab = new Lab();
    const [before, after] = [lab.phone(), lab.phone('PCMA', '192.0.2.11', 6_000)];
    const player = createPlayer(lab.host, { items: [beep(440, 5_000)] });
    await lab.connect(player, before.offer());
    lab.clock.advance(101);
    await lab.connect(player, after.offer());
    const count = before.heard.length;
    lab.clock.advance(1_000);
    assert.equal(before.heard.length, count);
    assert.equal(after.heard.length, 50);
    player.close();
    lab.assertEmpty();
  });

  it('changes codec in the middle of a call', async () => {
    const lab = new Lab();
    const [wide, narrow] = [lab.phone('G722'), lab.phone('PCMU', '192.0.2.10', 7_000)];
    const player = createPlayer(lab.host, { items: [beep(440, 5_000)] });
    await lab.connect(player, wide.offer());
    lab.clock.advance(1_001);
    await lab.connect(player, narrow.offer());
    lab.clock.advance(1_001);
    assert.ok(isTone(wide.pcm(), 16_000, 440) && isTone(narrow.pcm(), 8_000, 440));
    player.close();
    lab.assertEmpty();
  });

  it('a refused later offer leaves everything as it was', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, { items: [beep(440, 5_000)] });
    await lab.connect(player, phone.offer());
    lab.clock.advance(101);
    const refused = await player.answer(CHROMIUM_OFFER);
    assert.ok(!refused.ok && refused.code === 'unsupported-transport');
    lab.clock.advance(1_000);
    assert.equal(phone.heard.length, 55);
    player.close();
    lab.assertEmpty();
  });
});

describe('own offers', () => {
  it('two endpoints talk to each other after a late offer', async () => {
    const lab = new Lab();
    const player = createPlayer(lab.host, { items: [beep(440, 1_000)] });
    const recorder = createRecorder(lab.host);
    const offer = sdpOf(await player.offer());
    assert.deepEqual(player.accept(sdpOf(await recorder.answer(offer))), { ok: true });
    lab.clock.advance(1_100);
    const recorded = recorder.recorded();
    assert.equal(recorded?.sampleRateHz, 16_000, 'G.722 comes first');
    assert.ok(isTone(recorded.pcm.subarray(0, 16_000), 16_000, 440));
    player.close();
    recorder.close();
    lab.assertEmpty();
  });

  it('uses the numbers of the answer to send and its own to receive', async () => {
    const lab = new Lab();
    const phone = lab.phone('PCMU');
    const echo = createEcho(lab.host);
    const port = portOf(sdpOf(await echo.offer()));
    const answer = phone.offer((sdp) =>
      sdp.replace('AVP 0 101', 'AVP 96 100').replace('rtpmap:0', 'rtpmap:96').replace(':101', ':100'),
    );
    assert.ok(echo.accept(answer).ok);
    phone.talk({ address: SERVER, port }, 440, 100);
    lab.clock.advance(10);
    assert.deepEqual(
      phone.heard.map((packet) => packet.header.payloadType),
      [96, 96, 96, 96, 96],
    );
    echo.close();
    lab.assertEmpty();
  });

  it('in a running session the offer keeps the streams in place and the stream running', async () => {
    const lab = new Lab();
    const phone = lab.phone('PCMU');
    const player = createPlayer(lab.host, { items: [beep(440, 5_000)] });
    const first = sdpOf(
      await player.answer(LINPHONE_OFFER.replace('198.51.100.4\r\nt', '192.0.2.10\r\nt').replace('7078', '5004')),
    );
    lab.clock.advance(101);
    const offer = sdpOf(await player.offer());
    assert.equal(portOf(offer), portOf(first));
    assert.match(offer, /m=audio .*m=video 0 /s);
    assert.equal(sessionVersion(offer), '2');
    lab.clock.advance(100);
    assert.equal(phone.heard.length, 10, 'goes on while the answer is due');
    const refused = player.accept(BARESIP_OFFER.replace('m=audio 41020', 'm=audio 0'));
    assert.ok(!refused.ok && refused.code === 'rejected');
    lab.clock.advance(100);
    assert.equal(phone.heard.length, 15, 'goes on after a refusal');
    player.close();
    lab.assertEmpty();
  });

  it('an answer without an offer is refused, also the second one', async () => {
    const lab = new Lab();
    const echo = createEcho(lab.host);
    const early = echo.accept(BARESIP_OFFER);
    assert.ok(!early.ok && early.code === 'no-offer');
    await echo.offer();
    assert.ok(echo.accept(BARESIP_OFFER).ok);
    const again = echo.accept(BARESIP_OFFER);
    assert.ok(!again.ok && again.code === 'no-offer');
    await echo.offer();
    await echo.offer();
    await echo.answer(BARESIP_OFFER);
    const overtaken = echo.accept(BARESIP_OFFER);
    assert.ok(!overtaken.ok && overtaken.code === 'no-offer', 'an offer of the peer took its place');
    await echo.offer();
    const broken = echo.accept('hello');
    assert.ok(!broken.ok && broken.code === 'bad-sdp');
    echo.close();
    lab.assertEmpty();
  });
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

describe('watching the peer', () => {
  it('reports silence once, and again only after the peer was heard', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const silences: number[] = [];
    const echo = createEcho(lab.host, { inactivityMs: 5_000, onInactive: (ms) => silences.push(ms) });
    const there = await lab.connect(echo, phone.offer());
    phone.talk(there, 440, 4_000);
    lab.clock.advance(4_700);
    assert.equal(silences.length, 0);
    lab.clock.advance(20_000);
    assert.equal(silences.length, 1);
    assert.ok(silences[0]! >= 5_000 && silences[0]! <= 5_300, `${silences[0]}`);
    phone.talk(there, 440, 100);
    lab.clock.advance(6_000);
    assert.equal(silences.length, 2);
    echo.close();
    lab.assertEmpty();
  });

  it('a phone that is mute but reports or probes lives', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host, { inactivityMs: 5_000, onInactive: () => assert.fail('reported') });
    const there = await lab.connect(echo, phone.offer());
    const report = Buffer.from('80c9000100000001', 'hex');
    const stun = Buffer.from('000100002112a442ded9668b452a7a9a7144a776', 'hex');
    for (const send of [
      () => phone.rawRtcp(there, report),
      () => phone.raw(there, stun),
      () => phone.rawRtcp(there, stun),
    ]) {
      lab.clock.advance(4_000);
      send();
    }
    lab.clock.advance(4_000);
    assert.deepEqual(echo.snapshot().stream?.dropped, {
      malformed: 0,
      otherProtocol: 2,
      foreign: 0,
      unknownPayload: 0,
      unwanted: 0,
    });
    echo.close();
    lab.assertEmpty();
  });

  it('expects nothing from who is on hold or only listens', async () => {
    for (const direction of ['recvonly', 'inactive']) {
      const lab = new Lab();
      const phone = lab.phone();
      const echo = createEcho(lab.host, { inactivityMs: 5_000, onInactive: () => assert.fail(direction) });
      await lab.connect(
        echo,
        phone.offer((sdp) => sdp.replace('sendrecv', direction)),
      );
      lab.clock.advance(60_000);
      echo.close();
      lab.assertEmpty();
    }
  });

  it('inactivity can be switched off', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host, { inactivityMs: 0, onInactive: () => assert.fail('reported') });
    await lab.connect(echo, phone.offer());
    lab.clock.advance(600_000);
    echo.close();
    lab.assertEmpty();
  });
});

describe('the end', () => {
  it('closing twice, before the start, or while the port is being bound leaves nothing behind', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const never = createEcho(lab.host);
    never.close();
    never.close();
    const refused = await never.answer(phone.offer());
    assert.ok(!refused.ok && refused.code === 'closed');
    const hasty = createEcho(lab.host);
    const pending = hasty.answer(phone.offer());
    hasty.close();
    const late = await pending;
    assert.ok(!late.ok && late.code === 'closed');
    assert.equal(hasty.snapshot().state, 'closed');
    lab.assertEmpty();
  });

  it('the last figures can be read after the end', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    phone.talk(await lab.connect(echo, phone.offer()), 440, 1_000);
    echo.close();
    assert.equal(echo.snapshot().stream?.received?.packets, 50);
    phone.close();
    lab.assertEmpty();
  });

  it('closing in the middle of a listener is fine', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, { items: [beep(440, 100)], onEnd: () => player.close() });
    await lab.connect(player, phone.offer());
    lab.clock.advance(1_000);
    assert.equal(player.snapshot().state, 'closed');
    assert.equal(phone.heard.length, 5, 'all of it, and nothing more');
    lab.assertEmpty();
  });
});

describe('running out', () => {
  it('of ports is an error value, and a closed endpoint gives its pair back', async () => {
    const lab = new Lab({ ports: { min: 40_001, max: 40_006 } });
    const phone = lab.phone();
    const echoes = Array.from({ length: 3 }, () => createEcho(lab.host));
    const results = await Promise.all(echoes.map((echo) => echo.answer(phone.offer())));
    assert.deepEqual(results.map((r) => (r.ok ? portOf(r.sdp) : r.code)).sort(), [40_002, 40_004, 'no-ports']);
    const refused = results.findIndex((r) => !r.ok);
    echoes[refused === 0 ? 1 : 0]?.close();
    assert.ok((await echoes[refused]?.answer(phone.offer()))?.ok, 'works once a pair is free');
    for (const echo of echoes) echo.close();
    lab.assertEmpty();
  });

  it('ports that others took are passed over', async () => {
    const lab = new Lab({ ports: { min: 40_000, max: 40_005 } });
    const foreign = [lab.network.bindNow(SERVER, 40_000), lab.network.bindNow(SERVER, 40_003)];
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    assert.equal(portOf(sdpOf(await echo.answer(phone.offer()))), 40_004);
    echo.close();
    for (const result of foreign) if (result.ok) result.socket.close();
    lab.assertEmpty();
  });
});

describe('strangers', () => {
  it('cannot feed a stream, nor take it over', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const stranger = lab.phone('PCMA', '203.0.113.66', 5_004);
    const neighbour = lab.phone('PCMA', '192.0.2.10', 9_000);
    const echo = createEcho(lab.host);
    const there = await lab.connect(echo, phone.offer());
    stranger.talk(there, 880, 100);
    phone.talk(there, 440, 1_000);
    stranger.talk(there, 880, 100);
    neighbour.talk(there, 880, 100);
    lab.clock.advance(10);
    assert.equal(stranger.heard.length + neighbour.heard.length, 0);
    assert.ok(isTone(phone.pcm(), 8_000, 440));
    assert.equal(phone.heard.length, 50);
    assert.equal(echo.snapshot().stream?.dropped.foreign, 15);
    echo.close();
    lab.assertEmpty();
  });

  it('a peer behind a NAT that changes ports is answered where it sends from', async () => {
    const lab = new Lab();
    const outside = lab.phone('PCMA', '192.0.2.10', 31_337);
    const echo = createEcho(lab.host);
    const there = await lab.connect(
      echo,
      outside.offer((sdp) => sdp.replace('31337', '5004')),
    );
    outside.talk(there, 440, 100);
    lab.clock.advance(10);
    assert.equal(outside.heard.length, 5);
    assert.deepEqual(echo.snapshot().stream?.remote, { address: '192.0.2.10', port: 31_337 });
    echo.close();
    lab.assertEmpty();
  });

  it('a phone that announces IPv6 and calls over IPv4 is reached where it called from', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    const ipv6 = phone.offer((sdp) => sdp.replaceAll('IP4 192.0.2.10', 'IP6 fd00::2'));
    const there = await lab.connect(echo, ipv6, { fromAddresses: ['::ffff:192.0.2.10'] });
    phone.talk(there, 440, 100);
    lab.clock.advance(10);
    assert.equal(phone.heard.length, 5);
    echo.close();
    lab.assertEmpty();
  });

  it('the address the signalling came from is the peer too', async () => {
    const lab = new Lab();
    const outside = lab.phone('PCMA', '198.51.100.7', 31_337);
    const echo = createEcho(lab.host);
    const privately = outside.offer((sdp) => sdp.replaceAll('198.51.100.7', '10.0.0.5'));
    const there = await lab.connect(echo, privately, { fromAddresses: ['198.51.100.7'] });
    outside.talk(there, 440, 100);
    lab.clock.advance(10);
    assert.equal(outside.heard.length, 5);
    echo.close();
    lab.assertEmpty();
  });

  it('noise on the port is counted and does no harm', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    const there = await lab.connect(echo, phone.offer());
    const seed = Buffer.from('b1080001000000000000000100000000bede000111223344d5d5d5d50002', 'hex');
    for (let i = 0; i < 3_000; i++) {
      phone.raw(there, mutate(seed, lab.random));
      phone.rawRtcp(there, mutate(seed, lab.random));
    }
    lab.clock.advance(10);
    const dropped = echo.snapshot().stream?.dropped;
    assert.ok(dropped && dropped.malformed > 500 && dropped.unknownPayload > 10, JSON.stringify(dropped));
    phone.heard.length = 0;
    phone.talk(there, 440, 200);
    lab.clock.advance(10);
    assert.equal(phone.heard.length, 10);
    echo.close();
    lab.assertEmpty();
  });
});

describe('RTCP', () => {
  it('reports every few seconds, with a name, and says goodbye', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, { items: [beep(440, 60_000)] });
    const there = await lab.connect(player, phone.offer());
    phone.talk(there, 440, 30_000);
    player.close();
    lab.clock.advance(10);
    assert.ok(phone.reports.length >= 4 && phone.reports.length <= 13, `${phone.reports.length} reports`);
    for (const report of phone.reports) {
      assert.equal(report[0]?.type, 'sender-report');
      assert.equal(report[1]?.type, 'source-description');
    }
    const last = phone.reports.at(-1)!;
    assert.equal(last[2]?.type, 'goodbye');
    const block = last[0]?.type === 'sender-report' ? last[0].reports[0] : undefined;
    assert.deepEqual(block && { ssrc: block.ssrc, lost: block.cumulativeLost }, { ssrc: phone.ssrc, lost: 0 });
    lab.assertEmpty();
  });

  it('two endpoints learn the round trip and the loss of each other', async () => {
    const lab = new Lab({}, { delayMs: 40, lossRatio: 0.1 });
    const player = createPlayer(lab.host, { items: [beep(440, 1_000)] });
    const recorder = createRecorder(lab.host);
    assert.ok(player.accept(sdpOf(await recorder.answer(sdpOf(await player.offer())))).ok);
    lab.clock.advance(60_000);
    const stream = player.snapshot().stream;
    assert.ok(stream?.roundTripMs && Math.abs(stream.roundTripMs - 80) < 1, `${stream?.roundTripMs}`);
    assert.ok(stream.remoteLossRatio && Math.abs(stream.remoteLossRatio - 0.1) < 0.08, `${stream.remoteLossRatio}`);
    player.close();
    recorder.close();
    lab.assertEmpty();
  });
});
