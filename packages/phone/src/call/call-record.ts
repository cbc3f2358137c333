import type { RemoteIdentity } from '../sip/sip-port.ts';
import type { Call, ConferenceMember } from '../state.ts';
import type { Intent } from './call-end.ts';

/** A call with what screens do not see. */
export interface CallRecord extends Call {
  /** What was wanted here; says why it ends. */
  readonly intent?: Intent;
  /** The user has said here whether the microphone is on, which is more than what comes with the call. */
  readonly isMuteChosen?: boolean;
  /** Taken over from another device: its microphone is off until that is known to have been on. */
  readonly isPulled?: boolean;
  /** Since when it runs on the device that it comes from. */
  readonly runningSinceMs?: number;
}

/** What screens see of a call. */
export function callOf(record: CallRecord): Call {
  const { intent: _, isMuteChosen: __, isPulled: ___, runningSinceMs: ____, ...call } = record;
  return call;
}

/** What is so of every call at its beginning. */
export const NEW_CALL = {
  forwardedFrom: [],
  isEmergency: false,
  isConference: false,
  isMuted: false,
  isHeld: false,
  isHeldByOther: false,
  sentDigits: '',
  digitsToSend: '',
  audio: 'none',
  quality: { grade: 'unknown', warnings: [] },
} as const;

/** The answer says who it is, and where the call was taken over, how the microphone was. */
export function accepted(call: CallRecord, identity: RemoteIdentity, isMuted: boolean | undefined): CallRecord {
  const known = identified(call, identity);
  const isTold = call.isPulled && !call.isMuteChosen && isMuted !== undefined;
  return isTold ? { ...known, isMuted } : known;
}

export function isTalking(call: CallRecord): boolean {
  return call.phase === 'active' && !isToBeHeld(call);
}

/** Held, or about to be. */
export function isToBeHeld({ isHeld, holdChange }: CallRecord): boolean {
  return holdChange === undefined ? isHeld : holdChange === 'hold';
}

export function changing(call: CallRecord, holdChange: 'hold' | 'resume'): CallRecord {
  return { ...without(call, 'isHoldRefused'), holdChange };
}

/** The name of a directory stays when the network tells only a number. Whoever made a conference is its host until told otherwise. */
export function identified(call: CallRecord, { number, name, conference: address }: RemoteIdentity): CallRecord {
  const { party, conference } = call;
  if (address !== undefined) {
    const isHost = call.isConference;
    const known = conference?.address === address ? conference : { address, isHost, members: [] };
    return { ...call, party: {}, isConference: true, conference: known };
  }
  if (number === undefined || (number === party.number && name === undefined)) return call;
  return { ...call, party: { number, ...(name === undefined ? {} : { name }) } };
}

export function withMembers(call: CallRecord, members: readonly ConferenceMember[]): CallRecord {
  if (call.conference === undefined) return call;
  const isHost = members.some((member) => member.isHost && member.isSelf);
  return { ...call, conference: { ...call.conference, isHost, members } };
}

export function without<Name extends 'move' | 'consultationFor' | 'holdChange' | 'isHoldRefused'>(
  call: CallRecord,
  name: Name,
): CallRecord {
  const { [name]: _, ...rest } = call;
  return rest as CallRecord;
}
