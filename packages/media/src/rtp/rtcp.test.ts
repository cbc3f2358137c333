import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mutate } from '../testing/mutate.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { MAX_COMPOUND_OCTETS, ntpMiddle, type ReportBlock, readRtcp, writeCompound } from './rtcp.ts';

const BLOCK: ReportBlock = {
  ssrc: 0xaabbccdd,
  fractionLost: 25,
  cumulativeLost: -3,
  extendedHighestSequence: 0x0001_0203,
  jitterUnits: 80,
  lastSenderReport: 0x1122_3344,
  delaySinceLastSenderReport: 0x0001_0000,
};

function written(report: Partial<Parameters<typeof writeCompound>[1]>): Buffer {
  const out = Buffer.alloc(MAX_COMPOUND_OCTETS);
  const octets = writeCompound(out, { ssrc: 7, cname: 'a@b', sender: null, block: null, isGoodbye: false, ...report });
  return out.subarray(0, octets);
}

describe('RTCP (RFC 3550 §6)', () => {
  it('§6.4.1: a sender report holds time, counts and a block', () => {
    const sender = { ntpMs: 123_456.5, rtpTimestamp: 0x1_0000_0010, packets: 1_000, octets: 160_000 };
    const octets = written({ sender, block: BLOCK });
    assert.equal(octets.readUInt32BE(8), 123);
    assert.equal(octets.readUInt32BE(16), 0x10);
    const packets = readRtcp(octets);
    assert.deepEqual(packets, [
      { type: 'sender-report', ssrc: 7, ntpMiddle: ntpMiddle(123_456.5), reports: [BLOCK] },
      { type: 'source-description' },
    ]);
  });

  it('§6.4.2: who sent nothing writes a receiver report', () => {
    assert.deepEqual(readRtcp(written({ block: BLOCK }))?.[0], { type: 'receiver-report', ssrc: 7, reports: [BLOCK] });
    assert.deepEqual(readRtcp(written({}))?.[0], { type: 'receiver-report', ssrc: 7, reports: [] });
  });

  it('§6.6: goodbye comes last', () => {
    assert.deepEqual(readRtcp(written({ isGoodbye: true }))?.at(-1), { type: 'goodbye', ssrcs: [7] });
  });

  for (const cname of ['', 'a', 'ab', 'abc', 'abcd', 'x'.repeat(255), 'ü'.repeat(200)]) {
    it(`§6.5: a name of ${Buffer.byteLength(cname)} octets is padded to whole words`, () => {
      const octets = written({
        cname,
        isGoodbye: true,
        block: BLOCK,
        sender: { ntpMs: 1, rtpTimestamp: 1, packets: 1, octets: 1 },
      });
      assert.equal(octets.length % 4, 0);
      assert.equal(readRtcp(octets)?.length, 3);
      const nameLength = octets[8 + 20 + 24 + 9]!;
      assert.equal(octets[8 + 20 + 24 + 10 + nameLength], 0, 'ended by a null octet');
    });
  }

  it('A.2: refuses compounds whose lengths do not add up', () => {
    const octets = written({ block: BLOCK });
    assert.equal(readRtcp(octets.subarray(0, octets.length - 4)), null);
    assert.equal(readRtcp(Buffer.alloc(0)), null);
    assert.equal(readRtcp(Buffer.from('40c90001000000aa', 'hex')), null, 'version 1');
  });

  it('skips packets it does not know', () => {
    assert.deepEqual(readRtcp(Buffer.from('80cf0001000000aa', 'hex')), [{ type: 'other', packetType: 207 }]);
  });

  it('reads no more blocks than are there, whatever the count says', () => {
    const lying = written({ block: BLOCK });
    lying[0] = 0x9f;
    const packet = readRtcp(lying)?.[0];
    assert.ok(packet?.type === 'receiver-report' && packet.reports.length === 1);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 120 }), (octets) => void readRtcp(Buffer.from(octets))));
    const random = new SeededRandom(5);
    const seed = written({
      block: BLOCK,
      sender: { ntpMs: 1, rtpTimestamp: 1, packets: 1, octets: 1 },
      isGoodbye: true,
    });
    for (let i = 0; i < 10_000; i++) readRtcp(mutate(seed, random));
  });
});
