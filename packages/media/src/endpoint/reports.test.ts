import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRtcp } from '../rtp/packet.ts';
import { beep, Lab, sdpOf } from '../testing/lab.ts';
import { createEcho } from './echo.ts';
import { createPlayer } from './player.ts';
import { createRecorder } from './recorder.ts';

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

  it('RFC 5761: with rtcp-mux reports share the port of the audio', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const reports: Buffer[] = [];
    const bound = lab.network.bindNow('192.0.2.10', 5_010);
    assert.ok(bound.ok);
    bound.socket.receive((datagram) => isRtcp(datagram) && reports.push(datagram));
    const player = createPlayer(lab.host, { items: [beep(440, 60_000)] });
    await lab.connect(
      player,
      phone.offer((sdp) => `${sdp.replace('5004', '5010')}a=rtcp-mux\r\n`),
    );
    lab.clock.advance(30_000);
    assert.ok(reports.length >= 4, `${reports.length}`);
    player.close();
    bound.socket.close();
    lab.assertEmpty();
  });

  it('says nothing to a peer that gave no address', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    await lab.connect(
      echo,
      phone.offer((sdp) => sdp.replaceAll('IP4 192.0.2.10', 'IP4 0.0.0.0')),
    );
    lab.clock.advance(30_000);
    echo.close();
    lab.clock.advance(10);
    assert.equal(phone.reports.length + phone.heard.length, 0);
    assert.equal(echo.snapshot().stream?.remote, null);
    lab.assertEmpty();
  });
});
