/** What the engine counts, gives back and refuses. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PLAIN } from '../engine.ts';
import { EmbeddedLab, ENGINE_INSIDE, ENGINE_OUTSIDE, INSIDE, OUTSIDE } from './testing/lab.ts';

const A = '192.0.2.10';
const B = '10.0.0.20';

test('loss is counted by the numbers that are missing, and bears on the estimate', async () => {
  const lab = await EmbeddedLab.open();
  const [a, b] = [lab.phone(A), lab.phone(B)];
  await lab.connect(a, b);
  b.talk(100);
  for (let i = 0; i < 90; i++) {
    if (i % 9 === 0) a.sequence++;
    a.talk(1);
  }
  const [ofA, ofB] = (await lab.engine.query('call'))?.legs ?? [];
  // The number missing before the first packet is missed by nobody.
  assert.deepEqual([ofA?.packetsReceived, ofA?.packetsLost, ofB?.packetsLost], [90, 9, 0]);
  assert.ok((ofB?.mos ?? 0) > 4.3 && (ofA?.mos ?? 5) < 3.6, `${ofA?.mos} ${ofB?.mos}`);
  await lab.close();
});

test('1,000 calls opened and closed leave no port, timer or socket', async () => {
  const lab = await EmbeddedLab.open();
  const [a, b] = [lab.phone(A), lab.phone(B)];
  for (let i = 0; i < 1_000; i++) {
    const key = { callId: `call ${i}`, fromTag: 'a', viaBranch: 'z9' };
    await lab.connect(a, b, key);
    a.talk(1);
    await lab.engine.delete(i % 2 === 0 ? key : { callId: key.callId });
  }
  assert.equal(b.heard.length, 1_000);
  assert.deepEqual([lab.engine.snapshot().calls, lab.engine.snapshot().portsUsed, lab.network.open], [0, 0, 4]);
  await lab.close();
});

test('when ports run out the offer fails, what runs goes on, and a call that ends makes room', async () => {
  const ports = { min: 30_000, max: 30_007 };
  const lab = await EmbeddedLab.open({
    sides: {
      outside: { addresses: [{ bindAddress: ENGINE_OUTSIDE }], ports },
      inside: { addresses: [{ bindAddress: ENGINE_INSIDE }], ports },
    },
  });
  const [a, b] = [lab.phone(A), lab.phone(B)];
  for (let i = 0; i < 4; i++) await lab.offer(a, { callId: `call ${i}` });
  const key = { callId: 'one more', fromTag: 'a', viaBranch: 'z9' };
  const refused = await lab.engine.offer({ ...key, sdp: a.sdp(), from: OUTSIDE, to: INSIDE, profile: PLAIN });
  assert.ok(!refused.ok && refused.error.code === 'no-ports', JSON.stringify(refused));
  assert.equal(lab.engine.snapshot().calls, 4);
  await lab.engine.delete({ callId: 'call 0' });
  await lab.connect(a, b, key);
  a.talk(1);
  assert.equal(b.heard.length, 1);
  await lab.close();
});

test('what cannot be is told, and changes nothing', async () => {
  const lab = await EmbeddedLab.open();
  const [a, b] = [lab.phone(A), lab.phone(B)];
  await lab.connect(a, b);
  const within = { callId: 'call', fromTag: 'a', toTag: 'b' };
  const offer = { ...within, sdp: a.sdp(), from: OUTSIDE, to: INSIDE, profile: PLAIN };
  const cases = [
    ['bad-sdp', await lab.engine.offer({ ...offer, sdp: 'no description' })],
    ['no-audio', await lab.engine.offer({ ...offer, sdp: a.sdp().replace('m=audio', 'm=video') })],
    ['unsupported-transport', await lab.engine.offer({ ...offer, sdp: a.sdp().replace('RTP/AVP', 'TCP/RTP') })],
    ['unknown-call', await lab.engine.offer({ ...offer, toTag: 'nobody' })],
    ['unknown-call', await lab.engine.answer({ ...within, callId: 'nobody', sdp: b.sdp(), from: INSIDE })],
    ['unknown-call', await lab.engine.answer({ ...within, toTag: 'nobody', fromTag: 'x', sdp: b.sdp(), from: INSIDE })],
    ['bad-sdp', await lab.engine.answer({ ...within, sdp: '', from: INSIDE })],
    ['no-common-codec', await lab.engine.answer({ ...within, sdp: b.sdp(['0 PCMU/8000']), from: INSIDE })],
  ] as const;
  for (const [code, result] of cases) assert.equal(result.ok ? 'ok' : result.error.code, code);
  a.talk(1);
  b.talk(1);
  assert.deepEqual([a.heard.length, b.heard.length], [1, 1]);
  await lab.close();
});
