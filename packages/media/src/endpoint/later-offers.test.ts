import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTone } from '../analysis/energy.ts';
import { mediaDirection, sessionVersion } from '../sdp/scan.ts';
import { beep, Lab, portOf, SERVER, sdpOf } from '../testing/lab.ts';
import { BARESIP_OFFER, CHROMIUM_OFFER, LINPHONE_OFFER } from '../testing/offers.ts';
import { createEcho } from './echo.ts';
import { createPlayer } from './player.ts';
import { createRecorder } from './recorder.ts';

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
