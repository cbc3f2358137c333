import type { Direction } from '../../sdp/model.ts';
import { mayReceive, maySend } from '../../sdp/negotiation.ts';
import type { AgreedFormat, DescriptionLeg, OfferedDescription, OfferedFormat } from '../description/index.ts';
import { payloadNumbers } from '../description/index.ts';
import type { MediaSide } from '../engine.ts';
import type { Fingerprint, IceCredentials, SdesKey, StreamEnd, StreamSecurity } from '../stream.ts';
import type { CallConfig, LegConfig, LegPorts, LegSecurity, LinkConfig, SdesSecret } from './control.ts';

/** Our end towards a party by DTLS: the association and who of us began it (RFC 8842). */
export interface DtlsState {
  readonly association: number;
  /** What this side does in the handshake; undefined until the party has said what it does. */
  readonly role: 'active' | 'passive' | undefined;
}

/** One party of a call, as the engine knows it. A plain record: a change makes a new one. */
export interface Party {
  readonly id: number;
  readonly side: MediaSide;
  readonly family: 4 | 6;
  readonly announcedAddress: string;
  /** Undefined until an answerer has its To tag. */
  readonly tag: string | undefined;
  readonly viaBranch: string | undefined;
  readonly signalledFrom: readonly string[];
  readonly security: StreamSecurity['kind'];
  readonly hasRtcpPort: boolean;
  /** What was agreed; before that, what was offered. */
  readonly rtcpMux: boolean;
  readonly ports: LegPorts | undefined;
  /** Ours. */
  readonly ice: IceCredentials | undefined;
  /** Ours. */
  readonly sdes: SdesKey | undefined;
  readonly dtls: DtlsState;
  /** What the party said last of its stream, once an exchange with it is complete. */
  readonly remote: StreamEnd | undefined;
  readonly description: DescriptionLeg;
}

/** An offer on its way to the answerer. */
export interface PendingOffer {
  readonly offererId: number;
  readonly offer: OfferedDescription;
  readonly formats: readonly OfferedFormat[];
}

/** What both agreed on. */
export interface Agreement {
  readonly offererId: number;
  readonly offererDirection: Direction;
  readonly answererDirection: Direction;
  readonly agreed: readonly AgreedFormat[];
  readonly offered: readonly OfferedFormat[];
  /** False: said in a provisional response only. */
  readonly isConfirmed: boolean;
}

/** An offerer and one of those it was forked to. */
export interface Pair {
  readonly callerId: number;
  readonly calleeId: number;
  readonly pending: PendingOffer | undefined;
  readonly agreement: Agreement | undefined;
  /** Counts up with each answer of the call: of several branches the latest is heard. */
  readonly answeredAs: number;
}

export interface CallState {
  readonly parties: readonly Party[];
  readonly pairs: readonly Pair[];
  readonly nextId: number;
  readonly answers: number;
}

export const NEW_CALL: CallState = { parties: [], pairs: [], nextId: 1, answers: 0 };

/** Timing that legs are told. */
export interface LegTiming {
  readonly inactivityMs: number;
  /** Other addresses of the host that has this one; `aliasesOf`. */
  aliasesOf(address: string): readonly string[];
}

/** What our side writes of itself towards a party. */
export function localEnd(
  party: Party,
  fingerprints: readonly Fingerprint[],
  setup: 'active' | 'passive' | 'actpass',
): StreamEnd {
  const port = party.ports?.port ?? 0;
  const rtcpPort = party.rtcpMux ? port : (party.ports?.rtcpPort ?? port);
  return { address: party.announcedAddress, port, rtcpPort, ice: party.ice, security: ownSecurity() };

  function ownSecurity(): StreamSecurity {
    if (party.security === 'sdes' && party.sdes) return { kind: 'sdes', key: party.sdes };
    return party.security === 'dtls' ? { kind: 'dtls', fingerprints, setup } : { kind: 'plain' };
  }
}

/** The pair whose parties hear each other: of a fork the branch that answered last. */
export function currentPair(call: CallState): Pair | undefined {
  return call.pairs
    .filter(({ agreement }) => agreement !== undefined)
    .reduce<Pair | undefined>(
      (latest, pair) => (latest && latest.answeredAs > pair.answeredAs ? latest : pair),
      undefined,
    );
}

/** What a worker is told of a call. */
export function configOf(call: CallState, timing: LegTiming): CallConfig {
  const pair = currentPair(call);
  const links = pair?.agreement ? linksOf(pair, pair.agreement) : [];
  return { legs: call.parties.map((party) => legOf(party, links, pair?.agreement, timing)), links };
}

function linksOf(pair: Pair, agreement: Agreement): readonly LinkConfig[] {
  const { offererId, offererDirection, answererDirection, agreed, offered } = agreement;
  if (agreed.length === 0) return [];
  const answererId = offererId === pair.callerId ? pair.calleeId : pair.callerId;
  const numbers = payloadNumbers(agreed, offered);
  return [
    {
      from: offererId,
      to: answererId,
      isOpen: maySend(offererDirection) && mayReceive(answererDirection),
      payloadTypes: numbers.towardsAnswerer,
    },
    {
      from: answererId,
      to: offererId,
      isOpen: maySend(answererDirection) && mayReceive(offererDirection),
      payloadTypes: numbers.towardsOfferer,
    },
  ];
}

function legOf(
  party: Party,
  links: readonly LinkConfig[],
  agreement: Agreement | undefined,
  { inactivityMs, aliasesOf }: LegTiming,
): LegConfig {
  const { id, side, family, hasRtcpPort, rtcpMux, ice, remote, signalledFrom } = party;
  const isHeard = links.some(({ from, isOpen }) => from === id && isOpen);
  return {
    id,
    side,
    family,
    hasRtcpPort,
    rtcpMux,
    security: legSecurity(party),
    ice: ice && { local: ice, remoteUfrag: remote?.ice?.ufrag },
    remote: remote && { address: remote.address, port: remote.port, rtcpPort: remote.rtcpPort },
    isConfirmed: agreement?.isConfirmed ?? false,
    signalledFrom: [...signalledFrom, ...aliasesOf(remote?.address ?? '')],
    inactivityMs: isHeard ? inactivityMs : 0,
    clockRateHz: agreement?.agreed[0]?.clockRateHz ?? 8_000,
  };
}

function legSecurity({ security, sdes, dtls, remote }: Party): LegSecurity {
  if (security === 'sdes' && sdes) {
    const theirs = remote?.security.kind === 'sdes' ? secretOf(remote.security.key) : undefined;
    return { kind: 'sdes', local: secretOf(sdes), remote: theirs };
  }
  if (security !== 'dtls') return { kind: 'plain' };
  const role = dtls.role && (dtls.role === 'active' ? 'client' : 'server');
  const fingerprints = remote?.security.kind === 'dtls' ? remote.security.fingerprints : undefined;
  return { kind: 'dtls', role, fingerprints, association: dtls.association };
}

function secretOf({ suite, keyAndSalt }: SdesKey): SdesSecret {
  return { suite, keyAndSalt: keyAndSalt.toString('base64') };
}
