import { isOwnAddress } from '../../same-host.ts';
import type { MediaParty, MediaProfile } from '../engine.ts';
import type { StreamEnd } from '../stream.ts';
import type { BencodedDictionary } from './bencode.ts';

/** Suites that are not offered: one line has to do, and AES_CM_128_HMAC_SHA1_80 everybody knows. */
const WITHOUT_SUITES: readonly string[] = [
  'AEAD_AES_256_GCM',
  'AEAD_AES_128_GCM',
  'AES_256_CM_HMAC_SHA1_80',
  'AES_256_CM_HMAC_SHA1_32',
  'AES_192_CM_HMAC_SHA1_80',
  'AES_192_CM_HMAC_SHA1_32',
  'AES_CM_128_HMAC_SHA1_32',
  'F8_128_HMAC_SHA1_80',
  'F8_128_HMAC_SHA1_32',
  'NULL_HMAC_SHA1_80',
  'NULL_HMAC_SHA1_32',
].map((suite) => `no-${suite}`);

/** What `m=` says, by security. */
export const PROTOCOLS = { plain: 'RTP/AVP', sdes: 'RTP/SAVP', dtls: 'UDP/TLS/RTP/SAVPF' } as const;
const OFFERED_MUX = { require: ['offer', 'require'], offer: ['offer'], none: ['demux'] } as const;

/** What an offer is to speak towards its receiver. */
export function offerFlags(profile: MediaProfile, learning: Learning): BencodedDictionary {
  return {
    ...commonFlags(profile, learning),
    // Lite towards both: the description that a party gets says so, whoever offered.
    'ICE-lite': 'both',
    'rtcp-mux': OFFERED_MUX[profile.rtcpMux],
    SDES: profile.security === 'sdes' ? WITHOUT_SUITES : ['off'],
    // As server: a ClientHello of ours before ICE has found the way would only be lost.
    DTLS: profile.security === 'dtls' ? 'passive' : undefined,
  };
}

/** What an answer is to speak towards the offerer, who decided that with its offer. */
export function answerFlags(profile: MediaProfile, learning: Learning): BencodedDictionary {
  return { ...commonFlags(profile, learning), 'rtcp-mux': [profile.rtcpMux === 'none' ? 'demux' : 'accept'] };
}

/**
 * Where packets of the party that is speaking may come from. `ice`: where its checks came from. `signalled`: from the
 * address in its description and from no other. `first`: from wherever the first one comes, for parties behind a NAT that
 * changes what they said; afterwards from no other.
 */
export type Learning = 'ice' | 'signalled' | 'first';

/** A party whose signalling came from the address that it names is behind no NAT, nor is one of our own network. */
export function learningOf(end: StreamEnd, { side, signalledFrom = [] }: MediaParty): Learning {
  if (end.ice) return 'ice';
  const address = end.address ?? '';
  // A phone beside rtpengine may announce one of the machine's addresses and send from another.
  if (isOwnAddress(address)) return 'first';
  return side === 'inside' || signalledFrom.includes(address) ? 'signalled' : 'first';
}

const LEARNING_FLAGS: Readonly<Record<Learning, readonly string[]>> = {
  ice: [],
  signalled: ['strict source', 'endpoint-learning-off'],
  first: ['strict source', 'endpoint-learning-immediate'],
};

function commonFlags({ security, ice }: MediaProfile, learning: Learning): BencodedDictionary {
  return {
    'transport-protocol': PROTOCOLS[security],
    ICE: ice ? 'force' : 'remove',
    replace: ['origin', 'session connection', 'zero address'],
    flags: LEARNING_FLAGS[learning],
  };
}
