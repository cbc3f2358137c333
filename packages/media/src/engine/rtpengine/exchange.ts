import {
  type AnsweredDescription,
  type AnswerReading,
  newLeg,
  type OfferedDescription,
  readAnsweredStream,
  rewriteAnswer,
  rewriteOffer,
} from '../description/index.ts';
import type { AnswerRequest, MediaEngineError } from '../engine.ts';
import type { StreamEnd } from '../stream.ts';
import { type DialogParty, type MediaDialog, profileOf } from './dialogs.ts';

export type ExchangeResult =
  | { readonly ok: true; readonly sdp: string; readonly dialog: MediaDialog }
  | { readonly ok: false; readonly error: MediaEngineError };

/** The dialog after an offer, and the offer for its receiver, towards whom rtpengine has the end `local`. */
export function takeOffer(
  dialog: MediaDialog,
  offer: OfferedDescription,
  isFromCaller: boolean,
  local: StreamEnd,
): { readonly sdp: string; readonly dialog: MediaDialog } {
  const receiver = isFromCaller ? dialog.callee : dialog.caller;
  const offering = withSetup(local, 'actpass');
  const leg = receiver.leg ?? newLeg(receiver.sessionId, local.address ?? '0.0.0.0');
  const { profile } = receiver;
  const rewritten = rewriteOffer({ offer, local: offering, profile, leg, numbers: 'kept' });
  const last = { isFromCaller, offer, formats: rewritten.formats, local: offering };
  return { sdp: rewritten.sdp, dialog: { ...withReceiver(dialog, isFromCaller, { leg: rewritten.leg }), last } };
}

/** Reads the answer to the last offer of a dialog and finds out whether it can be taken; undefined without an offer. */
export function readAnswer(dialog: MediaDialog, { sdp, from }: AnswerRequest): AnswerReading | undefined {
  const { last } = dialog;
  const answerer = last?.isFromCaller ? dialog.callee : dialog.caller;
  if (!last || !answerer.leg) return undefined;
  const read = readAnsweredStream(sdp, answerer.leg.mediaIndex, last.local, { signalledFrom: from.signalledFrom });
  if (!read.ok) return read;
  const tried = takeAnswer(dialog, read.answer, last.local);
  return tried.ok ? read : tried;
}

/** Our end of a stream that was rejected before there was any. */
export const NO_END: StreamEnd = {
  address: undefined,
  port: 0,
  rtcpPort: 0,
  security: { kind: 'plain' },
  ice: undefined,
};

/** The dialog after an answer, and the answer for the offerer, towards whom rtpengine has the end `local`. */
export function takeAnswer(dialog: MediaDialog, answer: AnsweredDescription, local: StreamEnd): ExchangeResult {
  const { last } = dialog;
  const offerer = last?.isFromCaller ? dialog.caller : dialog.callee;
  const answerer = last?.isFromCaller ? dialog.callee : dialog.caller;
  if (!last || !answerer.leg) throw new Error('an answer was taken without an offer');
  const rewritten = rewriteAnswer({
    offer: last.offer,
    answer,
    offered: last.formats,
    local,
    offererLeg: offerer.leg ?? newLeg(offerer.sessionId, local.address ?? '0.0.0.0'),
    answererLeg: answerer.leg,
    numbers: 'kept',
  });
  if (!rewritten.ok) return rewritten;
  const agreed = answer.audio ? profileOf(answer.audio) : answerer.profile;
  const told = withOfferer(dialog, last.isFromCaller, { leg: rewritten.offererLeg });
  const heard = withReceiver(told, last.isFromCaller, { leg: rewritten.answererLeg, profile: agreed });
  return { ok: true, sdp: rewritten.sdp, dialog: { ...heard, codec: rewritten.agreed[0]?.encoding ?? dialog.codec } };
}

function withReceiver(dialog: MediaDialog, isFromCaller: boolean, change: Partial<DialogParty>): MediaDialog {
  return withOfferer(dialog, !isFromCaller, change);
}

function withOfferer(dialog: MediaDialog, isCaller: boolean, change: Partial<DialogParty>): MediaDialog {
  return isCaller
    ? { ...dialog, caller: { ...dialog.caller, ...change } }
    : { ...dialog, callee: { ...dialog.callee, ...change } };
}

function withSetup(end: StreamEnd, setup: 'actpass'): StreamEnd {
  return end.security.kind === 'dtls' ? { ...end, security: { ...end.security, setup } } : end;
}
