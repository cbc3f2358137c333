/** Why something could not be done. Codes of the Connector (`PROBLEMS` of the contract) come through as they are. */
export interface PhoneProblem {
  /** For programs: a code of the Connector's, or one of `PhoneProblemCode`. */
  readonly code: PhoneProblemCode | (string & {});
  /** What happened, in English; people are told by the code. */
  readonly detail: string;
  readonly retryAfterSec?: number;
  /** Whom it is about: the number that was not reached, or the device (`desk`, `clients`, an id). */
  readonly target?: string;
}

/** Problems that arise here and not at the Connector. */
export type PhoneProblemCode =
  /** The Connector did not answer. */
  | 'cloudUnreachable'
  /** There is no registration at the phone system now. */
  | 'notReady'
  /** The call is not there any more, or not in a state in which this can be done. */
  | 'wrongCallState'
  /** Two calls are running already. */
  | 'tooManyCalls'
  /** No microphone, or it is not allowed. */
  | 'noMicrophone'
  /** What was written is no number. */
  | 'notANumber'
  /** More digits than a number has. */
  | 'numberTooLong'
  /** The phone system refused; `detail` has its words. */
  | 'refused'
  /** A transfer came back; the call is still here. */
  | 'transferBusy'
  | 'transferDeclined'
  | 'transferNoAnswer'
  | 'transferUnreachable'
  | 'transferNotFound'
  | 'transferRefused'
  /** A call was not taken by the device that it was to be moved to; it is still here. */
  | 'moveBusy'
  | 'moveDeclined'
  | 'moveNoAnswer'
  | 'moveUnreachable'
  | 'moveRefused'
  /** No answer within the time for it. */
  | 'timeout'
  /** Another tab has the calls and did not answer. */
  | 'noLeader'
  /** The phone system does not offer this. */
  | 'notOffered'
  /** Nobody is signed in. */
  | 'signedOut';

/** What became of a command. */
export type Outcome<T = undefined> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: PhoneProblem };

export const DONE: Outcome = { ok: true, value: undefined };

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export function failed(
  code: PhoneProblem['code'],
  detail: string,
  retryAfterSec?: number,
): { readonly ok: false; readonly problem: PhoneProblem } {
  return { ok: false, problem: { code, detail, ...(retryAfterSec === undefined ? {} : { retryAfterSec }) } };
}
