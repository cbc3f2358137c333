import { deriveSessionKeys } from './derivation.ts';
import { HmacSha1 } from './hmac-sha1.ts';
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

/** No word stands behind the authenticated octets. */
const NO_SUFFIX = -1;

/** AES in counter mode with HMAC-SHA1 (RFC 3711 §4.1.1, §4.2.1). */
export class CounterModeTransform implements SrtpTransform {
  readonly rtpTagOctets: number;
  readonly rtcpTrailerOctets: number;
  readonly #rtcpTagOctets: number;
  readonly #rtpKeystream: Keystream;
  readonly #rtcpKeystream: Keystream;
  readonly #rtpHmac: HmacSha1;
  readonly #rtcpHmac: HmacSha1;

  constructor(master: SrtpMasterKey) {
    const profile = SRTP_PROFILES[master.profile];
    this.rtpTagOctets = profile.rtpTagOctets;
    this.#rtcpTagOctets = profile.rtcpTagOctets;
    this.rtcpTrailerOctets = RTCP_WORD_OCTETS + profile.rtcpTagOctets;
    const rtp = deriveSessionKeys(master, 'rtp');
    const rtcp = deriveSessionKeys(master, 'rtcp');
    this.#rtpKeystream = new Keystream(rtp.key, rtp.salt, 'cm', { ahead: true });
    this.#rtcpKeystream = new Keystream(rtcp.key, rtcp.salt, 'cm', { ahead: false });
    this.#rtpHmac = new HmacSha1(rtp.authenticationKey);
    this.#rtcpHmac = new HmacSha1(rtcp.authenticationKey);
  }

  sealRtp(packet: Uint8Array, headerOctets: number, octets: number, ssrc: number, index: number): number {
    const keystream = this.#rtpKeystream;
    crypt(keystream, packet, headerOctets, octets, ssrc, index);
    this.#rtpHmac.digest(packet, octets, rolloverCounter(index));
    this.#rtpHmac.copyTag(packet, octets, this.rtpTagOctets);
    return octets + this.rtpTagOctets;
  }

  openRtp(packet: Uint8Array, headerOctets: number, octets: number, ssrc: number, index: number): number {
    const end = octets - this.rtpTagOctets;
    this.#rtpHmac.digest(packet, end, rolloverCounter(index));
    if (!this.#rtpHmac.matches(packet, end, this.rtpTagOctets)) return -1;
    crypt(this.#rtpKeystream, packet, headerOctets, end, ssrc, index);
    return end;
  }

  sealRtcp(packet: Uint8Array, octets: number, ssrc: number, index: number): number {
    crypt(this.#rtcpKeystream, packet, RTCP_CLEAR_OCTETS, octets, ssrc, index);
    writeWord(packet, octets, ENCRYPTED_FLAG + index);
    const end = octets + RTCP_WORD_OCTETS;
    this.#rtcpHmac.digest(packet, end, NO_SUFFIX);
    this.#rtcpHmac.copyTag(packet, end, this.#rtcpTagOctets);
    return end + this.#rtcpTagOctets;
  }

  openRtcp(packet: Uint8Array, octets: number, ssrc: number, index: number): number {
    const tagAt = octets - this.#rtcpTagOctets;
    this.#rtcpHmac.digest(packet, tagAt, NO_SUFFIX);
    if (!this.#rtcpHmac.matches(packet, tagAt, this.#rtcpTagOctets)) return -1;
    const end = octets - this.rtcpTrailerOctets;
    if (this.rtcpWord(packet, octets) >= ENCRYPTED_FLAG)
      crypt(this.#rtcpKeystream, packet, RTCP_CLEAR_OCTETS, end, ssrc, index);
    return end;
  }

  rtcpWord(packet: Uint8Array, octets: number): number {
    return readWord(packet, octets - this.rtcpTrailerOctets);
  }
}

function crypt(
  keystream: Keystream,
  packet: Uint8Array,
  start: number,
  end: number,
  ssrc: number,
  index: number,
): void {
  if (start === end) return;
  keystream.prepare(ssrc, index, blocksFor(end - start));
  mix(packet, start, end, keystream.octets, keystream.start);
}

/** Stands behind the packet while it is authenticated, and is not sent (RFC 3711 §4.2). */
function rolloverCounter(index: number): number {
  return Math.floor(index / 0x1_0000);
}
