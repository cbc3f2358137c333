import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PLAIN, SDES } from '../engine.ts';
import { EmbeddedLab, INSIDE, OUTSIDE } from './testing/lab.ts';

describe('plain to plain', () => {
  test('both hear each other, and nothing is left over', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b] = [lab.phone('192.0.2.10'), lab.phone('198.51.100.20')];
    await lab.connect(a, b);
    a.talk(10);
    b.talk(5);
    assert.equal(b.heard.length, 10);
    assert.equal(a.heard.length, 5);
    const statistics = await lab.engine.query('call');
    assert.deepEqual(
      statistics?.legs.map(({ tag, packetsReceived, packetsSent, packetsLost }) => [
        tag,
        packetsReceived,
        packetsSent,
        packetsLost,
      ]),
      [
        ['a', 10, 5, 0],
        ['b', 5, 10, 0],
      ],
    );
    await lab.close();
  });
});

test('SDES on one side, plain on the other', async () => {
  const lab = await EmbeddedLab.open();
  const [a, b] = [lab.phone('192.0.2.10'), lab.phone('198.51.100.20')];
  const offered = await lab.offer(a, { profile: SDES, from: OUTSIDE, to: INSIDE });
  assert.match(offered, /^m=audio \d+ RTP\/SAVP /m);
  assert.match(offered, /^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:/m);
  const refused = await lab.engine.answer({
    callId: 'call',
    fromTag: 'a',
    viaBranch: 'z9',
    toTag: 'b',
    sdp: b.sdp(),
    from: INSIDE,
  });
  assert.ok(!refused.ok && refused.error.code === 'mismatched-answer', JSON.stringify(refused));
  await lab.close();
});

test('a profile of plain RTP takes two ports on each side', async () => {
  const lab = await EmbeddedLab.open();
  await lab.offer(lab.phone('192.0.2.10'), { profile: PLAIN, from: OUTSIDE, to: INSIDE });
  assert.equal(lab.engine.snapshot().portsUsed, 4);
  assert.equal(lab.network.open, 4 + 2);
  await lab.engine.delete({ callId: 'call' });
  assert.equal(lab.engine.snapshot().portsUsed, 0);
  await lab.close();
});
