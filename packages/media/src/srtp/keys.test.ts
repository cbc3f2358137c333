import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCrypto } from '../sdp/crypto.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import {
  dtlsExportOctets,
  keysFromDtls,
  keysFromSdes,
  newSdesKey,
  readSdesKey,
  type SdesRefusal,
  sdesAttribute,
} from './keys.ts';
import { srtpProfileOfDtls } from './profile.ts';
import { PROFILES, someOctets } from './test-packets.ts';

const counting = (octets: number) => Buffer.from(Array.from({ length: octets }, (_, i) => i));

test('RFC 5764 §4.2: client key, server key, client salt, server salt', () => {
  const server = keysFromDtls(counting(60), 'AES_CM_128_HMAC_SHA1_80', 'server');
  assert.deepEqual(server.receive.key, counting(60).subarray(0, 16));
  assert.deepEqual(server.send.key, counting(60).subarray(16, 32));
  assert.deepEqual(server.receive.salt, counting(60).subarray(32, 46));
  assert.deepEqual(server.send.salt, counting(60).subarray(46, 60));
  const client = keysFromDtls(counting(60), 'AES_CM_128_HMAC_SHA1_80', 'client');
  assert.deepEqual([client.send, client.receive], [server.receive, server.send]);
});

test('RFC 7714 §12: salts of 12 octets', () => {
  const { send, receive } = keysFromDtls(counting(56), 'AEAD_AES_128_GCM', 'client');
  assert.deepEqual(send.salt, counting(56).subarray(32, 44));
  assert.deepEqual(receive.salt, counting(56).subarray(44, 56));
  assert.equal(dtlsExportOctets('AEAD_AES_128_GCM'), 56);
  assert.throws(() => keysFromDtls(counting(60), 'AEAD_AES_128_GCM', 'client'), /56 octets/);
});

test('profiles by their number in DTLS', () => {
  assert.deepEqual([1, 2, 7, 8].map(srtpProfileOfDtls), [...PROFILES, undefined]);
});

test('RFC 4568 §9.1: key and salt of an a=crypto line', () => {
  const line = parseCrypto('1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR|2^20');
  const key = readSdesKey(line!);
  assert.ok(typeof key === 'object');
  const master = keysFromSdes(key);
  assert.equal(master.profile, 'AES_CM_128_HMAC_SHA1_80');
  assert.equal(Buffer.concat([master.key, master.salt]).toString('latin1'), '=-n@%^x!Bjufr9)?,#5h\\`=&]{qiPQ');
  assert.equal(master.key.length, 16);
});

const KEY = 'inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR';

/** Lines that others write, and why they are not taken. */
const refused: [line: string, refusal: SdesRefusal][] = [
  [`1 AES_CM_256_HMAC_SHA1_80 ${KEY}`, 'unknown-suite'],
  [`1 F8_128_HMAC_SHA1_80 ${KEY}`, 'unknown-suite'],
  [`1 toString ${KEY}`, 'unknown-suite'],
  [`1 AES_CM_128_HMAC_SHA1_80 ${KEY}|2^20|1:4`, 'master-key-identifier'],
  [`1 AES_CM_128_HMAC_SHA1_80 ${KEY}|2^20|1:4;${KEY}|2^20|2:4`, 'several-keys'],
  [`1 AEAD_AES_128_GCM ${KEY}`, 'bad-key'],
  ['1 AES_CM_128_HMAC_SHA1_80 inline:PS1u', 'bad-key'],
  [`1 AES_CM_128_HMAC_SHA1_80 ${KEY} UNENCRYPTED_SRTP`, 'session-parameter'],
  [`1 AES_CM_128_HMAC_SHA1_80 ${KEY} UNENCRYPTED_SRTCP`, 'session-parameter'],
  [`1 AES_CM_128_HMAC_SHA1_80 ${KEY} UNAUTHENTICATED_SRTP`, 'session-parameter'],
  [`1 AES_CM_128_HMAC_SHA1_80 ${KEY} KDR=1`, 'session-parameter'],
  [`1 AES_CM_128_HMAC_SHA1_80 ${KEY} NOVELTY`, 'session-parameter'],
];

for (const [line, refusal] of refused)
  test(`a=crypto:${line.replaceAll(KEY, 'inline:…')} is refused: ${refusal}`, () =>
    assert.equal(readSdesKey(parseCrypto(line)!), refusal));

for (const line of [`2 AES_CM_128_HMAC_SHA1_32 ${KEY} WSH=128`, `2 aes_cm_128_hmac_sha1_32 ${KEY} -NOVELTY`])
  test(`a=crypto:${line.replace(KEY, 'inline:…')} is taken`, () => {
    const key = readSdesKey(parseCrypto(line)!);
    assert.ok(typeof key === 'object');
    assert.deepEqual([key.tag, key.suite], [2, 'AES_CM_128_HMAC_SHA1_32']);
  });

test('a key of our own is read back from the line that tells it', () => {
  const random = new SeededRandom(11);
  for (const suite of PROFILES) {
    const key = newSdesKey(suite, 3, (octets) => someOctets(random, octets));
    assert.deepEqual(readSdesKey(sdesAttribute(key)), key);
    assert.equal(keysFromSdes(key).profile, suite);
  }
  assert.throws(() => keysFromSdes({ tag: 1, suite: 'AEAD_AES_128_GCM', keyAndSalt: Buffer.alloc(30) }), /28 octets/);
});
