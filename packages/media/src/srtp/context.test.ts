import assert from 'node:assert/strict';
import { createCipheriv, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { mutate } from '../testing/mutate.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { SrtpReceiver, SrtpSender } from './context.ts';
import { deriveSessionKeys } from './derivation.ts';
import { SRTP_PROFILES, type SrtpMasterKey, type SrtpProfile, type SrtpResult } from './profile.ts';
import { hex, PROFILES, roomy, rtcpPacket, rtpPacket, someMasterKey, someOctets } from './test-packets.ts';

const speech = Buffer.alloc(160, 0xd5);

function pair(profile: SrtpProfile, options = {}) {
  const master = someMasterKey(profile, new SeededRandom(5));
  return { sender: new SrtpSender(master, options), receiver: new SrtpReceiver(master, options) };
}

function sealed(sender: SrtpSender, packet: Buffer, kind: 'Rtp' | 'Rtcp' = 'Rtp'): Buffer {
  const buffer = roomy(packet);
  const length = sender[`protect${kind}`](buffer, packet.length);
  assert.equal(typeof length, 'number', String(length));
  return buffer.subarray(0, length as number);
}

function opened(receiver: SrtpReceiver, packet: Buffer, kind: 'Rtp' | 'Rtcp' = 'Rtp'): Buffer | SrtpResult {
  const buffer = Buffer.from(packet);
  const length = receiver[`unprotect${kind}`](buffer, buffer.length);
  if (typeof length === 'string') assert.deepEqual(buffer, packet, 'a refused packet is as it came');
  return typeof length === 'number' ? buffer.subarray(0, length) : length;
}

for (const profile of PROFILES) {
  test(`${profile}: what was protected comes back, and its length is that of the profile`, () => {
    const { sender, receiver } = pair(profile);
    const random = new SeededRandom(9);
    for (let packet = 0; packet < 300; packet++) {
      const rtp = rtpPacket((65_400 + packet) & 0xffff, someOctets(random, random.int(400)));
      const protectedRtp = sealed(sender, rtp);
      assert.equal(protectedRtp.length, rtp.length + SRTP_PROFILES[profile].rtpTagOctets);
      assert.deepEqual(opened(receiver, protectedRtp), rtp);
      const rtcp = rtcpPacket(random.int(20));
      const protectedRtcp = sealed(sender, rtcp, 'Rtcp');
      assert.equal(protectedRtcp.length, rtcp.length + SRTP_PROFILES[profile].rtcpTagOctets + 4);
      assert.deepEqual(opened(receiver, protectedRtcp, 'Rtcp'), rtcp);
    }
  });

  test(`${profile}: headers with contributing sources and an extension stay in clear`, () => {
    const { sender, receiver } = pair(profile);
    const packet = Buffer.concat([
      hex('92080001 00000000 cafebabe 11111111 22222222 bede0002 01020304 05060708'),
      speech,
    ]);
    const protectedPacket = sealed(sender, packet);
    assert.deepEqual(protectedPacket.subarray(0, 32), packet.subarray(0, 32));
    assert.notDeepEqual(protectedPacket.subarray(32, 48), packet.subarray(32, 48));
    assert.deepEqual(opened(receiver, protectedPacket), packet);
  });

  test(`${profile}: a payload longer than the keystream that is made at once`, () => {
    const { sender, receiver } = pair(profile);
    for (const [at, octets] of [160, 160, 4095, 4096, 4097, 9000, 65_000, 20, 0].entries()) {
      const packet = rtpPacket(at, Buffer.alloc(octets, 3));
      assert.deepEqual(opened(receiver, sealed(sender, packet)), packet);
    }
  });

  test(`${profile}: packets reordered around the wrap, several sources at once`, () => {
    const { sender, receiver } = pair(profile);
    const random = new SeededRandom(77);
    const packets: { clear: Buffer; sealed: Buffer }[] = [];
    for (let packet = 0; packet < 400; packet++)
      for (const ssrc of [1, 0xffff_ffff]) {
        const clear = rtpPacket((65_300 + packet) & 0xffff, someOctets(random, 20 + random.int(200)), ssrc);
        packets.push({ clear, sealed: sealed(sender, clear) });
      }
    for (let at = 2; at + 40 < packets.length; at += 1 + random.int(8)) {
      const other = at + random.int(40);
      [packets[at], packets[other]] = [packets[other]!, packets[at]!];
    }
    for (const packet of packets) assert.deepEqual(opened(receiver, packet.sealed), packet.clear);
    for (const packet of packets.slice(-100)) assert.equal(opened(receiver, packet.sealed), 'replayed');
  });

  test(`${profile}: any flipped bit is refused, and the packet is taken afterwards`, () => {
    for (const kind of ['Rtp', 'Rtcp'] as const) {
      const { sender, receiver } = pair(profile);
      const clear = kind === 'Rtp' ? rtpPacket(1000, speech.subarray(0, 33)) : rtcpPacket(2);
      const packet = sealed(sender, clear, kind);
      for (let bit = 0; bit < packet.length * 8; bit++) {
        const damaged = Buffer.from(packet);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        assert.equal(typeof opened(receiver, damaged, kind), 'string', `${kind}, bit ${bit}`);
      }
      assert.deepEqual(opened(receiver, packet, kind), clear);
    }
  });

  test(`${profile}: damage of all kinds is refused without a trace (seeded)`, () => {
    const random = new SeededRandom(0x5a7e);
    const { sender, receiver } = pair(profile, { maxSources: 2 });
    const wild = pair(profile).sender;
    for (let round = 0; round < 2000; round++) {
      const kind = round % 2 === 0 ? 'Rtp' : 'Rtcp';
      const clear = kind === 'Rtp' ? rtpPacket(round & 0xffff, someOctets(random, random.int(200))) : rtcpPacket(3);
      const packet = sealed(sender, clear, kind);
      const damaged = mutate(packet, random);
      if (!damaged.equals(packet)) assert.equal(typeof opened(receiver, damaged, kind), 'string', `round ${round}`);
      assert.deepEqual(opened(receiver, packet, kind), clear, `round ${round}`);
      assert.equal(typeof opened(receiver, someOctets(random, random.int(80)), kind), 'string');
      wild.protectRtp(mutate(roomy(clear), random), random.int(60));
      wild.protectRtcp(mutate(roomy(clear), random), random.int(60));
    }
  });

  test(`${profile}: an encrypted RTCP packet cannot be passed off as one in clear`, () => {
    const { sender, receiver } = pair(profile);
    const packet = sealed(sender, rtcpPacket(1), 'Rtcp');
    const wordAt = profile === 'AEAD_AES_128_GCM' ? packet.length - 4 : packet.length - 14;
    packet[wordAt]! &= 0x7f;
    assert.equal(opened(receiver, packet, 'Rtcp'), 'not-authentic');
  });

  test(`${profile}: an RTCP packet in clear is taken when it is authentic (RFC 3711 §3.4)`, () => {
    const master = someMasterKey(profile, new SeededRandom(5));
    const clear = rtcpPacket(1);
    const packet = authenticatedOnly(clear, master, 5);
    assert.deepEqual(opened(new SrtpReceiver(master), packet, 'Rtcp'), clear);
    packet[20]! ^= 1;
    assert.equal(opened(new SrtpReceiver(master), packet, 'Rtcp'), 'not-authentic');
  });

  test(`${profile}: a master key has its lengths`, () => {
    const { key, salt } = someMasterKey(profile, new SeededRandom(5));
    assert.throws(() => new SrtpSender({ profile, key: key.subarray(1), salt }), RangeError);
    assert.throws(() => new SrtpReceiver({ profile, key, salt: salt.subarray(1) }), RangeError);
  });
}

/** SRTCP without encryption, by node:crypto (RFC 3711 §3.4, RFC 7714 §9.3). */
function authenticatedOnly(clear: Buffer, master: SrtpMasterKey, index: number): Buffer {
  const keys = deriveSessionKeys(master, 'rtcp');
  const word = Buffer.alloc(4);
  word.writeUInt32BE(index);
  if (master.profile !== 'AEAD_AES_128_GCM') {
    const authenticated = Buffer.concat([clear, word]);
    const tag = createHmac('sha1', keys.authenticationKey).update(authenticated).digest().subarray(0, 10);
    return Buffer.concat([authenticated, tag]);
  }
  const iv = Buffer.concat([Buffer.alloc(2), clear.subarray(4, 8), Buffer.alloc(2), word]);
  keys.salt.forEach((octet, i) => {
    iv[i]! ^= octet;
  });
  const cipher = createCipheriv('aes-128-gcm', keys.key, iv).setAAD(Buffer.concat([clear, word]));
  cipher.final();
  return Buffer.concat([clear, cipher.getAuthTag(), word]);
}

/** What a sender and a receiver refuse, and what they say. */
const refusals: [name: string, attempt: () => SrtpResult | Buffer, result: SrtpResult][] = [
  ['no version 2', () => protect(hex('40080001 00000000 cafebabe 0000')), 'malformed'],
  ['a cut header', () => protect(rtpPacket(1, speech), 11), 'malformed'],
  ['more octets than there are', () => protect(rtpPacket(1, speech), 400), 'malformed'],
  ['contributing sources beyond the end', () => protect(hex('8f080001 00000000 cafebabe 00000000')), 'malformed'],
  ['an extension beyond the end', () => protect(hex('90080001 00000000 cafebabe bede0002 00000000')), 'malformed'],
  ['an extension without its length', () => protect(hex('90080001 00000000 cafebabe bede')), 'malformed'],
  ['no room for the tag', () => pair('AEAD_AES_128_GCM').sender.protectRtp(rtpPacket(1, speech), 172), 'no-room'],
  ['no room for RTCP', () => pair('AEAD_AES_128_GCM').sender.protectRtcp(rtcpPacket(0), 28), 'no-room'],
  ['RTCP that is too short', () => pair('AEAD_AES_128_GCM').sender.protectRtcp(roomy(hex('80c80001')), 4), 'malformed'],
  ['a packet shorter than its tag', () => receive(rtpPacket(1, Buffer.alloc(9))), 'malformed'],
  ['an RTCP packet shorter than its trailer', () => receiveRtcp(rtcpPacket(0).subarray(0, 21)), 'malformed'],
  ['another key', () => receive(rtpPacket(1, Buffer.alloc(100))), 'not-authentic'],
  ['another key of RTCP', () => receiveRtcp(rtcpPacket(4)), 'not-authentic'],
];

function protect(packet: Buffer, octets = packet.length): SrtpResult {
  return pair('AES_CM_128_HMAC_SHA1_80').sender.protectRtp(roomy(packet), octets);
}

function receive(packet: Buffer): SrtpResult {
  return pair('AES_CM_128_HMAC_SHA1_80').receiver.unprotectRtp(packet, packet.length);
}

function receiveRtcp(packet: Buffer): SrtpResult {
  return pair('AES_CM_128_HMAC_SHA1_80').receiver.unprotectRtcp(packet, packet.length);
}

for (const [name, attempt, result] of refusals) test(`refused: ${name}`, () => assert.equal(attempt(), result));

test('a sender uses no index twice, or both packets would be betrayed', () => {
  const { sender } = pair('AEAD_AES_128_GCM');
  sealed(sender, rtpPacket(500, speech));
  sealed(sender, rtpPacket(502, speech));
  sealed(sender, rtpPacket(501, speech));
  for (const sequenceNumber of [500, 501, 502])
    assert.equal(sender.protectRtp(roomy(rtpPacket(sequenceNumber, Buffer.alloc(160))), 172), 'replayed');
  sealed(sender, rtpPacket(800, speech));
  assert.equal(sender.protectRtp(roomy(rtpPacket(503, speech)), 172), 'too-old');
});

test('a source too many is refused, one that failed takes no place', () => {
  const { sender, receiver } = pair('AES_CM_128_HMAC_SHA1_80', { maxSources: 2 });
  for (const ssrc of [1, 2]) assert.ok(Buffer.isBuffer(opened(receiver, sealed(sender, rtpPacket(9, speech, ssrc)))));
  assert.equal(sender.protectRtp(roomy(rtpPacket(9, speech, 3)), 172), 'too-many-sources');
  assert.equal(opened(receiver, rtpPacket(10, speech, 3)), 'too-many-sources');
  assert.equal(sender.protectRtp(roomy(rtpPacket(10, speech, 1)), 172), 182);

  const fresh = pair('AES_CM_128_HMAC_SHA1_80', { maxSources: 1 });
  for (let ssrc = 0; ssrc < 50; ssrc++)
    assert.equal(opened(fresh.receiver, rtpPacket(10, speech, ssrc)), 'not-authentic');
  assert.ok(Buffer.isBuffer(opened(fresh.receiver, sealed(fresh.sender, rtpPacket(1, speech, 99)))));
});

test('a key is not used beyond 2^48 RTP packets (RFC 3711 §9.2)', () => {
  const { sender, receiver } = pair('AES_CM_128_HMAC_SHA1_80', { rolloverCounter: 0xffff_ffff });
  const last = rtpPacket(65_535, speech);
  assert.deepEqual(opened(receiver, sealed(sender, last)), last);
  assert.equal(sender.protectRtp(roomy(rtpPacket(0, speech)), 172), 'key-exhausted');
  assert.equal(opened(receiver, rtpPacket(0, speech)), 'key-exhausted');
});

test('a key is not used beyond 2^31 RTCP packets (RFC 3711 §9.2)', () => {
  const master = someMasterKey('AEAD_AES_128_GCM', new SeededRandom(5));
  const sender = new SrtpSender(master, { rtcpIndex: 2 ** 31 - 1 });
  const last = rtcpPacket(0);
  assert.deepEqual(opened(new SrtpReceiver(master), sealed(sender, last, 'Rtcp'), 'Rtcp'), last);
  assert.equal(sender.protectRtcp(roomy(last), last.length), 'key-exhausted');
});

test('the first RTCP packet has index 0, and the next ones count (RFC 3711 §3.4)', () => {
  const { sender } = pair('AEAD_AES_128_GCM');
  const words = [0, 1, 2].map(() => sealed(sender, rtcpPacket(0), 'Rtcp').subarray(-4).toString('hex'));
  assert.deepEqual(words, ['80000000', '80000001', '80000002']);
});

test('a session joined late is told the rollover counter', () => {
  const master = someMasterKey('AES_CM_128_HMAC_SHA1_80', new SeededRandom(5));
  const packet = sealed(new SrtpSender(master, { rolloverCounter: 3 }), rtpPacket(7, speech));
  assert.equal(opened(new SrtpReceiver(master), packet), 'not-authentic');
  assert.deepEqual(opened(new SrtpReceiver(master, { rolloverCounter: 3 }), packet), rtpPacket(7, speech));
});

test('a replay window has at least 64 packets', () => {
  assert.throws(() => pair('AES_CM_128_HMAC_SHA1_80', { replayWindow: 63 }), /64/);
});
