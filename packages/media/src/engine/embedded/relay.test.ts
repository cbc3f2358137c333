import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CompoundReport, MAX_COMPOUND_OCTETS, ntpMiddle, readRtcp, writeCompound } from '../../rtp/rtcp.ts';
import { sequenceDistance } from '../../rtp/sequence.ts';
import { PLAIN } from '../engine.ts';
import { EmbeddedLab, ENGINE_INSIDE, ENGINE_OUTSIDE, INSIDE, type LabPhone, OUTSIDE, sdpOf } from './testing/lab.ts';

const A = '192.0.2.10';
const B = '10.0.0.20';
const STRANGER = '198.51.100.66';

/** Sequence numbers follow each other under one SSRC, whatever happened at the source. */
function assertOneStream(phone: LabPhone): void {
  for (let i = 1; i < phone.heard.length; i++) {
    const [before, after] = [phone.heard[i - 1]!.header, phone.heard[i]!.header];
    assert.equal(sequenceDistance(before.sequenceNumber, after.sequenceNumber), 1, `packet ${i}`);
    assert.equal(after.ssrc, before.ssrc, `packet ${i}`);
    assert.ok(((after.timestamp - before.timestamp) | 0) > 0, `timestamp of packet ${i}`);
  }
}

describe('who may speak', () => {
  test('a stranger is never heard, and never takes the stream', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b, stranger] = [lab.phone(A), lab.phone(B), lab.phone(STRANGER)];
    await lab.connect(a, b);
    stranger.talk(3, a.target);
    assert.equal(b.heard.length, 0, 'before the call has begun to talk');
    a.talk(3);
    stranger.talk(3, a.target);
    b.talk(3);
    assert.deepEqual([a.heard.length, b.heard.length, stranger.heard.length], [3, 3, 0]);
    const legs = (await lab.engine.query('call'))?.legs;
    assert.equal(legs?.[0]?.packetsDropped, 6);
    await lab.close();
  });

  test('a peer behind a NAT is followed to the port it speaks from, once', async () => {
    const lab = await EmbeddedLab.open();
    const [a, behind, thief, b] = [lab.phone(A), lab.phone(A, 61_000), lab.phone(A, 62_000), lab.phone(B)];
    await lab.connect(a, b);
    behind.talk(2, a.target);
    b.talk(2);
    assert.deepEqual([behind.heard.length, a.heard.length], [2, 0]);
    thief.talk(2, a.target);
    b.talk(2);
    assert.deepEqual([behind.heard.length, thief.heard.length, b.heard.length], [4, 0, 2]);
    await lab.close();
  });

  test('packets are taken from where the signalling came from, too', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b, nat] = [lab.phone('192.168.1.5'), lab.phone(B), lab.phone('203.0.113.77', 7_000)];
    const from = { side: 'outside', signalledFrom: ['203.0.113.77'] } as const;
    b.sendTo(await lab.offer(a, { from }));
    const key = { callId: 'call', fromTag: 'a', viaBranch: 'z9', toTag: 'b' };
    nat.sendTo(sdpOf(await lab.engine.answer({ ...key, sdp: b.sdp(), from: INSIDE })));
    nat.talk(2);
    b.talk(2);
    assert.deepEqual([b.heard.length, nat.heard.length], [2, 2]);
    await lab.close();
  });

  test('nothing passes before the answer', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b] = [lab.phone(A), lab.phone(B)];
    b.sendTo(await lab.offer(a));
    b.talk(3);
    assert.equal(a.heard.length, 0);
    await lab.close();
  });
});

describe('what is passed on', () => {
  test('payload numbers are those each party listed', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b] = [lab.phone(A), lab.phone(B)];
    const key = { callId: 'call', fromTag: 'a', viaBranch: 'z9' };
    const offered = await lab.offer(a, { sdp: a.sdp(['8 PCMA/8000', '101 telephone-event/8000']) });
    b.sendTo(offered);
    const answer = { ...key, toTag: 'b', sdp: b.sdp(['8 PCMA/8000', '96 telephone-event/8000']), from: INSIDE };
    a.sendTo(sdpOf(await lab.engine.answer(answer)));
    a.payloadType = 101;
    a.talk(1);
    b.payloadType = 101;
    b.talk(1);
    b.payloadType = 96;
    b.talk(1);
    assert.deepEqual(
      b.heard.map(({ header }) => header.payloadType),
      [96],
    );
    assert.deepEqual(
      a.heard.map(({ header }) => header.payloadType),
      [101, 101],
    );
    await lab.close();
  });

  test('a hold is kept, and lifted', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b] = [lab.phone(A), lab.phone(B)];
    await lab.connect(a, b);
    const within = { callId: 'call', fromTag: 'a', toTag: 'b' };
    for (const [offered, answered, heardByA, heardByB] of [
      ['sendonly', 'recvonly', 0, 2],
      ['inactive', 'inactive', 0, 0],
      ['sendrecv', 'sendrecv', 2, 2],
    ] as const) {
      a.direction = offered;
      b.direction = answered;
      const sdp = await lab.offer(a, { ...within, sdp: a.sdp() });
      assert.match(sdp, new RegExp(`a=${offered}`));
      sdpOf(await lab.engine.answer({ ...within, sdp: b.sdp(), from: INSIDE }));
      const before = [a.heard.length, b.heard.length] as const;
      a.talk(2);
      b.talk(2);
      assert.deepEqual([a.heard.length - before[0], b.heard.length - before[1]], [heardByA, heardByB], offered);
    }
    await lab.close();
  });

  test('a source that begins anew goes on as the same stream', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b] = [lab.phone(A), lab.phone(B)];
    await lab.connect(a, b);
    a.talk(3);
    Object.assign(a, { ssrc: 0xabcdef, sequence: 20_000, timestamp: 5 });
    a.talk(3);
    a.sequence = 100;
    a.talk(3);
    assert.equal(b.heard.length, 9);
    assertOneStream(b);
    assert.deepEqual(b.heard.map(({ header }) => header.marker).indexOf(true), 0);
    await lab.close();
  });

  test('a party that moves by re-INVITE is heard from its new place, and from there only', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b, moved] = [lab.phone(A), lab.phone(B), lab.phone('192.0.2.99', 7_000)];
    await lab.connect(a, b);
    a.talk(3);
    const within = { callId: 'call', fromTag: 'a', toTag: 'b' };
    const port = a.target.port;
    b.sendTo(await lab.offer(moved, within));
    moved.sendTo(sdpOf(await lab.engine.answer({ ...within, sdp: b.sdp(), from: INSIDE })));
    assert.equal(moved.target.port, port, 'our own ports stay');
    moved.talk(3);
    a.talk(3);
    b.talk(2);
    assert.deepEqual([b.heard.length, moved.heard.length, a.heard.length], [6, 2, 0]);
    assertOneStream(b);
    await lab.close();
  });

  test('the called party may offer, too', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b, moved] = [lab.phone(A), lab.phone(B), lab.phone('10.0.0.99', 7_000)];
    await lab.connect(a, b);
    const within = { callId: 'call', fromTag: 'b', toTag: 'a' };
    const offer = { ...within, sdp: moved.sdp(), from: INSIDE, to: OUTSIDE, profile: PLAIN };
    a.sendTo(sdpOf(await lab.engine.offer(offer)));
    moved.sendTo(sdpOf(await lab.engine.answer({ ...within, sdp: a.sdp(), from: OUTSIDE })));
    a.talk(2);
    moved.talk(2);
    assert.deepEqual([moved.heard.length, a.heard.length, lab.engine.snapshot().portsUsed], [2, 2, 4]);
    await lab.close();
  });

  test('IPv6 outside, IPv4 inside', async () => {
    const lab = await EmbeddedLab.open({
      sides: {
        outside: {
          addresses: [{ bindAddress: ENGINE_OUTSIDE }, { bindAddress: '2001:db8::1' }],
          ports: { min: 30_000, max: 30_099 },
        },
        inside: { addresses: [{ bindAddress: ENGINE_INSIDE }], ports: { min: 30_000, max: 30_099 } },
      },
    });
    const [a, b] = [lab.phone('2001:db8::10'), lab.phone(B)];
    await lab.connect(a, b);
    assert.deepEqual([a.target.address, b.target.address], ['2001:db8::1', ENGINE_INSIDE]);
    a.talk(2);
    b.talk(2);
    assert.deepEqual([a.heard.length, b.heard.length], [2, 2]);
    await lab.close();
  });

  test('behind a NAT the announced address is told and the other one bound', async () => {
    const lab = await EmbeddedLab.open({
      sides: {
        outside: {
          addresses: [{ bindAddress: '10.9.9.9', announcedAddress: ENGINE_OUTSIDE }],
          ports: { min: 30_000, max: 30_099 },
        },
        inside: { addresses: [{ bindAddress: ENGINE_INSIDE }], ports: { min: 40_000, max: 40_099 } },
      },
    });
    const [a, b] = [lab.phone(A), lab.phone(B)];
    await lab.connect(a, b);
    assert.equal(a.target.address, ENGINE_OUTSIDE);
    a.talk(2, { ...a.target, address: '10.9.9.9' });
    assert.equal(b.heard.length, 2);
    await lab.close();
  });
});

describe('a fork', () => {
  const [first, second] = [
    { callId: 'call', fromTag: 'a', viaBranch: 'z9-1' },
    { callId: 'call', fromTag: 'a', viaBranch: 'z9-2' },
  ];

  test('of early media the latest is heard, the answer wins, and the loser is deleted', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b, c] = [lab.phone(A), lab.phone(B), lab.phone('10.0.0.30')];
    b.sendTo(await lab.offer(a, first));
    c.sendTo(await lab.offer(a, second));
    assert.notEqual(b.target.port, c.target.port);
    a.sendTo(sdpOf(await lab.engine.answer({ ...first, toTag: 'b', sdp: b.sdp(), from: INSIDE })));
    const port = a.target.port;
    b.talk(2);
    assert.equal(a.heard.length, 2, 'early media of the first');
    a.sendTo(sdpOf(await lab.engine.answer({ ...second, toTag: 'c', sdp: c.sdp(), from: INSIDE })));
    assert.equal(a.target.port, port, 'the caller keeps its ports');
    c.talk(2);
    b.talk(2);
    assert.equal(a.heard.length, 4, 'the second instead of the first');
    a.sendTo(sdpOf(await lab.engine.answer({ ...first, toTag: 'b', sdp: b.sdp(), from: INSIDE })));
    await lab.engine.delete({ ...second });
    assert.equal(lab.engine.snapshot().portsUsed, 4);
    a.talk(2);
    b.talk(2);
    c.talk(2);
    assert.deepEqual([a.heard.length, b.heard.length, c.heard.length], [6, 2, 0]);
    assertOneStream(a);
    await lab.close();
  });

  test('when the branch that was heard goes, the one before is heard again', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b, c] = [lab.phone(A), lab.phone(B), lab.phone('10.0.0.30')];
    b.sendTo(await lab.offer(a, first));
    c.sendTo(await lab.offer(a, second));
    a.sendTo(sdpOf(await lab.engine.answer({ ...first, toTag: 'b', sdp: b.sdp(), from: INSIDE })));
    sdpOf(await lab.engine.answer({ ...second, toTag: 'c', sdp: c.sdp(), from: INSIDE }));
    await lab.engine.delete({ callId: 'call', fromTag: 'a', toTag: 'c' });
    b.talk(2);
    assert.equal(a.heard.length, 2);
    await lab.engine.delete({ callId: 'call', fromTag: 'a', toTag: 'b' });
    assert.deepEqual([lab.engine.snapshot().calls, lab.engine.snapshot().portsUsed], [0, 0]);
    await lab.close();
  });

  for (const [how, viaBranch] of [
    ['a branch', 'z9'],
    ['an offer without named branches', undefined],
  ] as const) {
    test(`a proxy further on that forks: ${how} speaks for whoever answered last`, async () => {
      const first = { callId: 'call', fromTag: 'a', viaBranch };
      const lab = await EmbeddedLab.open();
      const [a, b, c] = [lab.phone(A), lab.phone(B), lab.phone('10.0.0.30')];
      const offered = await lab.offer(a, first);
      for (const phone of [b, c]) phone.sendTo(offered);
      for (const [tag, phone] of [
        ['b', b],
        ['c', c],
      ] as const) {
        a.sendTo(sdpOf(await lab.engine.answer({ ...first, toTag: tag, sdp: phone.sdp(), from: INSIDE })));
      }
      c.talk(2);
      b.talk(2);
      assert.equal(a.heard.length, 2);
      assert.equal(lab.engine.snapshot().portsUsed, 4);
      await lab.close();
    });
  }
});

describe('RTCP', () => {
  function report(change: Partial<CompoundReport>): Buffer {
    const out = Buffer.alloc(MAX_COMPOUND_OCTETS);
    const whole = { ssrc: 1, cname: 'x@example', sender: null, block: null, isGoodbye: false, ...change };
    return out.subarray(0, writeCompound(out, whole));
  }
  const block = {
    fractionLost: 0,
    cumulativeLost: 0,
    extendedHighestSequence: 0,
    jitterUnits: 0,
    lastSenderReport: 0,
    delaySinceLastSenderReport: 0,
  };

  test('reports are carried in the terms of each party, and tell the round trip', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b] = [lab.phone(A), lab.phone(B)];
    await lab.connect(a, b);
    a.talk(3);
    b.talk(1);
    // The source begins anew: what B hears goes on under the first SSRC, with other numbers than A uses.
    const known = a.ssrc;
    Object.assign(a, { ssrc: 0xabcdef, sequence: 20_000 });
    a.talk(1);
    const ntpMs = 5_000;
    a.rawRtcp(report({ ssrc: a.ssrc, sender: { ntpMs, rtpTimestamp: a.timestamp, packets: 4, octets: 640 } }));
    lab.clock.advance(50);
    const toB = readRtcp(b.reports.at(-1) ?? assert.fail('no report came'));
    assert.deepEqual(toB?.[0]?.type === 'sender-report' && [toB[0].ssrc, toB[0].ntpMiddle], [known, ntpMiddle(ntpMs)]);
    const highest = b.heard.at(-1)?.header.sequenceNumber ?? 0;
    b.rawRtcp(
      report({
        ssrc: b.ssrc,
        block: { ...block, ssrc: known, extendedHighestSequence: highest, lastSenderReport: ntpMiddle(ntpMs) },
      }),
    );
    lab.clock.advance(10);
    const toA = readRtcp(a.reports.at(-1) ?? assert.fail('no report came'));
    assert.ok(toA?.[0]?.type === 'receiver-report');
    assert.equal(toA[0].reports[0]?.ssrc, a.ssrc);
    assert.equal((toA[0].reports[0]?.extendedHighestSequence ?? 0) & 0xffff, a.sequence);
    const roundTripMs = (await lab.engine.query('call'))?.legs[1]?.roundTripMs ?? -1;
    assert.ok(roundTripMs >= 49 && roundTripMs <= 52, `round trip ${roundTripMs}`);
    await lab.close();
  });

  test('reports of strangers and malformed ones are not carried', async () => {
    const lab = await EmbeddedLab.open();
    const [a, b, stranger] = [lab.phone(A), lab.phone(B), lab.phone(STRANGER)];
    await lab.connect(a, b);
    stranger.rawRtcp(report({}), a.target.rtcpPort, a.target.address);
    const cut = report({ sender: { ntpMs: 1, rtpTimestamp: 1, packets: 1, octets: 1 } });
    a.rawRtcp(cut.subarray(0, cut.length - 4));
    lab.clock.advance(10);
    assert.equal(b.reports.length, 0);
    await lab.close();
  });
});
