/** What a station can ring: its desk phone, and the user's clients (all contacts of the UFIP device). */
export type RingTarget = 'desk' | 'clients';

/** Targets that start to ring `afterSec` after the call arrived, and ring on. */
export interface RingStage {
  readonly afterSec: number;
  readonly targets: readonly RingTarget[];
}

/** Why a call goes elsewhere or ends, written to the history. */
export type DivertReason = 'unconditional' | 'busy' | 'noAnswer' | 'unreachable' | 'declined';

/** Stable codes of refusals at call time; `REFUSALS` has status and text of each. */
export type RefusalCode =
  | 'unknownNumber'
  | 'incompleteNumber'
  | 'notAllowed'
  | 'callerSignedOff'
  | 'callerOutOfService'
  | 'callerUnknown'
  | 'ownNumber'
  | 'noRoute'
  | 'noUser'
  | 'featureRefused'
  | 'stationSignedOff'
  | 'busy'
  | 'noAnswer'
  | 'unreachable'
  | 'declined'
  | 'deflectionLoop'
  | 'tooManyDeflections';

/** The caller hears that it does not work: SIP status, stable code, English text fit for a Reason header. */
export interface Refusal {
  readonly kind: 'refuse';
  readonly status: number;
  readonly code: RefusalCode;
  readonly text: string;
}

/** The call goes on to another number, dialled anew by the station's class of service: give it to `deflect`. */
export interface Deflection {
  readonly kind: 'deflect';
  /** What is dialled. */
  readonly target: string;
  readonly reason: DivertReason;
  /** Id of the station that sends the call away. */
  readonly station: string;
  /** Ids of all stations the call has been sent away from, this one last. */
  readonly visited: readonly string[];
}

/** The call goes to a mailbox. */
export interface ToVoicemail {
  readonly kind: 'voicemail';
  /** Id of the user whose mailbox it is. */
  readonly user: string;
  readonly reason: DivertReason;
}

/** Where a call goes that nobody here answers. */
export type Outcome = Deflection | ToVoicemail | Refusal;

/** The call rings. */
export interface Ring {
  readonly kind: 'ring';
  /** Id of the station. */
  readonly station: string;
  /** At least one; the first has `afterSec` 0. */
  readonly stages: readonly RingStage[];
  /** From the first alerting until no answer. */
  readonly ringSec: number;
  /** True when it is the user's second call. */
  readonly isCallWaiting: boolean;
  readonly onNoAnswer: Outcome;
  /**
   * A device answered 486 or 600. `anyDevice`: the first one decides and the others stop ringing; `allDevices`: the
   * others ring on and the outcome holds when the last of them is busy.
   */
  readonly onBusy: { readonly decidedBy: 'anyDevice' | 'allDevices'; readonly outcome: Outcome };
  /** No device could be reached, or all failed otherwise. */
  readonly onUnreachable: Outcome;
  /** A device answered 603: declined everywhere. */
  readonly onDecline: Outcome;
}

/** What happens with a call to a station, decided once. */
export type Plan = Ring | Outcome;

/** What the home gateway knows about the called user at this moment. */
export interface CalleeState {
  readonly isDeskRegistered: boolean;
  readonly areClientsRegistered: boolean;
  /** Clients that are asleep can be woken: they ring as soon as they have registered. Absent: no. */
  readonly canClientsBeWoken?: boolean;
  /** The user's calls, running and alerting, on any device; not this one. */
  readonly callCount: number;
  /** Ids of the stations that sent this call away before (`Deflection.visited`). */
  readonly visited?: readonly string[];
}
