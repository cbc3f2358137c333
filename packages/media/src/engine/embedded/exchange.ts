import { isIPv6 } from 'node:net';
import type { AddressFamily } from '../../sdp/target.ts';
import {
  answerSetup,
  type DescriptionFailure,
  newLeg,
  type OfferedDescription,
  readAnsweredStream,
  readOfferedStream,
  rewriteAnswer,
  rewriteOffer,
  SDES_KEY_OCTETS,
} from '../description/index.ts';
import type { AnswerRequest, MediaEngineError, MediaParty, MediaSide, OfferRequest } from '../engine.ts';
import type { Fingerprint, IceCredentials, SdesKey, SdesSuite, StreamEnd } from '../stream.ts';
import { findAnsweredPair, findPair, findParty, partyOf, withPair, withParty } from './call-state.ts';
import type { Face, MediaSecrets } from './options.ts';
import { type CallState, type DtlsState, localEnd, type Pair, type Party } from './party.ts';

/** What exchanges need to know of the engine. */
export interface ExchangeContext {
  readonly faces: readonly Face[];
  readonly fingerprint: Fingerprint;
  readonly secrets: MediaSecrets;
}

export type ExchangeFailure = { readonly ok: false; readonly error: MediaEngineError };

/** An offer before it has ports: `call` is how the call will be, and `finish` writes the text once it has them. */
export interface OfferPlan {
  readonly ok: true;
  readonly call: CallState;
  /** True when a party has come that needs ports. */
  readonly isLarger: boolean;
  finish(withPorts: CallState): { readonly call: CallState; readonly sdp: string };
}

const OFFERED_SUITE: SdesSuite = 'AES_CM_128_HMAC_SHA1_80';

/** Takes an offer: who offers to whom, and with what. Pure but for the secrets it draws. */
export function planOffer(
  before: CallState,
  request: OfferRequest,
  context: ExchangeContext,
): OfferPlan | ExchangeFailure {
  const read = readOfferedStream(request.sdp, readingOf(request.from, context));
  if (!read.ok) return read;
  const { offer } = read;
  const known = findPair(before, request);
  if (request.toTag !== undefined && !known && before.pairs.length > 0) return unknownCall(request);
  const offerer = (known && offererOf(before, known, request)) ?? findParty(before, request.fromTag);
  const caller = offerer ?? newOfferer(before.nextId, request, offer, context);
  let call = withParty(before, { ...caller, signalledFrom: request.from.signalledFrom ?? caller.signalledFrom });
  if (offer.audio.end.security.kind !== caller.security) return { ok: false, error: securityChanged(caller) };
  const callee = known ? otherOf(before, known, caller.id) : newAnswerer(call.nextId, request, context);
  call = withParty(call, callee);
  const pair = known ?? newPair(caller.id, callee.id);
  return { ok: true, call, isLarger: call.parties.length > before.parties.length, finish };

  function finish(withPorts: CallState) {
    const answerer = partyOf(withPorts, callee.id);
    const local = localEnd(answerer, [context.fingerprint], 'actpass');
    const profile = {
      rtcpMux: answerer.rtcpMux || !answerer.hasRtcpPort ? ('require' as const) : request.profile.rtcpMux,
    };
    const { sdp, leg, formats } = rewriteOffer({ offer, local, profile, leg: answerer.description });
    const told = withParty(withPorts, { ...answerer, description: leg });
    const pending = { offererId: caller.id, offer, formats };
    return { call: withPair(told, { ...pair, pending }), sdp };
  }
}

export type AnswerOutcome = { readonly ok: true; readonly call: CallState; readonly sdp: string } | ExchangeFailure;

/** Takes an answer. Pure but for the secrets it draws. */
export function takeAnswer(before: CallState, request: AnswerRequest, context: ExchangeContext): AnswerOutcome {
  const pair = findAnsweredPair(before, request);
  const pending = pair?.pending;
  if (!pair || !pending) return unknownCall(request);
  const answerer = otherOf(before, pair, pending.offererId);
  const offered = localEnd(answerer, [context.fingerprint], 'actpass');
  const reading = readingOf(request.from, context);
  const read = readAnsweredStream(request.sdp, answerer.description.mediaIndex, offered, reading);
  if (!read.ok) return read;
  const { answer } = read;
  const offerer = partyOf(before, pending.offererId);
  const told = answer.audio ? answeredOfferer(offerer, pending.offer, context) : offerer;
  const setup = told.dtls.role ?? 'active';
  const rewritten = rewriteAnswer({
    offer: pending.offer,
    answer,
    offered: pending.formats,
    local: localEnd(told, [context.fingerprint], setup),
    offererLeg: offerer.description,
    answererLeg: answerer.description,
  });
  if (!rewritten.ok) return rewritten;
  const heard = answer.audio ? answeredAnswerer(answerer, answer.audio.end, answer.audio.rtcpMux, request) : answerer;
  const agreement = {
    offererId: offerer.id,
    offererDirection: pending.offer.audio.direction,
    answererDirection: answer.audio?.direction ?? ('inactive' as const),
    agreed: rewritten.agreed,
    offered: pending.formats,
    isConfirmed: !request.isProvisional || (pair.agreement?.isConfirmed ?? false),
  };
  let call = withParty(before, { ...told, description: rewritten.offererLeg });
  call = withParty(call, {
    ...heard,
    tag: tagOf(before, pair, answerer, request),
    description: rewritten.answererLeg,
  });
  const answers = before.answers + 1;
  return {
    ok: true,
    call: { ...withPair(call, { ...pair, agreement, answeredAs: answers }), answers },
    sdp: rewritten.sdp,
  };
}

/** The tag of a callee comes with its first answer, and may change while a proxy further on forks. */
function tagOf(call: CallState, pair: Pair, answerer: Party, { toTag }: AnswerRequest): string | undefined {
  if (answerer.id !== pair.calleeId) return answerer.tag;
  return toTag !== undefined && partyOf(call, pair.callerId).tag !== toTag ? toTag : answerer.tag;
}

/** Our end towards the offerer once its offer is answered: secured as it offered, and where it said. */
function answeredOfferer(
  offerer: Party,
  { audio: { end, rtcpMux } }: OfferedDescription,
  { secrets }: ExchangeContext,
): Party {
  const isRestart = offerer.remote?.ice !== undefined && !sameCredentials(offerer.remote.ice, end.ice);
  const fresh = isRestart || !offerer.ice ? newIce(secrets) : offerer.ice;
  return {
    ...offerer,
    rtcpMux: rtcpMux || !offerer.hasRtcpPort,
    ice: end.ice && fresh,
    sdes: end.security.kind === 'sdes' ? answeringKey(end.security.key, offerer.sdes, secrets) : undefined,
    dtls: dtlsAfter(
      offerer,
      end,
      end.security.kind === 'dtls' ? answerSetup(end.security.setup, keptRole(offerer, end)) : undefined,
    ),
    remote: end,
  };
}

function answeredAnswerer(answerer: Party, end: StreamEnd, rtcpMux: boolean, request: AnswerRequest): Party {
  const role = end.security.kind !== 'dtls' ? undefined : end.security.setup === 'passive' ? 'active' : 'passive';
  return {
    ...answerer,
    signalledFrom: request.from.signalledFrom ?? answerer.signalledFrom,
    rtcpMux: rtcpMux || !answerer.hasRtcpPort,
    ice: end.ice && answerer.ice,
    dtls: dtlsAfter(answerer, end, role),
    remote: end,
  };
}

/** RFC 8842 §4: another certificate or another role makes a new association; else the one that runs goes on. */
function dtlsAfter(party: Party, end: StreamEnd, role: DtlsState['role']): DtlsState {
  const { association, role: before } = party.dtls;
  const isNew =
    party.remote !== undefined && (!sameCertificate(party.remote, end) || (before !== undefined && before !== role));
  return { association: isNew ? association + 1 : association, role };
}

function keptRole(party: Party, end: StreamEnd): 'active' | 'passive' | undefined {
  return party.remote && sameCertificate(party.remote, end) ? party.dtls.role : undefined;
}

function sameCertificate(before: StreamEnd, after: StreamEnd): boolean {
  if (before.security.kind !== 'dtls' || after.security.kind !== 'dtls')
    return before.security.kind === after.security.kind;
  const text = (prints: readonly Fingerprint[]) => prints.map(({ hash, value }) => `${hash} ${value}`).join();
  return text(before.security.fingerprints) === text(after.security.fingerprints);
}

function sameCredentials(before: IceCredentials, after: IceCredentials | undefined): boolean {
  return before.ufrag === after?.ufrag && before.password === after.password;
}

/** RFC 4568 §5.1.2: the answer repeats tag and suite, with a key of its own. */
function answeringKey(offered: SdesKey, own: SdesKey | undefined, secrets: MediaSecrets): SdesKey {
  const { tag, suite } = offered;
  return own?.suite === suite ? { ...own, tag } : newSdesKey(tag, suite, secrets);
}

function newOfferer(id: number, request: OfferRequest, { audio }: OfferedDescription, context: ExchangeContext): Party {
  const family = audio.end.address ? (isIPv6(audio.end.address) ? 6 : 4) : familyOf(request.from);
  return {
    ...newParty(id, request.from, family, context),
    tag: request.fromTag,
    viaBranch: undefined,
    security: audio.end.security.kind,
    hasRtcpPort: !audio.rtcpMux,
    rtcpMux: audio.rtcpMux,
    ice: undefined,
    sdes: undefined,
  };
}

function newAnswerer(id: number, request: OfferRequest, context: ExchangeContext): Party {
  const { security, ice, rtcpMux } = request.profile;
  return {
    ...newParty(id, request.to, familyOf(request.to), context),
    tag: request.toTag,
    viaBranch: request.viaBranch,
    security,
    hasRtcpPort: rtcpMux !== 'require',
    rtcpMux: rtcpMux === 'require',
    ice: ice ? newIce(context.secrets) : undefined,
    sdes: security === 'sdes' ? newSdesKey(1, OFFERED_SUITE, context.secrets) : undefined,
  };
}

function newParty(
  id: number,
  { side, signalledFrom = [] }: MediaParty,
  family: 4 | 6 | undefined,
  context: ExchangeContext,
) {
  const face = faceOf(context.faces, side, family);
  const sessionId = String(context.secrets.octets(6).readUIntBE(0, 6));
  return {
    id,
    side,
    signalledFrom,
    family: face.family,
    announcedAddress: face.announcedAddress,
    ports: undefined,
    dtls: { association: 1, role: undefined },
    remote: undefined,
    description: newLeg(sessionId, face.announcedAddress),
  };
}

function newPair(callerId: number, calleeId: number): Pair {
  return { callerId, calleeId, pending: undefined, agreement: undefined, answeredAs: 0 };
}

function faceOf(faces: readonly Face[], side: MediaSide, family: 4 | 6 | undefined): Face {
  const ofSide = faces.filter((face) => face.side === side);
  const face = ofSide.find((candidate) => candidate.family === family) ?? ofSide[0];
  if (!face) throw new Error(`no address for media on the ${side} side`);
  return face;
}

function familyOf({ signalledFrom }: MediaParty): 4 | 6 | undefined {
  const [address] = signalledFrom ?? [];
  if (address === undefined) return undefined;
  return isIPv6(address) && !/^::ffff:\d/i.test(address) ? 6 : 4;
}

function readingOf({ side, signalledFrom }: MediaParty, { faces }: ExchangeContext) {
  const ofSide = faces.filter((face) => face.side === side);
  return { families: ofSide.map(({ family }): AddressFamily => (family === 6 ? 'IP6' : 'IP4')), signalledFrom };
}

function newIce(secrets: MediaSecrets): IceCredentials {
  // RFC 8445 §5.3: at least 24 bits of name and 128 of password; base64 is made of ice-chars.
  return { ufrag: secrets.octets(6).toString('base64'), password: secrets.octets(18).toString('base64') };
}

function newSdesKey(tag: number, suite: SdesSuite, secrets: MediaSecrets): SdesKey {
  return { tag, suite, keyAndSalt: secrets.octets(SDES_KEY_OCTETS[suite]) };
}

function offererOf(call: CallState, pair: Pair, { fromTag }: OfferRequest): Party {
  const [caller, callee] = [partyOf(call, pair.callerId), partyOf(call, pair.calleeId)];
  return callee.tag === fromTag ? callee : caller;
}

function otherOf(call: CallState, pair: Pair, id: number): Party {
  return partyOf(call, pair.callerId === id ? pair.calleeId : pair.callerId);
}

/** A running session stays secured as it was agreed: a listener on the way could else undo it. */
function securityChanged({ security }: Party): MediaEngineError {
  return {
    code: 'unsupported-transport',
    message: `the stream is secured by ${security} and cannot change that within the call`,
  };
}

function unknownCall({ fromTag, toTag, viaBranch }: OfferRequest | AnswerRequest): DescriptionFailure {
  const key = [`From tag ${fromTag}`, toTag && `To tag ${toTag}`, viaBranch && `branch ${viaBranch}`].filter(Boolean);
  return { ok: false, error: { code: 'unknown-call', message: `no exchange is known by ${key.join(', ')}` } };
}
