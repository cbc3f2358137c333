import type { LocalSide } from './build.ts';
import { buildAnswer } from './build.ts';
import type { SdpBody, SessionDescription } from './model.ts';
import type { AudioCapability, NegotiatedAudio, NegotiationErrorCode } from './negotiation.ts';
import { selectAudio } from './negotiation.ts';
import { parseSdp } from './parse.ts';

export type OfferErrorCode = NegotiationErrorCode | 'bad-sdp';

/** Why an offer cannot be answered. `bad-sdp` deserves a 400, everything else a 488 (RFC 3261 §21.4.26). */
export interface OfferError {
  readonly code: OfferErrorCode;
  readonly message: string;
}

export type AnswerResult =
  | { readonly ok: true; readonly answer: SessionDescription; readonly audio: NegotiatedAudio }
  | { readonly ok: false; readonly error: OfferError };

export type ReadOfferResult =
  | { readonly ok: true; readonly offer: SessionDescription; readonly audio: NegotiatedAudio }
  | { readonly ok: false; readonly error: OfferError };

/**
 * Parses an offer and chooses its audio stream: what has to be known before a port is taken. `signalledFrom` as for
 * `selectAudio`.
 */
export function readOffer(
  offer: SdpBody,
  capability: AudioCapability,
  signalledFrom: readonly string[] = [],
): ReadOfferResult {
  const parsed = parseSdp(offer);
  if (!parsed.ok) {
    const { reason, line } = parsed.error;
    return {
      ok: false,
      error: { code: 'bad-sdp', message: `the offer is no session description: ${reason}, line ${line}` },
    };
  }
  const selected = selectAudio(parsed.sdp, capability, signalledFrom);
  if (!selected.ok) return { ok: false, error: { code: selected.error.code, message: selected.error.reason } };
  return { ok: true, offer: parsed.sdp, audio: selected.audio };
}

/** The whole way from an offer to an answer (RFC 3264 §6); never throws. */
export function answer(offer: SdpBody, capability: AudioCapability, local: LocalSide): AnswerResult {
  const read = readOffer(offer, capability);
  if (!read.ok) return read;
  return { ok: true, answer: buildAnswer(read.offer, read.audio, local), audio: read.audio };
}
