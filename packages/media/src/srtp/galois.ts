import { deriveSessionKeys } from './derivation.ts';
import { Ghash } from './ghash.ts';
import { blocksFor, Keystream, mix } from './keystream.ts';
import { SRTP_PROFILES, type SrtpMasterKey } from './profile.ts';
import {
  ENCRYPTED_FLAG,
  RTCP_CLEAR_OCTETS,
  RTCP_WORD_OCTETS,
  readWord,
  type SrtpTransform,
  writeWord,
} from './transform.ts';

const BLOCK_OCTETS = 16;
const TAG_OCTETS = SRTP_PROFILES.AEAD_AES_128_GCM.rtpTagOctets;
/** No word belongs to the additional data. */
const NO_SUFFIX = -1;

/** AES in Galois/counter mode (RFC 7714): the header in clear is authenticated with the rest, and the tag is of 16 octets. */
export class GaloisTransform implements SrtpTransform {
  readonly rtpTagOctets = TAG_OCTETS;
  readonly rtcpTrailerOctets = TAG_OCTETS + RTCP_WORD_OCTETS;
  readonly #rtp: Sealer;
  readonly #rtcp: Sealer;

  constructor(master: SrtpMasterKey) {
    const rtp = deriveSessionKeys(master, 'rtp');
    const rtcp = deriveSessionKeys(master, 'rtcp');
    this.#rtp = new Sealer(new Keystream(rtp.key, rtp.salt, 'gcm', { ahead: true }));
    this.#rtcp = new Sealer(new Keystream(rtcp.key, rtcp.salt, 'gcm', { ahead: false }));
  }

  sealRtp(packet: Uint8Array, headerOctets: number, octets: number, ssrc: number, index: number): number {
    this.#rtp.seal(packet, headerOctets, NO_SUFFIX, octets, ssrc, index);
    return octets + TAG_OCTETS;
  }

  openRtp(packet: Uint8Array, headerOctets: number, octets: number, ssrc: number, index: number): number {
    const end = octets - TAG_OCTETS;
    return this.#rtp.open(packet, headerOctets, NO_SUFFIX, end, ssrc, index) ? end : -1;
  }

  sealRtcp(packet: Uint8Array, octets: number, ssrc: number, index: number): number {
    const word = ENCRYPTED_FLAG + index;
    this.#rtcp.seal(packet, RTCP_CLEAR_OCTETS, word, octets, ssrc, index);
    writeWord(packet, octets + TAG_OCTETS, word);
    return octets + this.rtcpTrailerOctets;
  }

  openRtcp(packet: Uint8Array, octets: number, ssrc: number, index: number): number {
    const end = octets - this.rtcpTrailerOctets;
    const word = this.rtcpWord(packet, octets);
    // RFC 7714 §9.3: unencrypted, the whole packet is additional data.
    const clearOctets = word >= ENCRYPTED_FLAG ? RTCP_CLEAR_OCTETS : end;
    return this.#rtcp.open(packet, clearOctets, word, end, ssrc, index) ? end : -1;
  }

  rtcpWord(packet: Uint8Array, octets: number): number {
    return readWord(packet, octets - RTCP_WORD_OCTETS);
  }
}

/** The cipher under one session key. */
class Sealer {
  readonly #keystream: Keystream;
  readonly #ghash: Ghash;

  constructor(keystream: Keystream) {
    this.#keystream = keystream;
    this.#ghash = new Ghash(keystream.encryptBlock(Buffer.alloc(BLOCK_OCTETS)));
  }

  seal(packet: Uint8Array, clear: number, suffix: number, end: number, ssrc: number, index: number): void {
    const keystream = this.#keystream;
    keystream.prepare(ssrc, index, 1 + blocksFor(end - clear));
    mix(packet, clear, end, keystream.octets, keystream.start + BLOCK_OCTETS);
    this.#ghash.digest(packet, clear, suffix, end);
    this.#ghash.copyTag(packet, end, keystream.octets, keystream.start);
  }

  open(packet: Uint8Array, clear: number, suffix: number, end: number, ssrc: number, index: number): boolean {
    const keystream = this.#keystream;
    keystream.prepare(ssrc, index, 1 + blocksFor(end - clear));
    this.#ghash.digest(packet, clear, suffix, end);
    if (!this.#ghash.matches(packet, end, keystream.octets, keystream.start)) return false;
    mix(packet, clear, end, keystream.octets, keystream.start + BLOCK_OCTETS);
    return true;
  }
}
