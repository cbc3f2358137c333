import { isIPv6 } from 'node:net';
import { attributeLine, connectionLine, hasAttribute } from './attributes.ts';
import { rejectedMedia } from './edit.ts';
import type { PayloadFormat } from './formats.ts';
import { rtpMapText } from './formats.ts';
import type { Direction, MediaDescription, NetworkAddress, SdpLine, SessionDescription } from './model.ts';
import type { AudioCapability, CodecName, NegotiatedAudio } from './negotiation.ts';
import { midOf } from './negotiation.ts';

/** What this side says of itself in an offer or answer. */
export interface LocalSide {
  readonly username: string;
  /** Decimal digits; stays the same for the whole session. */
  readonly sessionId: string;
  /** Decimal digits; one more for every description that differs from the one before (RFC 3264 §8). */
  readonly sessionVersion: string;
  /** The address that is announced, IPv4 or IPv6. */
  readonly address: string;
  /** The RTP port that is announced; RTCP is one above. */
  readonly port: number;
  /** Milliseconds of audio per packet that this side likes to receive. */
  readonly ptimeMs: number;
}

/** Payload type of telephone-event in own offers: the number most phones use. */
export const OFFERED_EVENT_PAYLOAD_TYPE = 101;
const STATIC_PAYLOAD_TYPES: Readonly<Record<CodecName, number>> = { PCMU: 0, PCMA: 8, G722: 9 };
/** Events 0–15 of RFC 4733 §3.2: digits, star, hash, A–D. */
const DTMF_EVENTS = '0-15';

/** An offer with one audio stream; in a running session `previous` keeps its streams in place (RFC 3264 §8). */
export function buildOffer(
  local: LocalSide,
  capability: AudioCapability,
  previous?: { readonly sdp: SessionDescription; readonly mediaIndex: number },
): SessionDescription {
  const audio = audioMedia(local, 'RTP/AVP', offeredFormats(capability), capability.direction, []);
  const media = previous
    ? previous.sdp.media.map((old, i) => (i === previous.mediaIndex ? audio : rejectedMedia(old)))
    : [audio];
  return session(local, [{ kind: 'text', letter: 't', text: '0 0' }], media);
}

/** The answer to `offer` that takes the audio stream chosen by `selectAudio` and rejects all others (RFC 3264 §6). */
export function buildAnswer(offer: SessionDescription, audio: NegotiatedAudio, local: LocalSide): SessionDescription {
  const media = offer.media.map((theirs, index) =>
    index === audio.mediaIndex ? answeredMedia(theirs, audio, local) : rejectedMedia(theirs),
  );
  // RFC 3264 §6: the t= line of the answer equals the one of the offer.
  const times = offer.lines.filter((line) => line.kind === 'text' && line.letter === 't');
  return session(local, times.length > 0 ? times : [{ kind: 'text', letter: 't', text: '0 0' }], media);
}

/** `IN IP4 …` or `IN IP6 …` for an address. */
export function networkAddress(address: string): NetworkAddress {
  return { netType: 'IN', addressType: isIPv6(address) ? 'IP6' : 'IP4', host: address };
}

function session(local: LocalSide, times: readonly SdpLine[], media: readonly MediaDescription[]): SessionDescription {
  const address = networkAddress(local.address);
  const { username, sessionId, sessionVersion } = local;
  return {
    origin: { username, sessionId, sessionVersion, ...address },
    name: '-',
    lines: [connectionLine(address), ...times],
    media,
  };
}

function answeredMedia(theirs: MediaDescription, audio: NegotiatedAudio, local: LocalSide): MediaDescription {
  const formats = audio.formats.map(({ codec, receivePayloadType }) => codecFormat(codec, receivePayloadType));
  if (audio.events) formats.push(eventFormat(audio.events.receive));
  const mid = midOf(theirs);
  const extra: SdpLine[] = [];
  if (mid !== undefined) extra.push(attributeLine('mid', mid));
  if (hasAttribute(theirs, 'rtcp-mux')) extra.push(attributeLine('rtcp-mux'));
  return audioMedia(local, theirs.protocol, formats, audio.direction, extra);
}

function offeredFormats(capability: AudioCapability): PayloadFormat[] {
  const formats = capability.codecs.map((codec) => codecFormat(codec, STATIC_PAYLOAD_TYPES[codec]));
  if (capability.telephoneEvents) formats.push(eventFormat(OFFERED_EVENT_PAYLOAD_TYPE));
  return formats;
}

function codecFormat(codec: CodecName, payloadType: number): PayloadFormat {
  return { payloadType, encoding: codec, clockRateHz: 8000, channels: 1, parameters: null };
}

function eventFormat(payloadType: number): PayloadFormat {
  return { payloadType, encoding: 'telephone-event', clockRateHz: 8000, channels: 1, parameters: DTMF_EVENTS };
}

function audioMedia(
  local: LocalSide,
  protocol: string,
  formats: readonly PayloadFormat[],
  direction: Direction,
  extra: readonly SdpLine[],
): MediaDescription {
  const lines: SdpLine[] = formats.map((format) => attributeLine('rtpmap', rtpMapText(format)));
  for (const { payloadType, parameters } of formats) {
    if (parameters !== null) lines.push(attributeLine('fmtp', `${payloadType} ${parameters}`));
  }
  lines.push(attributeLine('ptime', local.ptimeMs), attributeLine(direction), ...extra);
  const numbers = formats.map(({ payloadType }) => String(payloadType));
  return { media: 'audio', port: local.port, portCount: 1, protocol, formats: numbers, lines };
}
