import type { MediaLegStatistics } from '../engine.ts';
import { asDictionary, type BencodedDictionary, dictionaryIn, listIn, numberIn } from './bencode.ts';
import type { DialogParty, MediaDialog } from './dialogs.ts';

interface Counts {
  readonly packets: number;
  readonly octets: number;
  readonly errors: number;
}

/** What `query` tells of each party of a call. rtpengine counts what it receives; what one received the other was sent. */
export function legStatistics(reply: BencodedDictionary, dialogs: readonly MediaDialog[]): MediaLegStatistics[] {
  const legs = new Map<string, MediaLegStatistics>();
  for (const dialog of dialogs) {
    for (const [party, other] of [[dialog.caller, dialog.callee] as const, [dialog.callee, dialog.caller] as const]) {
      if (party.tag === undefined) continue;
      const leg = legOf(reply, party, other, dialog.codec);
      const before = legs.get(party.tag);
      legs.set(party.tag, before ? withSent(before, leg) : leg);
    }
  }
  return [...legs.values()];
}

function legOf(
  reply: BencodedDictionary,
  party: DialogParty,
  other: DialogParty,
  codec: string | undefined,
): MediaLegStatistics {
  const received = countsOf(reply, party.tag);
  const sent = countsOf(reply, other.tag);
  return {
    tag: party.tag ?? '',
    side: party.side,
    security: party.profile.security,
    codec,
    packetsReceived: received.packets,
    octetsReceived: received.octets,
    packetsSent: sent.packets,
    octetsSent: sent.octets,
    packetsDropped: received.errors,
    ...qualityOf(reply, party.tag),
  };
}

/** The caller of a fork is sent what all callees are received. */
function withSent(leg: MediaLegStatistics, more: MediaLegStatistics): MediaLegStatistics {
  const packetsSent = leg.packetsSent + more.packetsSent;
  return { ...leg, packetsSent, octetsSent: leg.octetsSent + more.octetsSent };
}

function countsOf(reply: BencodedDictionary, tag: string | undefined): Counts {
  const counts = { packets: 0, octets: 0, errors: 0 };
  for (const stream of rtpStreams(reply, tag)) {
    const stats = dictionaryIn(stream, 'stats');
    counts.packets += numberIn(stats, 'packets') ?? 0;
    counts.octets += numberIn(stats, 'bytes') ?? 0;
    counts.errors += numberIn(stats, 'errors') ?? 0;
  }
  return counts;
}

/** Streams of a party that carry RTP. */
export function rtpStreams(reply: BencodedDictionary, tag: string | undefined): BencodedDictionary[] {
  if (tag === undefined) return [];
  return listIn(dictionaryIn(dictionaryIn(reply, 'tags'), tag), 'medias')
    .flatMap((media) => listIn(media, 'streams'))
    .filter((stream) => listIn(stream, 'flags').includes('RTP'))
    .map(asDictionary);
}

/** What RTCP reports said of a party's source, when there were any. */
function qualityOf(reply: BencodedDictionary, tag: string | undefined) {
  const sources = rtpStreams(reply, tag).map((stream) => numberIn(stream, 'SSRC'));
  const told = sources.map((ssrc) => dictionaryIn(dictionaryIn(reply, 'SSRC'), String(ssrc ?? '')));
  const average = told.map((source) => dictionaryIn(source, 'average MOS')).find((one) => numberIn(one, 'samples'));
  const tenths = numberIn(average, 'MOS');
  return {
    packetsLost: 0,
    jitterMs: numberIn(average, 'jitter'),
    roundTripMs: numberIn(average, 'round-trip time'),
    mos: tenths === undefined ? undefined : tenths / 10,
  };
}

/** False while a party of the dialog that speaks DTLS-SRTP has no keys yet. */
export function isSecured(reply: BencodedDictionary, { caller, callee }: MediaDialog): boolean {
  return [caller, callee].every(({ tag, profile }) => {
    if (profile.security !== 'dtls') return true;
    return rtpStreams(reply, tag).some((stream) => stream['crypto suite'] !== undefined);
  });
}
