import {
  type Direction,
  directionOf,
  type MediaDescription,
  mayReceive,
  maySend,
  type PayloadFormat,
  parseSdp,
  payloadFormats,
  printSdp,
  rejectedMedia,
  type SessionDescription,
  withDirection,
} from '@unisono/media';
import { type Payload, sdpPayload } from '@unisono/sip';

/**
 * Two parties that both made an offer are joined: each gets, as the answer to its own, what the other offered, made to
 * fit (RFC 3264 §6): as many streams in the same order, the codecs both have, in one direction what the other allows.
 * Undefined when they have no audio in common: then nobody is answered.
 */
export function crossAnswers(one: Payload, other: Payload): { toOne: Payload; toOther: Payload } | undefined {
  const [first, second] = [one, other].map(({ bytes }) => parseSdp(bytes));
  if (!first?.ok || !second?.ok) return undefined;
  const toOne = answerOf(first.sdp, second.sdp);
  const toOther = answerOf(second.sdp, first.sdp);
  return toOne && toOther && { toOne: sdpPayload(printSdp(toOne)), toOther: sdpPayload(printSdp(toOther)) };
}

/** What the other described as an answer to this offer. */
function answerOf(offer: SessionDescription, described: SessionDescription): SessionDescription | undefined {
  const audio = described.media.find(isUsable);
  const at = offer.media.findIndex((media) => isUsable(media) && media.protocol === audio?.protocol);
  const asked = offer.media[at];
  if (!audio || !asked) return undefined;
  const formats = common(audio, asked);
  if (!formats.some(({ encoding }) => !/^(?:telephone-event|CN)$/i.test(encoding))) return undefined;
  const kept = withFormats(audio, formats);
  const direction = narrowed(directionOf(offer, asked), directionOf(described, audio));
  const answer = withDirection(kept, direction);
  return { ...described, media: offer.media.map((media, index) => (index === at ? answer : rejectedMedia(media))) };
}

function isUsable({ media, port }: MediaDescription): boolean {
  return media === 'audio' && port !== 0;
}

/** Formats of a stream that the other one has too. */
function common(media: MediaDescription, other: MediaDescription): PayloadFormat[] {
  const there = payloadFormats(other);
  return payloadFormats(media).filter((format) => there.some((one) => isSame(one, format)));
}

function isSame(one: PayloadFormat, other: PayloadFormat): boolean {
  const isSameName = one.encoding.toLowerCase() === other.encoding.toLowerCase();
  return isSameName && one.clockRateHz === other.clockRateHz && one.channels === other.channels;
}

function withFormats(media: MediaDescription, formats: readonly PayloadFormat[]): MediaDescription {
  const kept = new Set(formats.map(({ payloadType }) => String(payloadType)));
  const lines = media.lines.filter((line) => {
    if (line.kind !== 'attribute' || !/^(?:rtpmap|fmtp|rtcp-fb)$/.test(line.name)) return true;
    const payloadType = line.value?.split(' ')[0] ?? '';
    return payloadType === '*' || kept.has(payloadType);
  });
  return { ...media, formats: [...kept], lines };
}

/** The answerer sends only what was asked for, and takes only what is sent. */
function narrowed(offered: Direction, wanted: Direction): Direction {
  const sends = maySend(wanted) && mayReceive(offered);
  const receives = mayReceive(wanted) && maySend(offered);
  if (sends) return receives ? 'sendrecv' : 'sendonly';
  return receives ? 'recvonly' : 'inactive';
}
