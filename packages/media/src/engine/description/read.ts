import { attribute, attributes, connectionOf, directionOf, hasAttribute, rtcpPort } from '../../sdp/attributes.ts';
import type { PayloadFormat } from '../../sdp/formats.ts';
import { payloadFormats } from '../../sdp/formats.ts';
import type { Direction, MediaDescription, SdpBody, SessionDescription } from '../../sdp/model.ts';
import { parseSdp } from '../../sdp/parse.ts';
import { withoutReceiving } from '../../sdp/scan.ts';
import { shown } from '../../sdp/shown.ts';
import { type AddressFamily, remoteTarget } from '../../sdp/target.ts';
import type { MediaEngineError, MediaEngineErrorCode } from '../engine.ts';
import type { StreamEnd } from '../stream.ts';
import { isSpeech } from './formats.ts';
import { readIce } from './ice.ts';
import { readSecurity, type Sections } from './security.ts';
import { mentionsAddress } from './write.ts';

/** The audio stream of a party, as its description tells it. */
export interface AudioStream {
  /** Which `m=` line of the party's description it is, from 0. */
  readonly mediaIndex: number;
  readonly end: StreamEnd;
  /** As on its `m=` line; an answer repeats it. */
  readonly protocol: string;
  /** With a black hole (RFC 3264 §8.4) taken into account. */
  readonly direction: Direction;
  readonly rtcpMux: boolean;
  readonly mid: string | undefined;
  /** True when its mid stands in a BUNDLE group (RFC 8843). */
  readonly isBundled: boolean;
  /** In the party's order of preference, with the party's own numbers. */
  readonly formats: readonly PayloadFormat[];
}

/** An offer that can be carried. */
export interface OfferedDescription {
  readonly sdp: SessionDescription;
  readonly audio: AudioStream;
}

/** An answer; `audio` is null when it rejects the stream. */
export interface AnsweredDescription {
  readonly sdp: SessionDescription;
  readonly audio: AudioStream | null;
}

/** What is known of a party beside the text. */
export interface Reading {
  /** Address families that can be reached on its side; both by default. */
  readonly families?: readonly AddressFamily[] | undefined;
  /** Stand in for an address that cannot be reached, first one first. */
  readonly signalledFrom?: readonly string[] | undefined;
}

export interface DescriptionFailure {
  readonly ok: false;
  readonly error: MediaEngineError;
}

export type OfferReading = { readonly ok: true; readonly offer: OfferedDescription } | DescriptionFailure;
export type AnswerReading = { readonly ok: true; readonly answer: AnsweredDescription } | DescriptionFailure;

/** A token (RFC 8866 §9) as encodings really are. */
const ENCODING = /^[\w.+-]{1,64}$/;
const ANY_FAMILY: readonly AddressFamily[] = ['IP4', 'IP6'];

/**
 * Reads an offer and chooses its audio stream: the first one that can be carried. Errors: `bad-sdp`, and `no-audio`,
 * `unsupported-transport`, `unsupported-address`, `no-common-codec` for the first audio stream that cannot. Never throws.
 */
export function readOfferedStream(body: SdpBody, reading: Reading = {}): OfferReading {
  const parsed = parsedBody(body, 'offer');
  if (!parsed.ok) return parsed;
  let failure: DescriptionFailure | undefined;
  for (const [mediaIndex, media] of parsed.sdp.media.entries()) {
    if (media.media !== 'audio' || !isLive(media)) continue;
    const read = readStream(parsed.sdp, media, mediaIndex, reading);
    if (read.ok) return { ok: true, offer: { sdp: parsed.sdp, audio: read.audio } };
    failure ??= read;
  }
  return failure ?? failed('no-audio', 'the offer has no audio stream');
}

/**
 * Reads the answer to an own offer whose audio stream is `mediaIndex` and secured as `offered` says. Errors: `bad-sdp`,
 * `mismatched-answer`, `unsupported-address`, `no-common-codec`. Never throws.
 */
export function readAnsweredStream(
  body: SdpBody,
  mediaIndex: number,
  offered: StreamEnd,
  reading: Reading = {},
): AnswerReading {
  const parsed = parsedBody(body, 'answer');
  if (!parsed.ok) return parsed;
  const media = parsed.sdp.media[mediaIndex];
  if (media?.media !== 'audio') return failed('mismatched-answer', 'the answer has not the streams of the offer');
  if (!isLive(media)) return { ok: true, answer: { sdp: parsed.sdp, audio: null } };
  const read = readStream(parsed.sdp, media, mediaIndex, reading);
  if (!read.ok) {
    const { code, message } = read.error;
    return code === 'unsupported-transport' ? failed('mismatched-answer', message) : read;
  }
  const problem = securityProblem(offered, read.audio.end);
  if (problem !== undefined) return failed('mismatched-answer', problem);
  return { ok: true, answer: { sdp: parsed.sdp, audio: read.audio } };
}

function parsedBody(body: SdpBody, what: string) {
  const parsed = parseSdp(body);
  if (parsed.ok) return parsed;
  const { reason, line } = parsed.error;
  return failed('bad-sdp', `the ${what} is no session description: ${reason}, line ${line}`);
}

/** RFC 8843 §7.1: port 0 with `a=bundle-only` is no rejection in an offer. */
function isLive(media: MediaDescription): boolean {
  return media.port !== 0 || hasAttribute(media, 'bundle-only');
}

function readStream(sdp: SessionDescription, media: MediaDescription, mediaIndex: number, reading: Reading) {
  const mid = attribute(media, 'mid')?.trim() || undefined;
  const bundle = bundleOf(sdp, mid);
  const sections: Sections = [media, ...(bundle ? [bundle] : []), sdp];
  const secured = readSecurity(media.protocol, sections);
  if (!secured.ok) return failed('unsupported-transport', secured.reason);
  const formats = payloadFormats(media).filter(({ encoding }) => ENCODING.test(encoding) && !mentionsAddress(encoding));
  if (!formats.some(isSpeech)) {
    return failed('no-common-codec', 'the audio stream names no codec that is known by number or name');
  }
  const ice = readIce(sdp, sections);
  const rtcpMux = hasAttribute(media, 'rtcp-mux');
  const target = remoteTarget(sdp, media, reading.families ?? ANY_FAMILY, reading.signalledFrom ?? []);
  if (target === 'unreachable' && !ice) {
    const host = connectionOf(sdp, media)?.host ?? '(none)';
    return failed('unsupported-address', `address ${shown(host)} of the audio stream cannot be reached`);
  }
  const said = directionOf(sdp, media);
  const audio: AudioStream = {
    mediaIndex,
    end: {
      address: typeof target === 'string' ? undefined : target.address,
      port: media.port,
      rtcpPort: rtcpMux ? media.port : rtcpPort(media),
      security: secured.security,
      ice,
    },
    protocol: media.protocol,
    // Browsers name the unspecified address while they have no candidate yet (RFC 8840 §4.1.1): that is no hold.
    direction: target === 'nowhere' && !ice ? withoutReceiving(said) : said,
    rtcpMux,
    mid,
    isBundled: bundle !== undefined,
    formats,
  };
  return { ok: true as const, audio };
}

/** The section whose transport the bundled stream `mid` shares: the first of its group (RFC 8843 §7.2). */
function bundleOf(sdp: SessionDescription, mid: string | undefined): MediaDescription | undefined {
  if (mid === undefined) return undefined;
  for (const group of attributes(sdp, 'group')) {
    const [semantics, ...mids] = group.trim().split(/ +/);
    if (semantics !== 'BUNDLE' || !mids.includes(mid)) continue;
    return sdp.media.find((media) => attribute(media, 'mid')?.trim() === mids[0]);
  }
  return undefined;
}

function securityProblem(offered: StreamEnd, answered: StreamEnd): string | undefined {
  const [ours, theirs] = [offered.security, answered.security];
  if (ours.kind !== theirs.kind) return `the answer speaks ${theirs.kind} where ${ours.kind} was offered`;
  if (ours.kind !== 'sdes' || theirs.kind !== 'sdes') return undefined;
  const same = ours.key.tag === theirs.key.tag && ours.key.suite === theirs.key.suite;
  return same ? undefined : 'the answer takes a key (a=crypto) that was not offered';
}

export function failed(code: MediaEngineErrorCode, message: string): DescriptionFailure {
  return { ok: false, error: { code, message } };
}
