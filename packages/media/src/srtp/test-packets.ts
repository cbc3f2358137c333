import type { SeededRandom } from '../testing/seeded-random.ts';
import { SRTP_MAX_TRAILER_OCTETS, SRTP_PROFILES, type SrtpMasterKey, type SrtpProfile } from './profile.ts';

/** Packets and keys for the tests of this folder. */

export const PROFILES = Object.keys(SRTP_PROFILES) as SrtpProfile[];

export function hex(text: string): Buffer {
  return Buffer.from(text.replace(/\s/g, ''), 'hex');
}

export function someOctets(random: SeededRandom, octets: number): Buffer {
  return Buffer.from(Array.from({ length: octets }, () => random.int(256)));
}

export function someMasterKey(profile: SrtpProfile, random: SeededRandom): SrtpMasterKey {
  return { profile, key: someOctets(random, 16), salt: someOctets(random, SRTP_PROFILES[profile].saltOctets) };
}

export function rtpPacket(sequenceNumber: number, payload: Uint8Array, ssrc = 0xcafebabe): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = 8;
  header.writeUInt16BE(sequenceNumber, 2);
  header.writeUInt32BE((sequenceNumber * 160) >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, payload]);
}

/** A sender report of 28 octets and more, in whole words. */
export function rtcpPacket(words: number, ssrc = 0xcafebabe): Buffer {
  const packet = Buffer.alloc(28 + 4 * words, 0x5a);
  packet[0] = 0x80;
  packet[1] = 200;
  packet.writeUInt16BE(packet.length / 4 - 1, 2);
  packet.writeUInt32BE(ssrc, 4);
  return packet;
}

/** The same packet at the front of a buffer with room for the trailer. */
export function roomy(packet: Uint8Array): Buffer {
  return Buffer.concat([packet, Buffer.alloc(SRTP_MAX_TRAILER_OCTETS, 0xee)]);
}
