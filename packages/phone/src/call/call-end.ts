import type { SipEnding } from '../sip/sip-port.ts';
import type { Call, CallEnd, CallEndReason } from '../state.ts';
import { type Reason, readReasons } from './reason.ts';
import { saidOf } from './said.ts';

/** What was wanted here before a call ended; it says more than the message that ended it. */
export type Intent = 'hangUp' | 'decline' | 'deflect' | 'transferred' | 'merged' | 'moved';

/**
 * Why a call ended, truthfully, from what was wanted here and what was said on the wire. A call that rang here is missed only when
 * nobody of this user had anything to do with its end.
 */
export function callEnd(
  call: Pick<Call, 'direction' | 'answeredAtMs' | 'phase' | 'movedFrom'>,
  intent: Intent | undefined,
  ending: SipEnding,
): CallEnd {
  const reasons = readReasons(ending.reasons);
  const reason = reasonOf(call, intent, ending, reasons);
  // One that was being answered here was not missed, whatever came of it; nor is one that goes on where it was.
  const isMissed =
    call.movedFrom === undefined && call.direction === 'incoming' && call.phase === 'incoming' && MISSED.has(reason);
  const answeredOn = reason === 'answeredElsewhere' ? deviceOf(reasons) : undefined;
  const { status, detail } = ending;
  return {
    reason,
    isMissed,
    ...(answeredOn === undefined ? {} : { answeredOn }),
    ...(status === undefined ? {} : { status }),
    ...(detail === undefined || detail === '' ? {} : { detail }),
  };
}

const MISSED: ReadonlySet<CallEndReason> = new Set(['cancelled', 'noAnswer', 'failed', 'unreachable', 'busy']);

function reasonOf(
  call: Pick<Call, 'direction' | 'answeredAtMs'>,
  intent: Intent | undefined,
  ending: SipEnding,
  reasons: readonly Reason[],
): CallEndReason {
  const cause = reasons.find(({ protocol }) => protocol === 'SIP')?.cause;
  if (call.answeredAtMs !== undefined) return afterAnswer(intent, ending, reasons, cause);
  if (intent === 'decline') return 'declinedHere';
  if (intent === 'deflect') return 'deflectedHere';
  if (intent === 'hangUp') return 'cancelled';
  if (ending.how === 'media' || ending.how === 'connection') return 'failed';
  return call.direction === 'incoming' ? withdrawn(cause, reasons) : notAnswered(ending, cause);
}

function afterAnswer(
  intent: Intent | undefined,
  ending: SipEnding,
  reasons: readonly Reason[],
  cause: number | undefined,
): CallEndReason {
  if (intent === 'transferred' || intent === 'merged' || intent === 'moved') return intent;
  if (intent === 'hangUp') return 'hungUpHere';
  if (ending.how !== 'bye') return 'failed';
  if (cause === 200 && reasons.some(({ text }) => /transfer/i.test(text ?? ''))) return 'transferred';
  if (cause === 200 && reasons.some(({ text }) => /elsewhere/i.test(text ?? ''))) return 'moved';
  if (cause === 200 && reasons.some(({ text }) => /removed/i.test(text ?? ''))) return 'removed';
  if (cause === 200 && reasons.some(({ text }) => /conference ended/i.test(text ?? ''))) return 'conferenceOver';
  if (cause !== undefined && cause >= 400) return 'failed';
  return ending.by === 'here' ? 'hungUpHere' : 'hungUpThere';
}

/** An incoming call that was taken back (RFC 3326 §2): by the caller, unless a Reason says otherwise. */
function withdrawn(cause: number | undefined, reasons: readonly Reason[]): CallEndReason {
  if (cause === 200) return 'answeredElsewhere';
  if (cause === 603 || cause === 486 || cause === 600) return 'declinedElsewhere';
  if (cause !== undefined && cause >= 300 && cause < 400) return 'deflectedElsewhere';
  if (cause === 408 || cause === 480) return 'noAnswer';
  if (reasons.some(({ protocol, cause: isdn }) => protocol === 'Q.850' && (isdn === 19 || isdn === 102)))
    return 'noAnswer';
  if (cause !== undefined && cause >= 500) return 'failed';
  return 'cancelled';
}

const BY_STATUS: Readonly<Record<number, CallEndReason>> = {
  401: 'refused',
  402: 'refused',
  403: 'refused',
  404: 'notFound',
  407: 'refused',
  408: 'noAnswer',
  410: 'notFound',
  480: 'unreachable',
  484: 'notFound',
  486: 'busy',
  487: 'cancelled',
  600: 'busy',
  603: 'declined',
  604: 'notFound',
};

/** An outgoing call that was not answered. Where a Reason says more than the status, it counts: 480 with SIP;cause=408 is no answer. */
function notAnswered({ status, how, detail }: SipEnding, cause: number | undefined): CallEndReason {
  if (how === 'timeout') return 'failed';
  const told = cause === undefined || cause < 400 ? undefined : BY_STATUS[cause];
  const said = saidOf(detail);
  if (said === 'noRoute' || said === 'noTrunk') return 'noLine';
  if (told !== undefined) return told;
  if (status === undefined) return 'failed';
  return BY_STATUS[status] ?? 'failed';
}

function deviceOf(reasons: readonly Reason[]): string | undefined {
  return reasons.find(({ answeredOn }) => answeredOn !== undefined)?.answeredOn;
}
