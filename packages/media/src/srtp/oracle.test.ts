import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RtpHeader, RtpPacket, SrtcpSession, SrtpSession } from 'werift';
import { SeededRandom } from '../testing/seeded-random.ts';
import { SrtpReceiver, SrtpSender } from './context.ts';
import { keysFromDtls } from './keys.ts';
import { SRTP_PROFILES, type SrtpProfile } from './profile.ts';
import { hex, roomy, rtcpPacket, rtpPacket, someOctets } from './test-packets.ts';

/** The same packets through this module and through werift's, which shares no code with it. */
const profiles: SrtpProfile[] = ['AES_CM_128_HMAC_SHA1_80', 'AEAD_AES_128_GCM'];

for (const profile of profiles) {
  const { saltOctets, dtlsId } = SRTP_PROFILES[profile];
  const random = new SeededRandom(dtlsId);
  const exported = someOctets(random, 32 + 2 * saltOctets);
  const keys = keysFromDtls(exported, profile, 'server');
  const werift = {
    profile: dtlsId,
    keys: {
      localMasterKey: exported.subarray(0, 16),
      remoteMasterKey: exported.subarray(16, 32),
      localMasterSalt: exported.subarray(32, 32 + saltOctets),
      remoteMasterSalt: exported.subarray(32 + saltOctets),
    },
  };

  test(`${profile}: RTP to werift and back, across the wrap, sizes as of speech`, () => {
    const theirs = new SrtpSession(werift);
    const sender = new SrtpSender(keys.send);
    const receiver = new SrtpReceiver(keys.receive);
    for (let packet = 0; packet < 200; packet++) {
      const clear = rtpPacket((65_436 + packet) & 0xffff, someOctets(random, 1 + random.int(320)));
      const buffer = roomy(clear);
      const length = sender.protectRtp(buffer, clear.length);
      assert.equal(typeof length, 'number');
      assert.deepEqual(theirs.decrypt(Buffer.from(buffer.subarray(0, Number(length)))), clear);

      const { header, payload } = RtpPacket.deSerialize(clear);
      const fromThem = Buffer.from(theirs.encrypt(payload, header));
      assert.equal(receiver.unprotectRtp(fromThem, fromThem.length), clear.length);
      assert.deepEqual(fromThem.subarray(0, clear.length), clear);
    }
  });

  test(`${profile}: RTP with contributing sources and an extension`, () => {
    const theirs = new SrtpSession(werift);
    const clear = Buffer.concat([
      hex('92080001 00000000 cafebabe 11111111 22222222 bede0001 10aa0000'),
      Buffer.alloc(99),
    ]);
    const buffer = roomy(clear);
    const length = new SrtpSender(keys.send).protectRtp(buffer, clear.length);
    assert.deepEqual(theirs.decrypt(Buffer.from(buffer.subarray(0, Number(length)))), clear);
    assert.equal(RtpHeader.deSerialize(clear).payloadOffset, 28);
  });

  test(`${profile}: RTCP to werift and back`, () => {
    const theirs = new SrtcpSession(werift);
    const sender = new SrtpSender(keys.send);
    const receiver = new SrtpReceiver(keys.receive);
    for (let packet = 0; packet < 50; packet++) {
      const clear = rtcpPacket(random.int(30));
      const buffer = roomy(clear);
      const length = sender.protectRtcp(buffer, clear.length);
      assert.equal(typeof length, 'number');
      assert.deepEqual(theirs.decrypt(Buffer.from(buffer.subarray(0, Number(length)))), clear);

      const fromThem = Buffer.from(theirs.encrypt(clear));
      assert.equal(receiver.unprotectRtcp(fromThem, fromThem.length), clear.length);
      assert.deepEqual(fromThem.subarray(0, clear.length), clear);
    }
  });
}
