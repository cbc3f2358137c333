import { CounterModeTransform } from './counter-mode.ts';
import { GaloisTransform } from './galois.ts';
import { looksLikeRtcp, rtpHeaderOctets, sequenceNumberOf } from './packet-face.ts';
import type { SrtpMasterKey, SrtpResult } from './profile.ts';
import { estimateIndex } from './replay-window.ts';
import { SourceTable, type SrtpContextOptions } from './sources.ts';
import { ENCRYPTED_FLAG, RTCP_CLEAR_OCTETS, readWord, type SrtpTransform } from './transform.ts';

const RTP_SSRC_AT = 8;
const RTCP_SSRC_AT = 4;
/** SRTCP packets of a source under one key (RFC 3711 §9.2). */
const RTCP_INDICES = 2 ** 31;

/**
 * What is sent under one master key (a cryptographic context, RFC 3711 §3.2). Packets are protected in place, in any
 * order within the replay window. An index is used once only: a second packet with it would betray the first.
 */
export class SrtpSender {
  readonly #transform: SrtpTransform;
  readonly #rtp: SourceTable;
  readonly #rtcp: SourceTable;
  readonly #rolloverCounter: number;
  readonly #firstRtcpIndex: number;

  /** Copies nothing of `master`, and keeps nothing of it. `rtcpIndex` is that of the first RTCP packet of each source; 0. */
  constructor(master: SrtpMasterKey, options: SrtpContextOptions & { readonly rtcpIndex?: number } = {}) {
    this.#transform = transformFor(master);
    this.#rtp = new SourceTable(options);
    this.#rtcp = new SourceTable(options);
    this.#rolloverCounter = options.rolloverCounter ?? 0;
    this.#firstRtcpIndex = options.rtcpIndex ?? 0;
  }

  /** Makes an SRTP packet of the RTP packet in the first `octets` of `buffer`, which has room for the tag behind it. */
  protectRtp(buffer: Uint8Array, octets: number): SrtpResult {
    const header = rtpHeaderOctets(buffer, octets);
    if (header < 0) return 'malformed';
    if (octets + this.#transform.rtpTagOctets > buffer.length) return 'no-room';
    const ssrc = readWord(buffer, RTP_SSRC_AT);
    const window = this.#rtp.find(ssrc);
    if (window === undefined) return 'too-many-sources';
    const index = estimateIndex(window.highest, sequenceNumberOf(buffer), this.#rolloverCounter);
    if (index === undefined) return 'key-exhausted';
    const freshness = window.check(index);
    if (freshness !== 'fresh') return freshness;
    window.accept(index);
    this.#rtp.keep(ssrc, window);
    return this.#transform.sealRtp(buffer, header, octets, ssrc, index);
  }

  /** Makes an SRTCP packet of the (compound) RTCP packet in the first `octets` of `buffer`, with room behind it. */
  protectRtcp(buffer: Uint8Array, octets: number): SrtpResult {
    if (!looksLikeRtcp(buffer, octets)) return 'malformed';
    if (octets + this.#transform.rtcpTrailerOctets > buffer.length) return 'no-room';
    const ssrc = readWord(buffer, RTCP_SSRC_AT);
    const window = this.#rtcp.find(ssrc);
    if (window === undefined) return 'too-many-sources';
    const index = window.highest < 0 ? this.#firstRtcpIndex : window.highest + 1;
    if (index >= RTCP_INDICES) return 'key-exhausted';
    window.accept(index);
    this.#rtcp.keep(ssrc, window);
    return this.#transform.sealRtcp(buffer, octets, ssrc, index);
  }
}

/** What is received under one master key. Packets are taken apart in place once they have proved authentic and new. */
export class SrtpReceiver {
  readonly #transform: SrtpTransform;
  readonly #rtp: SourceTable;
  readonly #rtcp: SourceTable;
  readonly #rolloverCounter: number;

  constructor(master: SrtpMasterKey, options: SrtpContextOptions = {}) {
    this.#transform = transformFor(master);
    this.#rtp = new SourceTable(options);
    this.#rtcp = new SourceTable(options);
    this.#rolloverCounter = options.rolloverCounter ?? 0;
  }

  /** Makes an RTP packet of the SRTP packet in the first `octets` of `buffer`. */
  unprotectRtp(buffer: Uint8Array, octets: number): SrtpResult {
    const header = rtpHeaderOctets(buffer, octets);
    if (header < 0 || header + this.#transform.rtpTagOctets > octets) return 'malformed';
    const ssrc = readWord(buffer, RTP_SSRC_AT);
    const window = this.#rtp.find(ssrc);
    if (window === undefined) return 'too-many-sources';
    const index = estimateIndex(window.highest, sequenceNumberOf(buffer), this.#rolloverCounter);
    if (index === undefined) return 'key-exhausted';
    const freshness = window.check(index);
    if (freshness !== 'fresh') return freshness;
    const length = this.#transform.openRtp(buffer, header, octets, ssrc, index);
    if (length < 0) return 'not-authentic';
    window.accept(index);
    this.#rtp.keep(ssrc, window);
    return length;
  }

  /** Makes a (compound) RTCP packet of the SRTCP packet in the first `octets` of `buffer`. */
  unprotectRtcp(buffer: Uint8Array, octets: number): SrtpResult {
    if (!looksLikeRtcp(buffer, octets)) return 'malformed';
    if (octets < RTCP_CLEAR_OCTETS + this.#transform.rtcpTrailerOctets) return 'malformed';
    const ssrc = readWord(buffer, RTCP_SSRC_AT);
    const window = this.#rtcp.find(ssrc);
    if (window === undefined) return 'too-many-sources';
    const index = this.#transform.rtcpWord(buffer, octets) % ENCRYPTED_FLAG;
    const freshness = window.check(index);
    if (freshness !== 'fresh') return freshness;
    const length = this.#transform.openRtcp(buffer, octets, ssrc, index);
    if (length < 0) return 'not-authentic';
    window.accept(index);
    this.#rtcp.keep(ssrc, window);
    return length;
  }
}

function transformFor(master: SrtpMasterKey): SrtpTransform {
  return master.profile === 'AEAD_AES_128_GCM' ? new GaloisTransform(master) : new CounterModeTransform(master);
}
