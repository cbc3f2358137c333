import { attribute, connectionOf, directionOf, hasAttribute, maxPtimeMs, ptimeMs } from './attributes.ts';
import type { PayloadFormat } from './formats.ts';
import { payloadFormats } from './formats.ts';
import type { Direction, MediaDescription, SessionDescription } from './model.ts';
import { withoutReceiving } from './scan.ts';
import { shown } from './shown.ts';
import type { AddressFamily, RemoteTarget } from './target.ts';
import { remoteTarget } from './target.ts';

/** Codecs that the endpoints speak; all have an RTP clock of 8000 Hz. */
export type CodecName = 'G722' | 'PCMA' | 'PCMU';

/** What one side can do with an audio stream. */
export interface AudioCapability {
  /** In order of preference, used when this side offers; answers follow the offer's order (RFC 3264 §6.1). */
  readonly codecs: readonly CodecName[];
  /** Digits as RTP events (RFC 4733). */
  readonly telephoneEvents: boolean;
  /** What this side would do with the stream if the other let it. */
  readonly direction: Direction;
  /** Address families this side can reach. */
  readonly families: readonly AddressFamily[];
}

/** A codec that both sides know, with each side's own number for it. */
export interface NegotiatedFormat {
  readonly codec: CodecName;
  /** The number the other side listed: put into packets that are sent. */
  readonly sendPayloadType: number;
  /** The number this side listed: expected in packets that are received. */
  readonly receivePayloadType: number;
}

/** One audio stream as both sides agreed on it, seen from this side. */
export interface NegotiatedAudio {
  /** Which `m=` line it is, from 0. */
  readonly mediaIndex: number;
  /** Never empty; the first is the one to send. */
  readonly formats: readonly [NegotiatedFormat, ...NegotiatedFormat[]];
  /** Payload types of telephone-event, null when not agreed. */
  readonly events: { readonly send: number; readonly receive: number } | null;
  /** What this side may do. */
  readonly direction: Direction;
  /** Milliseconds of audio per packet that the other side asked for; undefined when it did not say. */
  readonly wantedPtimeMs: number | undefined;
  readonly rtcpMux: boolean;
  /** Null when the other side gave the unspecified address: there is nowhere to send to. */
  readonly remote: RemoteTarget | null;
}

export type NegotiationErrorCode =
  | 'no-audio'
  | 'no-common-codec'
  | 'unsupported-transport'
  | 'unsupported-address'
  | 'rejected'
  | 'mismatched-answer';

/** Why two descriptions do not go together. */
export interface NegotiationError {
  readonly code: NegotiationErrorCode;
  /** A sentence for people, fit for a Warning header. */
  readonly reason: string;
}

export type NegotiationResult =
  | { readonly ok: true; readonly audio: NegotiatedAudio }
  | { readonly ok: false; readonly error: NegotiationError };

const NAMES: readonly CodecName[] = ['G722', 'PCMA', 'PCMU'];
/** Transports without encryption; feedback messages of AVPF (RFC 4585) are never sent, which is allowed. */
const CLEAR_TRANSPORTS: ReadonlySet<string> = new Set(['RTP/AVP', 'RTP/AVPF']);

/**
 * The first audio stream of an offer that `capability` can take (RFC 3264 §6). `signalledFrom` are addresses the
 * signalling came from, for `remoteTarget`.
 */
export function selectAudio(
  offer: SessionDescription,
  capability: AudioCapability,
  signalledFrom: readonly string[] = [],
): NegotiationResult {
  let error: NegotiationError = { code: 'no-audio', reason: 'the offer has no audio stream' };
  for (const [mediaIndex, media] of offer.media.entries()) {
    if (media.media !== 'audio' || media.port === 0) continue;
    const result = takeAudio({ sdp: offer, media, mediaIndex, capability, signalledFrom, offered: null });
    if (result.ok) return result;
    // The first audio stream is the one whose failure explains most.
    if (error.code === 'no-audio') error = result.error;
  }
  return { ok: false, error };
}

/**
 * Reads the answer to an own offer: the audio stream at `mediaIndex` with the numbers each side chose. The answer may
 * list several codecs; the first of them is sent, each may come in (RFC 3264 §7).
 */
export function acceptAnswer(
  offer: SessionDescription,
  answer: SessionDescription,
  mediaIndex: number,
  capability: AudioCapability,
  signalledFrom: readonly string[] = [],
): NegotiationResult {
  const ours = offer.media[mediaIndex];
  const theirs = answer.media[mediaIndex];
  if (!ours || !theirs || theirs.media !== ours.media) {
    return refuse('mismatched-answer', 'the answer has not the same streams as the offer');
  }
  if (theirs.port === 0) return refuse('rejected', 'the answer rejects the audio stream');
  const offered = payloadFormats(ours);
  return takeAudio({ sdp: answer, media: theirs, mediaIndex, capability, signalledFrom, offered });
}

/** What an answerer may do, given what the offer says and what it would like to do (RFC 3264 §6.1). */
export function answerDirection(offered: Direction, wanted: Direction): Direction {
  return directionFrom(mayReceive(offered) && maySend(wanted), maySend(offered) && mayReceive(wanted));
}

export function maySend(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

export function mayReceive(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}

function directionFrom(send: boolean, receive: boolean): Direction {
  if (send) return receive ? 'sendrecv' : 'sendonly';
  return receive ? 'recvonly' : 'inactive';
}

function refuse(code: NegotiationErrorCode, reason: string): NegotiationResult {
  return { ok: false, error: { code, reason } };
}

/** One audio line of the other side, and what it is held against. */
interface Candidate {
  readonly sdp: SessionDescription;
  readonly media: MediaDescription;
  readonly mediaIndex: number;
  readonly capability: AudioCapability;
  readonly signalledFrom: readonly string[];
  /** What an own offer listed; null when the other side offers. */
  readonly offered: readonly PayloadFormat[] | null;
}

function takeAudio(candidate: Candidate): NegotiationResult {
  const { sdp, media, capability, signalledFrom, offered } = candidate;
  if (!CLEAR_TRANSPORTS.has(media.protocol.toUpperCase())) {
    return refuse('unsupported-transport', `audio over ${shown(media.protocol)} is not supported, only RTP/AVP`);
  }
  const target = remoteTarget(sdp, media, capability.families, signalledFrom);
  if (target === 'unreachable') {
    const host = connectionOf(sdp, media)?.host ?? '(none)';
    return refuse('unsupported-address', `address ${shown(host)} of the audio stream cannot be reached`);
  }
  const theirs = payloadFormats(media);
  const [first, ...more] = commonFormats(theirs, offered ?? theirs, capability);
  if (!first) {
    const names = theirs.map((format) => format.encoding).join(', ') || 'none';
    return refuse('no-common-codec', `no common codec: offered ${shown(names)}, known ${capability.codecs.join(', ')}`);
  }
  // An answer names one codec: the peer then never changes it in mid-stream. In an own offer all stay possible.
  const formats = offered ? ([first, ...more] as const) : ([first] as const);
  return { ok: true, audio: agreed(candidate, formats, theirs, target === 'nowhere' ? null : target) };
}

function agreed(
  { sdp, media, mediaIndex, capability, offered }: Candidate,
  formats: NegotiatedAudio['formats'],
  theirs: readonly PayloadFormat[],
  remote: RemoteTarget | null,
): NegotiatedAudio {
  const theirDirection = directionOf(sdp, media);
  return {
    mediaIndex,
    formats,
    events: capability.telephoneEvents ? commonEvents(theirs, offered ?? theirs) : null,
    direction: answerDirection(remote ? theirDirection : withoutReceiving(theirDirection), capability.direction),
    wantedPtimeMs: wantedPtimeMs(media),
    rtcpMux: hasAttribute(media, 'rtcp-mux'),
    remote,
  };
}

function wantedPtimeMs(media: MediaDescription): number | undefined {
  const wanted = ptimeMs(media);
  const most = maxPtimeMs(media);
  return wanted !== undefined && most !== undefined ? Math.min(wanted, most) : (wanted ?? most);
}

function commonFormats(
  theirs: readonly PayloadFormat[],
  ours: readonly PayloadFormat[],
  capability: AudioCapability,
): NegotiatedFormat[] {
  const common: NegotiatedFormat[] = [];
  for (const format of theirs) {
    const codec = codecOf(format);
    const own = codec && ours.find((candidate) => codecOf(candidate) === codec);
    if (!codec || !own || !capability.codecs.includes(codec)) continue;
    common.push({ codec, sendPayloadType: format.payloadType, receivePayloadType: own.payloadType });
  }
  return common;
}

function codecOf(format: PayloadFormat): CodecName | undefined {
  if (format.clockRateHz !== 8000 || format.channels !== 1) return undefined;
  return NAMES.find((name) => name === format.encoding.toUpperCase());
}

function commonEvents(theirs: readonly PayloadFormat[], ours: readonly PayloadFormat[]): NegotiatedAudio['events'] {
  const send = theirs.find(isTelephoneEvent);
  const receive = ours.find(isTelephoneEvent);
  return send && receive ? { send: send.payloadType, receive: receive.payloadType } : null;
}

function isTelephoneEvent(format: PayloadFormat): boolean {
  return format.clockRateHz === 8000 && format.encoding.toLowerCase() === 'telephone-event';
}

/** `a=mid` of a stream, undefined when it has none. */
export function midOf(media: MediaDescription): string | undefined {
  return attribute(media, 'mid') ?? undefined;
}
