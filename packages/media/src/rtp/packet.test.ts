import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mutate } from '../testing/mutate.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { emptyRtpHeader, isOtherProtocol, isRtcp, type RtpReadResult, readRtp, writeRtpHeader } from './packet.ts';
import { sequenceDistance, timestampDistance } from './sequence.ts';

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

describe('readRtp (RFC 3550 §5.1)', () => {
  it('reads every field', () => {
    const header = emptyRtpHeader();
    assert.equal(readRtp(hex('80 88 1234 000000a0 deadbeef d5d5d5'), header), 'ok');
    assert.deepEqual(header, {
      marker: true,
      payloadType: 8,
      sequenceNumber: 0x1234,
      timestamp: 160,
      ssrc: 0xdeadbeef,
      payloadStart: 12,
      payloadEnd: 15,
    });
  });

  const places: readonly [string, string, number, number][] = [
    ['no payload', '80 00 0001 00000000 00000001', 12, 12],
    ['two contributing sources', '82 00 0001 00000000 00000001 0000000a 0000000b ff', 20, 21],
    ['§5.3.1: an extension of one word', '90 00 0001 00000000 00000001 bede0001 11223344 ff', 20, 21],
    ['an extension of no words', '90 00 0001 00000000 00000001 bede0000 ff', 16, 17],
    ['§5.1: padding of four octets', 'a0 00 0001 00000000 00000001 ff 00000004', 12, 13],
    ['all of it', 'b1 00 0001 00000000 00000001 0000000a bede0001 11223344 ffff 0002', 24, 26],
    ['padding and nothing else', 'a0 00 0001 00000000 00000001 00000004', 12, 12],
  ];
  for (const [name, packet, start, end] of places) {
    it(`finds the payload: ${name}`, () => {
      const header = emptyRtpHeader();
      assert.equal(readRtp(hex(packet), header), 'ok');
      assert.deepEqual([header.payloadStart, header.payloadEnd], [start, end]);
    });
  }

  const refused: readonly [string, string, RtpReadResult][] = [
    ['nothing', '', 'too-short'],
    ['eleven octets', '80 00 0001 00000000 000000', 'too-short'],
    ['version 1', '40 00 0001 00000000 00000001', 'bad-version'],
    ['STUN', '0001 0000 2112a442 00000000 00000000 00000000', 'bad-version'],
    ['fewer sources than counted', '82 00 0001 00000000 00000001 0000000a', 'too-short'],
    ['an extension without its head', '90 00 0001 00000000 00000001 bede', 'bad-extension'],
    ['an extension beyond the end', '90 00 0001 00000000 00000001 bede0002 11223344', 'bad-extension'],
    ['padding of zero', 'a0 00 0001 00000000 00000001 ffffff00', 'bad-padding'],
    ['more padding than packet', 'a0 00 0001 00000000 00000001 ffffff05', 'bad-padding'],
  ];
  for (const [name, packet, expected] of refused) {
    it(`refuses ${name}`, () => assert.equal(readRtp(hex(packet), emptyRtpHeader()), expected));
  }

  it('reads what was written', () => {
    const u16 = fc.nat(0xffff);
    const u32 = fc.nat(0xffff_ffff);
    fc.assert(
      fc.property(fc.boolean(), fc.nat(127), u16, u32, u32, (marker, payloadType, sequenceNumber, timestamp, ssrc) => {
        const packet = Buffer.alloc(20);
        writeRtpHeader(packet, marker, payloadType, sequenceNumber, timestamp, ssrc);
        const header = emptyRtpHeader();
        assert.equal(readRtp(packet, header), 'ok');
        const expected = { marker, payloadType, sequenceNumber, timestamp, ssrc, payloadStart: 12, payloadEnd: 20 };
        assert.deepEqual(header, expected);
      }),
    );
  });

  it('never throws and never points beyond the packet', () => {
    const header = emptyRtpHeader();
    const check = (packet: Buffer) => {
      if (readRtp(packet, header) !== 'ok') return;
      assert.ok(header.payloadStart >= 12 && header.payloadStart <= header.payloadEnd);
      assert.ok(header.payloadEnd <= packet.length);
    };
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => check(Buffer.from(octets))));
    const random = new SeededRandom(99);
    const seed = hex('b1 00 0001 00000000 00000001 0000000a bede0001 11223344 ffff 0002');
    for (let i = 0; i < 10_000; i++) check(mutate(seed, random));
  });
});

describe('isRtcp (RFC 5761 §4)', () => {
  it('tells reports from audio by the second octet', () => {
    assert.equal(isRtcp(hex('80c8 0006 00000001')), true);
    assert.equal(isRtcp(hex('81c9 0007 00000001')), true);
    assert.equal(isRtcp(hex('8088 0006 00000001')), false);
    assert.equal(isRtcp(hex('80e0 0006 00000001')), false, 'payload type 96 with marker');
    assert.equal(isRtcp(hex('80c8')), false);
  });
});

describe('isOtherProtocol (RFC 7983 §7)', () => {
  const cases: readonly [string, string, boolean][] = [
    ['STUN', '000100002112a442', true],
    ['DTLS', '16feff0000000000', true],
    ['TURN channel data', '4000000400000000', true],
    ['RTP', '8008000100000000', false],
    ['RTCP', '81c9000700000001', false],
    ['RTP with everything', 'bf08000100000000', false],
    ['nothing', '', false],
  ];
  for (const [name, octets, expected] of cases) it(name, () => assert.equal(isOtherProtocol(hex(octets)), expected));
});

describe('distances across the wrap', () => {
  it('in sequence numbers', () => {
    assert.deepEqual(
      [sequenceDistance(65_535, 0), sequenceDistance(0, 65_535), sequenceDistance(5, 5), sequenceDistance(65_000, 500)],
      [1, -1, 0, 1_036],
    );
  });

  it('in timestamps', () => {
    assert.deepEqual(
      [timestampDistance(0xffff_ffff, 159), timestampDistance(159, 0xffff_ffff), timestampDistance(7, 7)],
      [160, -160, 0],
    );
  });
});
