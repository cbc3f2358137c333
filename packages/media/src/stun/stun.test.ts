import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { mutate } from '../testing/mutate.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { hasValidFingerprint, hasValidIntegrity } from './integrity.ts';
import {
  MAX_STUN_OCTETS,
  readStun,
  readXorMappedAddress,
  type StunMessage,
  stunAttribute,
  StunAttributeType as Type,
  xorMappedAddress,
} from './message.ts';
import { errorCode, writeStun } from './write.ts';

/** RFC 5769 §2: user name "evtj:h6vY", password "VOkJxbRl1RmTxUk/WvJxBt", spaces as padding. */
const PASSWORD = Buffer.from('VOkJxbRl1RmTxUk/WvJxBt');
const REQUEST = hex(`
  000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74002400046e0001ff80290008932ff9b151263b36
  0006000965 76746a3a68367659202020000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf`);
const RESPONSE_IPV4 = hex(`
  0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643000800142b91f599fd9e90c3
  8c7489f92af9ba53f06be7d780280004c07d4c96`);
const RESPONSE_IPV6 = hex(`
  010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9
  00080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c`);
/** RFC 5769 §2.4: long-term credentials, which here are a key like any other: MD5 of user, realm, password. */
const LONG_TERM = hex(`
  000100602112a44278ad3433c6ad72c029da412e00060012e3839ee38388e383aae38383e382afe382b90000001500
  1c662f2f3439396b39353464364f4c33346f4c394653547679363473410014000b6578616d706c652e6f72670000080014f67024656dd64a3e02b8e0
  712e85c9a28ca89666`);

function hex(text: string): Buffer {
  return Buffer.from(text.replace(/\s/g, ''), 'hex');
}

function read(datagram: Buffer): StunMessage {
  const message = readStun(datagram);
  assert.ok(typeof message !== 'string', String(message));
  return message;
}

describe('RFC 5769 vectors', () => {
  test('§2.1 sample request', () => {
    const message = read(REQUEST);
    assert.deepEqual([message.class, message.method], ['request', 1]);
    assert.equal(stunAttribute(message, Type.username)?.toString(), 'evtj:h6vY');
    assert.equal(stunAttribute(message, Type.priority)?.readUInt32BE(0), 0x6e0001ff);
    assert.ok(hasValidIntegrity(REQUEST, message, PASSWORD));
    assert.ok(hasValidFingerprint(REQUEST, message));
    assert.ok(!hasValidIntegrity(REQUEST, message, Buffer.from('another')));
  });

  for (const [section, vector, address] of [
    ['§2.2 IPv4 response', RESPONSE_IPV4, '192.0.2.1'],
    ['§2.3 IPv6 response', RESPONSE_IPV6, '2001:db8:1234:5678:11:2233:4455:6677'],
  ] as const) {
    test(section, () => {
      const message = read(vector);
      assert.equal(message.class, 'success');
      assert.ok(hasValidIntegrity(vector, message, PASSWORD));
      assert.ok(hasValidFingerprint(vector, message));
      const mapped = stunAttribute(message, Type.xorMappedAddress) ?? assert.fail('no address');
      assert.deepEqual(readXorMappedAddress(mapped, message.transactionId), { address, port: 32_853 });
      assert.deepEqual(xorMappedAddress(address, 32_853, message.transactionId), mapped);
    });
  }

  test('§2.4 request with long-term credentials, without fingerprint', () => {
    const message = read(LONG_TERM);
    const user = stunAttribute(message, Type.username) ?? assert.fail('no user name');
    const key = createHash('md5').update(user).update(':example.org:TheMatrIX').digest();
    assert.equal(stunAttribute(message, Type.realm)?.toString(), 'example.org');
    assert.ok(!hasValidFingerprint(LONG_TERM, message));
    assert.ok(hasValidIntegrity(LONG_TERM, message, key));
  });
});

describe('messages', () => {
  const transactionId = Buffer.from('0123456789ab');

  test('what is written can be read, with every class', () => {
    for (const kind of ['request', 'indication', 'success', 'error'] as const) {
      const octets = writeStun(
        { class: kind, method: 0xabc, transactionId, attributes: [[0x8022, Buffer.from('x')]] },
        PASSWORD,
      );
      const message = read(octets);
      assert.deepEqual([message.class, message.method], [kind, 0xabc]);
      assert.equal(stunAttribute(message, 0x8022)?.toString(), 'x');
      assert.ok(hasValidIntegrity(octets, message, PASSWORD) && hasValidFingerprint(octets, message));
    }
  });

  test('any changed octet breaks integrity, fingerprint or reading', () => {
    const attributes = [[Type.errorCode, errorCode(487, 'Role Conflict')]] as const;
    const octets = writeStun({ class: 'error', method: 1, transactionId, attributes }, PASSWORD);
    for (let at = 0; at < octets.length; at++) {
      const changed = Buffer.from(octets);
      changed[at] = (changed[at] as number) ^ 1;
      const message = readStun(changed);
      const isGood =
        typeof message !== 'string' &&
        hasValidFingerprint(changed, message) &&
        hasValidIntegrity(changed, message, PASSWORD);
      assert.ok(!isGood, `octet ${at}`);
    }
  });

  test('an attribute behind the integrity counts as absent (RFC 8489 §14.5)', () => {
    const octets = writeStun({ class: 'request', method: 1, transactionId, attributes: [] }, PASSWORD);
    const late = Buffer.concat([octets.subarray(0, -8), hex('00250000'), octets.subarray(-8)]);
    late.writeUInt16BE(late.length - 20, 2);
    assert.equal(stunAttribute(read(late), Type.useCandidate), undefined);
  });

  const wrong: readonly [string, Buffer, string][] = [
    ['nothing', Buffer.alloc(0), 'too-short'],
    ['19 octets', REQUEST.subarray(0, 19), 'too-short'],
    ['another cookie', Buffer.concat([REQUEST.subarray(0, 4), Buffer.alloc(4), REQUEST.subarray(8)]), 'not-stun'],
    ['RTP', Buffer.from(`80${'00'.repeat(30)}`, 'hex'), 'not-stun'],
    ['a length beyond the end', REQUEST.subarray(0, 40), 'bad-length'],
    ['an attribute beyond the end', hex('000100042112a442000000000000000000000000 00060009'), 'bad-attribute'],
    ['half an attribute header', hex('000100022112a442000000000000000000000000 0006'), 'bad-length'],
    ['more than is looked at', Buffer.alloc(MAX_STUN_OCTETS + 1), 'too-long'],
    ['forty attributes', hex(`000100a02112a442000000000000000000000000${'80220000'.repeat(40)}`), 'bad-attribute'],
  ];
  for (const [what, datagram, reason] of wrong) {
    test(`${what}: ${reason}`, () => assert.equal(readStun(datagram), reason));
  }

  test('damaged messages never throw and never pass as whole', () => {
    const random = new SeededRandom(20_261);
    for (let i = 0; i < 5_000; i++) {
      const datagram = mutate([REQUEST, RESPONSE_IPV4, RESPONSE_IPV6][i % 3] as Buffer, random);
      const message = readStun(datagram);
      if (typeof message === 'string' || datagram.equals([REQUEST, RESPONSE_IPV4, RESPONSE_IPV6][i % 3] as Buffer))
        continue;
      assert.ok(!(hasValidFingerprint(datagram, message) && hasValidIntegrity(datagram, message, PASSWORD)));
      const mapped = stunAttribute(message, Type.xorMappedAddress);
      if (mapped) readXorMappedAddress(mapped, message.transactionId);
    }
  });
});
