import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTone } from '../analysis/energy.ts';
import type { CodecName } from '../sdp/negotiation.ts';
import { assertSteady, Lab, portOf, sdpOf } from '../testing/lab.ts';
import { createEcho } from './echo.ts';

const CODECS: readonly CodecName[] = ['PCMU', 'PCMA', 'G722'];

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

  it('works over IPv6', async () => {
    const address = '2001:db8::200';
    const lab = new Lab({ bindAddress: address });
    const phone = lab.phone('PCMA', '2001:db8::10');
    const echo = createEcho(lab.host);
    const answer = sdpOf(await echo.answer(phone.offer()));
    assert.match(answer, /\r\nc=IN IP6 2001:db8::200\r\n/);
    phone.talk({ address, port: portOf(answer) }, 440, 100);
    lab.clock.advance(10);
    assert.equal(phone.heard.length, 5);
    echo.close();
    lab.assertEmpty();
  });

  it('announces the address it is told to, to this peer only', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    assert.match(sdpOf(await echo.answer(phone.offer(), { announcedAddress: '10.0.0.1' })), /c=IN IP4 10\.0\.0\.1\r\n/);
    assert.match(sdpOf(await echo.offer()), /c=IN IP4 192\.0\.2\.200\r\n/);
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
