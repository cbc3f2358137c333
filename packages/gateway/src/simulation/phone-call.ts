import type { Payload, Session, SipResponse, UacInvite, UasInvite } from '@unisono/sip';
import type { PhoneMedia } from './phone-media.ts';
import { PhoneMicrophone } from './phone-microphone.ts';

/** What became of a call, as its phone saw it. */
export type PhoneCallState = 'calling' | 'ringing' | 'answered' | 'ended';

/** One call at a simulated phone. */
export interface PhoneCall {
  readonly direction: 'in' | 'out';
  /** From of an incoming call, as displayed. */
  readonly shownFrom: string;
  /** What an outgoing call dialled. */
  readonly dialled: string;
  readonly media: PhoneMedia;
  readonly microphone: PhoneMicrophone;
  readonly startedAtMs: number;
  /** An outgoing call whose INVITE carried no description. */
  readonly isWithoutOffer: boolean;
  state: PhoneCallState;
  /** Final status of an outgoing call that was not answered; 408 also when no answer came at all. */
  status: number | undefined;
  /** Status by which the phone refused an incoming call. */
  refusedWith: number | undefined;
  /** Reason header of the CANCEL or BYE that ended it. */
  endReason: string | undefined;
  /** True when the phone lost it: power cut, restart. */
  isLost: boolean;
  session: Session | undefined;
  invite: UasInvite | UacInvite;
  /** Statuses of the provisional responses an outgoing call heard. */
  progress: number[];
  /** The answer we sent in an early response: the 200 repeats it. */
  early: Payload | undefined;
  remoteSdp: string | undefined;
  /** The answer to an outgoing call. */
  accepted?: SipResponse;
  /** Answer to a REFER of this phone. */
  referStatus?: number;
  /** First lines of the NOTIFYs that followed. */
  notified?: string[];
}

export function newPhoneCall(
  fixed: Pick<PhoneCall, 'direction' | 'shownFrom' | 'dialled' | 'media' | 'startedAtMs' | 'isWithoutOffer' | 'invite'>,
): PhoneCall {
  return {
    ...fixed,
    microphone: new PhoneMicrophone(),
    state: fixed.direction === 'in' ? 'ringing' : 'calling',
    status: undefined,
    refusedWith: undefined,
    endReason: undefined,
    isLost: false,
    session: undefined,
    progress: [],
    early: undefined,
    remoteSdp: undefined,
  };
}
