import { networkAddress } from '../../sdp/build.ts';
import type { PayloadFormat } from '../../sdp/formats.ts';
import type { MediaDescription, Origin, SessionDescription } from '../../sdp/model.ts';
import { parseSdp } from '../../sdp/parse.ts';
import { printSdp } from '../../sdp/print.ts';
import { nextVersion, rewriteOrigin, sameMedia } from '../../sdp/scan.ts';

/**
 * What was said on one leg (the dialog with one party) so far. A plain record: every description that is sent gives a new
 * one, and keeping the old one takes it back.
 */
export interface DescriptionLeg {
  /** Ours on this leg: all but the version stays for as long as the leg lives (RFC 3264 §8). */
  readonly origin: Origin;
  /** The last description that was sent; undefined on a new leg. */
  readonly sent: string | undefined;
  /** Which `m=` line is the audio stream. */
  readonly mediaIndex: number;
  /** What payload numbers stand for on this leg, as the party listed them or was told (RFC 3264 §8.3.2). */
  readonly numbers: readonly PayloadFormat[];
}

/** A leg on which nothing was said yet. `sessionId`: decimal digits, below 2^62; `address`: our own towards it. */
export function newLeg(sessionId: string, address: string): DescriptionLeg {
  const origin = { username: '-', sessionId, sessionVersion: '1', ...networkAddress(address) };
  return { origin, sent: undefined, mediaIndex: 0, numbers: [] };
}

/** The leg with meanings of numbers added; where one number means two things, `formats` count. */
export function withNumbers(leg: DescriptionLeg, formats: readonly PayloadFormat[]): DescriptionLeg {
  const listed = new Set(formats.map((format) => format.payloadType));
  return { ...leg, numbers: [...formats, ...leg.numbers.filter((known) => !listed.has(known.payloadType))] };
}

/** The leg with meanings of numbers added that had none there. */
export function withMoreNumbers(leg: DescriptionLeg, formats: readonly PayloadFormat[]): DescriptionLeg {
  const known = new Set(leg.numbers.map((format) => format.payloadType));
  return { ...leg, numbers: [...leg.numbers, ...formats.filter((format) => !known.has(format.payloadType))] };
}

/** A leg with something said on it. */
export type ToldLeg = DescriptionLeg & { readonly sent: string };

/** The leg after `sdp` is sent on it: `o=` is the leg's, one version higher when anything else changed (RFC 3264 §8). */
export function say(leg: DescriptionLeg, sdp: SessionDescription, mediaIndex: number): ToldLeg {
  const body = printSdp({ ...sdp, origin: leg.origin });
  if (leg.sent === undefined || sameMedia(leg.sent, body)) return { ...leg, sent: body, mediaIndex };
  const origin = { ...leg.origin, sessionVersion: nextVersion(leg.origin.sessionVersion) };
  return { ...leg, origin, sent: rewriteOrigin(body, origin), mediaIndex };
}

/** Streams of the last description that was sent; none on a new leg. */
export function sentMedia(leg: DescriptionLeg): readonly MediaDescription[] {
  const parsed = leg.sent === undefined ? undefined : parseSdp(leg.sent);
  return parsed?.ok ? parsed.sdp.media : [];
}
