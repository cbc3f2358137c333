import type { SipMessage, SipRequest, SipResponse } from '@unisono/sip';
import type { Who } from './directory.ts';

/** One dialog of the gateway with a phone or trunk, as the messages at its door tell. */
export interface Leg {
  readonly callId: string;
  readonly who: Who;
  readonly address: string;
  /** `caller`: the device invited the gateway. `callee`: the gateway invited the device. */
  readonly role: 'caller' | 'callee';
  /** User part of what was dialled. */
  readonly dialled: string;
  readonly hasOffer: boolean;
  readonly isTakeover: boolean;
  readonly maxForwards: number;
  group: Group;
  state: 'inviting' | 'up' | 'over';
  /** CSeq number of the INVITE that is worked on. */
  sequence: number;
  /** INVITEs that began it: more than one when it was tried again. */
  tries: number;
  invitedAtMs: number;
  /** Number of the message that invited it. */
  invitedBy: number;
  /** When it was answered; undefined before. */
  upAtMs: number | undefined;
  /** Number of the message that answered it. */
  upBy: number | undefined;
  /** When it was over; undefined before. */
  overAtMs: number | undefined;
  /** Over because the gateway died. */
  isInterrupted: boolean;
  hasProvisional: boolean;
  /** Told that its transfer worked: the BYE follows. */
  isLeaving: boolean;
  /** When the gateway sent CANCEL (callee) or got one (caller). */
  cancelledAtMs: number | undefined;
  finalStatus: number | undefined;
  /** Where the device wants its audio. */
  mediaKey: string | undefined;
  /** Tags of the dialog: ours in what we send at once, the rest once it is answered. */
  gatewayTag: string | undefined;
  deviceTag: string | undefined;
  /** The leg of another device of the same user whose place it takes: pulled, pushed or picked up. */
  readonly follows: Leg | undefined;
  /** Its user withholds the number (RFC 3323). */
  readonly isWithheld: boolean;
  /** The device goes on with the microphone as it was. */
  takesMicrophone: boolean;
  /** The microphone is off, as far as the gateway was told, or told the device. */
  isMuted: boolean;
  /** What the device told of it last. */
  told: { readonly sequence: number; readonly isMuted: boolean } | undefined;
  /** Number of the last REFER of the device. */
  referredBy: number;
}

/** Dialogs that belong together: the legs of one call, with whomever it was forked, deflected or transferred to. */
export interface Group {
  readonly number: number;
  readonly legs: Set<Leg>;
  /** REFERs and takeovers seen: from then on legs may come and go while others are up. */
  moves: number;
  /** Number of the last message that sent the call elsewhere: a REFER, a 181. */
  movedBy: number;
}

/** Info Package in which a client tells of its microphone. */
const MICROPHONE = 'unisono-microphone';

/** 64×T1: after so long without any response the gateway gives an INVITE up. */
export const GIVE_UP_MS = 32_000;

/** It is answered. */
export function noteAnswer(leg: Leg, response: SipResponse): void {
  const [from, to] = [response.from.tag, response.to.tag];
  [leg.deviceTag, leg.gatewayTag] = leg.role === 'caller' ? [from, to] : [to, from];
  if (leg.role === 'callee') leg.takesMicrophone = knowsMicrophone(response);
  const isHanded = leg.role === 'caller' ? response.headers.has('Unisono-Microphone') : leg.isMuted;
  leg.isMuted = isHanded && leg.takesMicrophone;
}

export function knowsMicrophone({ headers }: SipMessage): boolean {
  return headers.hasToken('Recv-Info', MICROPHONE);
}

/** The device tells of its microphone; it counts when that is answered. */
export function noteMicrophone(leg: Leg, { headers, cseq, body }: SipRequest): void {
  if (headers.get('Info-Package') !== MICROPHONE || cseq.sequence <= (leg.told?.sequence ?? 0)) return;
  leg.told = { sequence: cseq.sequence, isMuted: body.toString() === 'muted' };
}

/** The gateway has answered an INFO. */
export function noteInfoAnswer(leg: Leg, { status, cseq }: SipResponse): void {
  if (status === 200 && cseq.sequence === leg.told?.sequence) leg.isMuted = leg.told.isMuted;
}

/** Who made the call, as the devices of that user see it, whichever of them has it. */
export function directionOf({ follows, role }: Leg): 'initiator' | 'recipient' {
  if (follows) return directionOf(follows);
  return role === 'caller' ? 'initiator' : 'recipient';
}

/** Whether the other party may not know with whom it talks, whichever device of that user has the call. */
export function isAnonymous({ follows, isWithheld }: Leg): boolean {
  return follows ? isAnonymous(follows) : isWithheld;
}

/** Called at somebody else's now: those called before are given up. */
export function noteElsewhere({ role, who, group, invitedBy }: Leg): void {
  const isElsewhere = (other: Leg) => other.role === 'callee' && other.who.station !== who.station;
  if (role === 'callee' && [...group.legs].some(isElsewhere)) group.movedBy = invitedBy;
}

export function noteMove(group: Group, number: number): void {
  group.moves++;
  group.movedBy = number;
}

/** True while a leg counts as a call of its user. */
export function isLive(leg: Leg, nowMs: number): boolean {
  if (leg.state !== 'inviting') return leg.state === 'up' && !leg.isLeaving;
  if (leg.cancelledAtMs !== undefined) return false;
  if (leg.role === 'caller') return true;
  return isWanted(leg) && (leg.hasProvisional || nowMs - leg.invitedAtMs < GIVE_UP_MS);
}

/** A branch that has not been heard of cannot be cancelled: it is given up in silence when nobody waits for it any more. */
function isWanted({ group, invitedBy, invitedAtMs }: Leg): boolean {
  if (group.movedBy > invitedBy) return false;
  for (const { role, state, cancelledAtMs } of group.legs) {
    if (role === 'caller' && state === 'inviting' && cancelledAtMs === undefined) return true;
  }
  // Rung for a transfer that nobody has answered yet.
  if (group.moves === 0) return false;
  return ![...group.legs].some(
    ({ role, upAtMs }) => role === 'callee' && upAtMs !== undefined && upAtMs >= invitedAtMs,
  );
}
