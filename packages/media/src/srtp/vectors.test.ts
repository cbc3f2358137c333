import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SeededRandom } from '../testing/seeded-random.ts';
import { SrtpReceiver, SrtpSender } from './context.ts';
import { deriveSessionKeys } from './derivation.ts';
import { Ghash } from './ghash.ts';
import { HmacSha1 } from './hmac-sha1.ts';
import { Keystream } from './keystream.ts';
import type { SrtpMasterKey } from './profile.ts';
import { hex, roomy, someOctets } from './test-packets.ts';

/** The master key of RFC 3711 B.3, which libsrtp's reference packets in counter mode use too. */
const key = hex('E1F97A0D3E018BE0D64FA32C06DE4139');
const salt = hex('0EC675AD498AFEEBB6960B3AABE6');
const counterMode: SrtpMasterKey = { profile: 'AES_CM_128_HMAC_SHA1_80', key, salt };
/** That of libsrtp's reference packets in Galois/counter mode. */
const galois: SrtpMasterKey = {
  profile: 'AEAD_AES_128_GCM',
  key: hex('000102030405060708090a0b0c0d0e0f'),
  salt: hex('a0a1a2a3a4a5a6a7a8a9aaab'),
};

test('RFC 3711 B.2: keystream of AES-CM', () => {
  const keystream = new Keystream(hex('2B7E151628AED2A6ABF7158809CF4F3C'), hex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'), 'cm', {
    ahead: false,
  });
  keystream.prepare(0, 0, 0xff02);
  const block = (number: number) =>
    Buffer.from(keystream.octets.subarray(keystream.start + 16 * number, keystream.start + 16 * number + 16));
  const expected = {
    0: 'E03EAD0935C95E80E166B16DD92B4EB4',
    1: 'D23513162B02D0F72A43A2FE4A5F97AB',
    2: '41E95B3BB0A2E8DD477901E4FCA894C0',
    65279: 'EC8CDF7398607CB0F2D21675EA9EA1E4',
    65280: '362B7C3C6773516318A077D7FC5073AE',
    65281: '6A2CC3787889374FBEB4C81B17BA6C44',
  };
  for (const [number, octets] of Object.entries(expected)) assert.deepEqual(block(Number(number)), hex(octets), number);
});

test('RFC 3711 B.3: session keys', () => {
  const rtp = deriveSessionKeys(counterMode, 'rtp');
  assert.deepEqual(rtp.key, hex('C61E7A93744F39EE10734AFE3FF7A087'));
  assert.deepEqual(rtp.salt, hex('30CBBC08863D8C85D49DB34A9AE1'));
  assert.deepEqual(rtp.authenticationKey, hex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'));
});

/** Session keys of RFC 7714 §16, for which no master key is given: its vectors are of the cipher alone. */
const quidProQuo = { key: hex('000102030405060708090a0b0c0d0e0f'), salt: hex('517569642070726f2071756f') };

test('RFC 7714 §16.1.1: AEAD_AES_128_GCM of an RTP packet', () => {
  const clear = hex(`8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120
    696e2070 61727465 73207472 6573`);
  const sealed = hex(`8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f
    42a5f47a 51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce`);
  const { tag, ciphertext } = galoisByParts(clear, 12, -1, 0x5501a0b2, 0xf17b);
  assert.deepEqual(Buffer.concat([clear.subarray(0, 12), ciphertext, tag]), sealed);
});

test('RFC 7714 §17.1: AEAD_AES_128_GCM of an RTCP packet', () => {
  const clear = hex(`81c8000d 4d617273 4e545031 4e545032 52545020 0000042a 0000e930 4c756e61
    deadbeef deadbeef deadbeef deadbeef deadbeef`);
  const sealed = hex(`81c8000d 4d617273 63e94885 dcdab67c a727d766 2f6b7e99 7ff5c0f7 6c06f32d c676a5f1
    730d6fda 4ce09b46 86303ded 0bb9275b c84aa458 96cf4d2f c5abf872 45d9eade 800005d4`);
  const { tag, ciphertext } = galoisByParts(clear, 8, 0x800005d4, 0x4d617273, 0x5d4);
  assert.deepEqual(Buffer.concat([clear.subarray(0, 8), ciphertext, tag, hex('800005d4')]), sealed);
});

function galoisByParts(clear: Buffer, aadOctets: number, suffix: number, ssrc: number, index: number) {
  const keystream = new Keystream(quidProQuo.key, quidProQuo.salt, 'gcm', { ahead: false });
  const ghash = new Ghash(keystream.encryptBlock(Buffer.alloc(16)));
  const packet = Buffer.from(clear);
  keystream.prepare(ssrc, index, 1 + Math.ceil((packet.length - aadOctets) / 16));
  for (let i = aadOctets; i < packet.length; i++) packet[i]! ^= keystream.octets[keystream.start + 16 + i - aadOctets]!;
  ghash.digest(packet, aadOctets, suffix, packet.length);
  const tag = Buffer.alloc(16);
  ghash.copyTag(tag, 0, keystream.octets, keystream.start);
  assert.ok(ghash.matches(tag, 0, keystream.octets, keystream.start));
  return { tag, ciphertext: packet.subarray(aadOctets) };
}

/** Whole packets, as libsrtp's own test has them; its first SRTCP index is 1. */
const references = [
  {
    name: 'RTP, AES_CM_128_HMAC_SHA1_80',
    master: counterMode,
    kind: 'Rtp',
    clear: `800f1234 decafbad cafebabe ${'ab'.repeat(16)}`,
    sealed: '800f1234 decafbad cafebabe 4e55dc4c e79978d8 8ca4d215 949d2402 b78d6acc 99ea179b 8dbb',
  },
  {
    name: 'RTP, AES_CM_128_HMAC_SHA1_32: the same with a shorter tag',
    master: { ...counterMode, profile: 'AES_CM_128_HMAC_SHA1_32' },
    kind: 'Rtp',
    clear: `800f1234 decafbad cafebabe ${'ab'.repeat(16)}`,
    sealed: '800f1234 decafbad cafebabe 4e55dc4c e79978d8 8ca4d215 949d2402 b78d6acc',
  },
  {
    name: 'RTCP, AES_CM_128_HMAC_SHA1_80',
    master: counterMode,
    kind: 'Rtcp',
    clear: `81c8000b cafebabe ${'ab'.repeat(16)}`,
    sealed: '81c8000b cafebabe 7128035b e487b9bd bef89041 f977a5a8 80000001 993e08cd 54d6c123 0798',
  },
  {
    name: 'RTCP, AES_CM_128_HMAC_SHA1_32: the tag is not shortened (RFC 4568 §6.2.2)',
    master: { ...counterMode, profile: 'AES_CM_128_HMAC_SHA1_32' },
    kind: 'Rtcp',
    clear: `81c8000b cafebabe ${'ab'.repeat(16)}`,
    sealed: '81c8000b cafebabe 7128035b e487b9bd bef89041 f977a5a8 80000001 993e08cd 54d6c123 0798',
  },
  {
    name: 'RTP, AEAD_AES_128_GCM',
    master: galois,
    kind: 'Rtp',
    clear: `800f1234 decafbad cafebabe ${'ab'.repeat(16)}`,
    sealed: '800f1234 decafbad cafebabe c5002ede 04cfdd2e b91159e0 880aa06e d2976826 f796b201 df3131a1 27e8a392',
  },
  {
    name: 'RTCP, AEAD_AES_128_GCM',
    master: galois,
    kind: 'Rtcp',
    clear: `81c8000b cafebabe ${'ab'.repeat(16)}`,
    sealed: '81c8000b cafebabe c98b8b5d f0392a55 852b6c21 ac8e7025 c52c6fbe a2b3b446 ea31123b a88ce61e 80000001',
  },
] as const;

for (const { name, master, kind, clear, sealed } of references)
  test(`libsrtp's reference packet: ${name}`, () => {
    const plain = hex(clear);
    const buffer = roomy(plain);
    const length = new SrtpSender(master, { rtcpIndex: 1 })[`protect${kind}`](buffer, plain.length);
    assert.equal(length, hex(sealed).length);
    assert.deepEqual(buffer.subarray(0, length as number), hex(sealed));
    assert.equal(new SrtpReceiver(master)[`unprotect${kind}`](buffer, length as number), plain.length);
    assert.deepEqual(buffer.subarray(0, plain.length), plain);
  });

test('HMAC-SHA1 is that of node:crypto, for every length up to three blocks and with a suffix', () => {
  const random = new SeededRandom(1);
  const octets = someOctets(random, 200);
  const digest = Buffer.alloc(20);
  const hmacKey = someOctets(random, 20);
  const hmac = new HmacSha1(hmacKey);
  for (let length = 0; length <= octets.length; length++)
    for (const suffix of [-1, 0, 0xfedcba98]) {
      hmac.digest(octets, length, suffix);
      hmac.copyTag(digest, 0, 20);
      const word = Buffer.alloc(suffix < 0 ? 0 : 4);
      if (suffix >= 0) word.writeUInt32BE(suffix);
      const expected = createHmac('sha1', hmacKey).update(octets.subarray(0, length)).update(word).digest();
      assert.deepEqual(digest, expected, `${length} octets, suffix ${suffix}`);
      assert.ok(hmac.matches(expected, 0, 20));
    }
});

test('an HMAC key of 64 octets is taken, one more is refused', () => {
  const digest = Buffer.alloc(20);
  const longKey = Buffer.alloc(64, 7);
  const hmac = new HmacSha1(longKey);
  hmac.digest(Buffer.alloc(0), 0, -1);
  hmac.copyTag(digest, 0, 20);
  assert.deepEqual(digest, createHmac('sha1', longKey).digest());
  assert.notDeepEqual(digest, createHash('sha1').digest());
  assert.throws(() => new HmacSha1(Buffer.alloc(65)), /64 octets/);
});
