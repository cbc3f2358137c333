import { rejectedMedia } from '../../sdp/edit.ts';
import type { PayloadFormat } from '../../sdp/formats.ts';
import type { MediaDescription } from '../../sdp/model.ts';
import { shown } from '../../sdp/shown.ts';
import type { MediaProfile } from '../engine.ts';
import type { StreamEnd } from '../stream.ts';
import { type AgreedFormat, agreeFormats, isSpeech, numberFormats, type OfferedFormat } from './formats.ts';
import { type DescriptionLeg, say, sentMedia, type ToldLeg, withMoreNumbers, withNumbers } from './leg.ts';
import type { AnsweredDescription, AudioStream, DescriptionFailure, OfferedDescription } from './read.ts';
import { failed } from './read.ts';
import { offeredProtocol } from './security.ts';
import { audioSection, plainMid, session } from './write.ts';

/** An offer on its way to the party that receives it. */
export interface OfferRewrite {
  readonly offer: OfferedDescription;
  /** Our end towards the receiver; with DTLS its setup is `actpass`. */
  readonly local: StreamEnd;
  readonly profile: Pick<MediaProfile, 'rtcpMux'>;
  /** The receiver's leg. */
  readonly leg: DescriptionLeg;
  readonly numbers?: PayloadNumbering | undefined;
}

/**
 * `mapped` (the default): each party has its own numbers, and the relay changes them on the way. `kept`: for relays that
 * change none, each party is told the numbers of the other, as RFC 3264 §6.1 allows.
 */
export type PayloadNumbering = 'mapped' | 'kept';

export interface RewrittenOffer {
  /** What to send: `leg.sent`. */
  readonly sdp: string;
  /** The receiver's leg with this offer. */
  readonly leg: ToldLeg;
  /** Formats with the receiver's numbers; `rewriteAnswer` needs them. */
  readonly formats: readonly OfferedFormat[];
}

/**
 * The offer as the receiver gets it: one audio stream at our address, secured as `local` says, with every format of the
 * offer. What is not carried (video) is not shown to a receiver that never saw it; in a running session every `m=` line
 * stays where it was (RFC 3264 §8). No address of the offerer is left. Never throws.
 */
export function rewriteOffer({ offer, local, profile, leg, numbers }: OfferRewrite): RewrittenOffer {
  const formats = numberFormats(offer.audio.formats, numbers === 'kept' ? [] : leg.numbers);
  const before = sentMedia(leg);
  const mid = midTowards(leg, before, offer.sdp.media[offer.audio.mediaIndex], local);
  const audio = audioSection({
    source: sourceOf(offer),
    local,
    protocol: offeredProtocol(local.security),
    formats: formats.map(({ format }) => format),
    direction: offer.audio.direction,
    mid,
    rtcpMux: profile.rtcpMux !== 'none',
  });
  const media = withStream(before.map(rejectedMedia), leg.mediaIndex, audio);
  const bundled = local.ice ? mid : undefined;
  const said = say(leg, session(local, offer.sdp, offer.sdp, media, bundled), leg.mediaIndex);
  const told = {
    ...withNumbers(
      said,
      formats.map(({ format }) => format),
    ),
    sent: said.sent,
  };
  return { sdp: said.sent, leg: told, formats };
}

/** The stream's name on a leg never changes; where ICE is spoken it has one, because browsers bundle. */
function midTowards(
  leg: DescriptionLeg,
  before: readonly MediaDescription[],
  offered: MediaDescription | undefined,
  local: StreamEnd,
): string | undefined {
  const spoken = before[leg.mediaIndex];
  if (spoken) return plainMid(spoken) ?? (local.ice ? '0' : undefined);
  return local.ice ? (plainMid(offered) ?? '0') : undefined;
}

/** An answer on its way to the party that offered. */
export interface AnswerRewrite {
  readonly offer: OfferedDescription;
  readonly answer: AnsweredDescription;
  /** What the answerer was offered, from `rewriteOffer`. */
  readonly offered: readonly OfferedFormat[];
  /**
   * Our end towards the offerer: with DTLS its setup is `answerSetup` of the offered one, with SDES tag and suite are those
   * of the offered key.
   */
  readonly local: StreamEnd;
  readonly offererLeg: DescriptionLeg;
  readonly answererLeg: DescriptionLeg;
  readonly numbers?: PayloadNumbering | undefined;
}

export interface RewrittenAnswer {
  readonly ok: true;
  /** What to send: `offererLeg.sent`. */
  readonly sdp: string;
  readonly offererLeg: ToldLeg;
  readonly answererLeg: DescriptionLeg;
  /** In the answer's order of preference; empty when the stream was rejected. */
  readonly agreed: readonly AgreedFormat[];
}

/**
 * The answer as the offerer gets it: each stream in the place where it was offered, audio with the offerer's own payload
 * numbers, all others rejected (RFC 3264 §6). Error: `no-common-codec` when nothing was agreed that people can hear.
 * Never throws.
 */
export function rewriteAnswer(rewrite: AnswerRewrite): RewrittenAnswer | DescriptionFailure {
  const { offer, answer, offered, local } = rewrite;
  const { mediaIndex, mid, isBundled } = offer.audio;
  const agreed = answer.audio ? agreeFormats(offered, answer.audio.formats) : [];
  if (answer.audio && !agreed.some(isSpeech)) {
    return failed('no-common-codec', noCommonCodec(offer.audio.formats, answer.audio.formats));
  }
  const rejected = offer.sdp.media.map(rejectedMedia);
  const media = answer.audio
    ? withStream(rejected, mediaIndex, answeredSection(rewrite, answer.audio, agreed))
    : rejected;
  const bundled = answer.audio && isBundled ? mid : undefined;
  const sdp = session(local, answer.sdp, offer.sdp, media, bundled);
  const offererLeg = say(withNumbers(rewrite.offererLeg, offer.audio.formats), sdp, mediaIndex);
  const answererLeg = withMoreNumbers(rewrite.answererLeg, answer.audio?.formats ?? []);
  return { ok: true, sdp: offererLeg.sent, offererLeg, answererLeg, agreed };
}

function answeredSection(
  { offer, answer, local, numbers }: AnswerRewrite,
  audio: AudioStream,
  agreed: readonly AgreedFormat[],
): MediaDescription {
  const parameters = new Map(audio.formats.map((format) => [format.payloadType, format.parameters]));
  return audioSection({
    source: sourceOf({ sdp: answer.sdp, audio }),
    local,
    protocol: offer.audio.protocol,
    formats: agreed.map(({ encoding, clockRateHz, channels, offerer, answerer }) => ({
      payloadType: numbers === 'kept' ? answerer : offerer,
      encoding,
      clockRateHz,
      channels,
      parameters: parameters.get(answerer) ?? null,
    })),
    direction: audio.direction,
    mid: offer.audio.mid,
    rtcpMux: offer.audio.rtcpMux && local.rtcpPort === local.port,
  });
}

const NOTHING: MediaDescription = {
  media: 'audio',
  port: 0,
  portCount: 1,
  protocol: 'RTP/AVP',
  formats: ['0'],
  lines: [],
};

function sourceOf({ sdp, audio }: OfferedDescription): MediaDescription {
  return sdp.media[audio.mediaIndex] ?? NOTHING;
}

function withStream(media: readonly MediaDescription[], index: number, stream: MediaDescription): MediaDescription[] {
  return Array.from({ length: Math.max(media.length, index + 1) }, (_, i) =>
    i === index ? stream : (media[i] ?? NOTHING),
  );
}

function noCommonCodec(offered: readonly PayloadFormat[], answered: readonly PayloadFormat[]): string {
  const names = (formats: readonly PayloadFormat[]) =>
    shown(
      formats
        .filter(isSpeech)
        .map(({ encoding }) => encoding)
        .join(', '),
    );
  return `no common codec: offered ${names(offered)}, answered ${names(answered)}`;
}
