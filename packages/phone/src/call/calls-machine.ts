import type { PhoneProblem } from '../outcome.ts';
import type { RemoteIdentity, SipEnding } from '../sip/sip-port.ts';
import type { Call, CallMove, CallParty, CallQuality, ConferenceMember } from '../state.ts';
import { callEnd, type Intent } from './call-end.ts';
import {
  accepted,
  type CallRecord,
  changing,
  identified,
  isTalking,
  isToBeHeld,
  NEW_CALL,
  withMembers,
  without,
} from './call-record.ts';

/** The calls of this device as a pure machine: commands of people are decided on, events of the user agent are taken in. */
export interface CallsMachine {
  readonly calls: readonly CallRecord[];
}

export type CallCommand =
  | {
      readonly type: 'dial';
      readonly callId: string;
      readonly number: string;
      /** Sent when answered; begins with a pause. */
      readonly digits: string;
      readonly isEmergency: boolean;
      readonly party?: CallParty;
      readonly consultationFor?: string;
      readonly feature?: string;
      /** For the address that is called, where it is not the number. */
      readonly target?: string;
      readonly isMuted?: boolean;
      readonly isPulled?: boolean;
      readonly runningSinceMs?: number;
      readonly direction?: Call['direction'];
      /** The call is to a conference that others will join: more than two for a while, and nobody is held for it. */
      readonly isConference?: boolean;
    }
  | { readonly type: 'answer' | 'decline' | 'hangUp' | 'hold' | 'resume' | 'dismiss'; readonly callId: string }
  | { readonly type: 'deflect'; readonly callId: string; readonly target: string }
  | { readonly type: 'mute'; readonly callId: string; readonly isMuted: boolean }
  | { readonly type: 'digits'; readonly callId: string; readonly digits: string }
  | { readonly type: 'swap' }
  | { readonly type: 'move'; readonly callId: string; readonly move: CallMove };

export type CallsEvent =
  | {
      readonly type: 'invited';
      readonly callId: string;
      readonly party: CallParty;
      readonly forwardedFrom: readonly CallParty[];
      readonly isMuted?: boolean;
      readonly movedFrom?: string;
      readonly runningSinceMs?: number;
    }
  | { readonly type: 'progress'; readonly callId: string; readonly status: number; readonly identity: RemoteIdentity }
  | {
      readonly type: 'accepted';
      readonly callId: string;
      readonly identity: RemoteIdentity;
      /** The device that the call was taken from had its microphone off. */
      readonly isMuted?: boolean;
    }
  | { readonly type: 'confirmed'; readonly callId: string }
  | { readonly type: 'heldByOther'; readonly callId: string; readonly isHeld: boolean }
  /** What came of a hold, or of its end. */
  | { readonly type: 'holdSettled'; readonly callId: string; readonly isHeld: boolean; readonly isAgreed: boolean }
  | { readonly type: 'audio'; readonly callId: string; readonly audio: Call['audio'] }
  | { readonly type: 'quality'; readonly callId: string; readonly quality: CallQuality }
  | { readonly type: 'identity'; readonly callId: string; readonly identity: RemoteIdentity }
  | { readonly type: 'members'; readonly callId: string; readonly members: readonly ConferenceMember[] }
  | { readonly type: 'named'; readonly callId: string; readonly name: string }
  | { readonly type: 'ended'; readonly callId: string; readonly ending: SipEnding }
  | { readonly type: 'moveFailed'; readonly callId: string }
  /** The move succeeded: this call is about to end for that reason. */
  | { readonly type: 'moveDone'; readonly callId: string; readonly intent: Intent }
  | { readonly type: 'forget'; readonly callId: string };

export type CallEffect =
  | { readonly do: 'invite'; readonly callId: string; readonly target: string }
  | { readonly do: 'accept' | 'hangUp'; readonly callId: string }
  | { readonly do: 'reject'; readonly callId: string; readonly status: 486 | 603 | 302; readonly contact?: string }
  | { readonly do: 'hold'; readonly callId: string; readonly isHeld: boolean }
  | { readonly do: 'mute'; readonly callId: string; readonly isMuted: boolean }
  | { readonly do: 'digits'; readonly callId: string; readonly digits: string }
  /** The phone system ends a call that was moved away; should it forget to, we do. */
  | { readonly do: 'hangUpLater'; readonly callId: string }
  | { readonly do: 'forgetLater'; readonly callId: string };

export interface CallsStep {
  readonly state: CallsMachine;
  readonly effects: readonly CallEffect[];
}

export type Decision = CallsStep | { readonly refused: PhoneProblem };

/** With call waiting a user has two calls at most. */
const MAX_CALLS = 2;

export const NO_CALLS: CallsMachine = { calls: [] };

/** What a command of a person leads to, or why it cannot be followed. */
export function decide(state: CallsMachine, command: CallCommand, nowMs: number): Decision {
  if (command.type === 'dial') return dial(state, command, nowMs);
  if (command.type === 'swap') return swap(state);
  const call = state.calls.find(({ id }) => id === command.callId);
  if (call === undefined) return refuse('wrongCallState', 'This call is not there any more.');
  if (command.type === 'dismiss') return dismiss(state, call);
  if (call.phase === 'ended') return refuse('wrongCallState', 'This call has ended.');
  return decideForCall(state, call, command);
}

function decideForCall(
  state: CallsMachine,
  call: CallRecord,
  command: Exclude<CallCommand, { readonly type: 'dial' | 'swap' | 'dismiss' }>,
): Decision {
  const { id: callId } = call;
  switch (command.type) {
    case 'answer':
      if (call.phase !== 'incoming') return refuse('wrongCallState', 'This call does not ring here.');
      return withOthersHeld(put(state, { ...call, phase: 'answering', audio: 'connecting' }), callId, [
        { do: 'accept', callId },
      ]);
    case 'decline':
      return refuseRinging(state, call, 'decline', { do: 'reject', callId, status: 603 });
    case 'deflect':
      return refuseRinging(state, call, 'deflect', { do: 'reject', callId, status: 302, contact: command.target });
    case 'hangUp':
      if (call.phase === 'incoming') return decideForCall(state, call, { type: 'decline', callId });
      return step(put(state, { ...call, intent: call.intent ?? 'hangUp' }), { do: 'hangUp', callId });
    case 'mute':
      if (call.isMuted === command.isMuted) return step(state);
      return mute(state, { ...call, isMuteChosen: true }, command.isMuted);
    case 'hold':
      return hold(state, call, true);
    case 'resume':
      return hold(state, call, false);
    case 'digits':
      return digits(state, call, command.digits);
    case 'move':
      return move(state, call, command.move);
    default:
      return step(state);
  }
}

/** What an event of the user agent changes. Events of calls that are not known change nothing. */
export function observe(state: CallsMachine, event: CallsEvent, nowMs: number): CallsStep {
  if (event.type === 'invited') return invited(state, event, nowMs);
  const call = state.calls.find(({ id }) => id === event.callId);
  if (call === undefined) return step(state);
  if (event.type === 'forget') return step({ calls: state.calls.filter((one) => one !== call) });
  if (call.phase === 'ended') return step(state);
  return observeCall(state, call, event, nowMs);
}

function observeCall(
  state: CallsMachine,
  call: CallRecord,
  event: Exclude<CallsEvent, { readonly type: 'invited' | 'forget' }>,
  nowMs: number,
): CallsStep {
  switch (event.type) {
    case 'progress':
      if (call.phase !== 'dialling' || event.status < 180) return step(state);
      return step(put(state, { ...identified(call, event.identity), phase: 'alerting' }));
    case 'accepted':
      if (call.direction === 'incoming' && call.phase !== 'dialling') return step(state);
      return active(state, accepted(call, event.identity, event.isMuted), nowMs);
    case 'confirmed':
      return confirmed(call.phase === 'active' ? step(state) : active(state, call, nowMs), call.id);
    case 'heldByOther':
      return step(put(state, { ...call, isHeldByOther: event.isHeld }));
    case 'holdSettled':
      return holdSettled(state, call, event);
    case 'audio':
      return step(call.audio === event.audio ? state : put(state, { ...call, audio: event.audio }));
    case 'quality':
      return step(put(state, { ...call, quality: event.quality }));
    case 'identity':
      return step(put(state, identified(call, event.identity)));
    case 'members':
      return step(put(state, withMembers(call, event.members)));
    case 'named':
      return step(put(state, { ...call, party: { ...call.party, name: call.party.name ?? event.name } }));
    case 'moveFailed':
      return step(put(state, without(call, 'move')));
    case 'moveDone':
      return step(put(state, { ...call, intent: event.intent }), { do: 'hangUpLater', callId: call.id });
    case 'ended':
      return ended(state, call, event.ending, nowMs);
  }
}

function dial(state: CallsMachine, command: CallCommand & { readonly type: 'dial' }, nowMs: number): Decision {
  const { callId, number, isEmergency, consultationFor, isConference = false } = command;
  const running = state.calls.filter(({ phase }) => phase !== 'ended');
  if (running.length >= MAX_CALLS && !isEmergency && !isConference)
    return refuse('tooManyCalls', 'Two calls are there already.');
  const call: CallRecord = {
    ...NEW_CALL,
    id: callId,
    direction: command.direction ?? 'outgoing',
    phase: 'dialling',
    party: command.party ?? { number },
    dialled: number,
    isSecond: running.length > 0,
    isEmergency,
    isConference,
    isMuted: command.isMuted ?? false,
    isPulled: command.isPulled ?? false,
    startedAtMs: nowMs,
    digitsToSend: command.digits,
    ...(consultationFor === undefined ? {} : { consultationFor }),
    ...(command.feature === undefined ? {} : { feature: command.feature }),
    ...(command.runningSinceMs === undefined ? {} : { runningSinceMs: command.runningSinceMs }),
  };
  const next = { calls: [...state.calls, call] };
  const effects: CallEffect[] = [{ do: 'invite', callId, target: command.target ?? number }];
  return isConference ? { state: next, effects } : withOthersHeld(next, callId, effects);
}

function invited(state: CallsMachine, event: CallsEvent & { readonly type: 'invited' }, nowMs: number): CallsStep {
  const { callId, party, forwardedFrom, isMuted = false, movedFrom, runningSinceMs } = event;
  const running = state.calls.filter(({ phase }) => phase !== 'ended');
  if (running.length >= MAX_CALLS) return step(state, { do: 'reject', callId, status: 486 });
  const call: CallRecord = {
    ...NEW_CALL,
    id: callId,
    direction: 'incoming',
    phase: 'incoming',
    party,
    forwardedFrom,
    isMuted,
    isSecond: running.length > 0,
    startedAtMs: nowMs,
    ...(movedFrom === undefined ? {} : { movedFrom }),
    ...(runningSinceMs === undefined ? {} : { runningSinceMs }),
  };
  return step({ calls: [...state.calls, call] });
}

function swap(state: CallsMachine): Decision {
  const isRunning = ({ phase }: CallRecord) => phase === 'active';
  const held = state.calls.find((call) => isRunning(call) && isToBeHeld(call));
  if (held === undefined) return refuse('wrongCallState', 'No call is held.');
  return hold(state, held, false);
}

function hold(state: CallsMachine, call: CallRecord, isHeld: boolean): Decision {
  if (call.phase !== 'active') return refuse('wrongCallState', 'Only an answered call can be held.');
  if (isToBeHeld(call) === isHeld) return step(state);
  const next = put(state, changing(call, isHeld ? 'hold' : 'resume'));
  const effect = { do: 'hold', callId: call.id, isHeld } as const;
  return isHeld ? step(next, effect) : withOthersHeld(next, call.id, [effect]);
}

/**
 * Where the hold is not agreed to and somebody else is talked with, nobody may hear both: the microphone of this call goes off,
 * for everybody to see.
 */
function holdSettled(
  state: CallsMachine,
  call: CallRecord,
  { isHeld, isAgreed }: CallsEvent & { readonly type: 'holdSettled' },
): CallsStep {
  if (call.holdChange !== (isHeld ? 'hold' : 'resume')) return step(state);
  const settled = without(call, 'holdChange');
  if (isAgreed) return step(put(state, { ...settled, isHeld }));
  const refused = { ...settled, isHoldRefused: true };
  const isTooMany = isHeld && state.calls.some((one) => one.id !== call.id && isTalking(one));
  return isTooMany && !call.isMuted ? mute(state, refused, true) : step(put(state, refused));
}

function mute(state: CallsMachine, call: CallRecord, isMuted: boolean): CallsStep {
  return step(put(state, { ...call, isMuted }), { do: 'mute', callId: call.id, isMuted });
}

function digits(state: CallsMachine, call: CallRecord, sent: string): Decision {
  if (!/^[0-9A-D*#,]+$/i.test(sent)) return refuse('notANumber', 'Digits are 0 to 9, * and #.');
  if (call.phase !== 'active') return refuse('wrongCallState', 'Digits are sent in an answered call.');
  const next = put(state, { ...call, sentDigits: call.sentDigits + sent.replaceAll(',', '') });
  return step(next, { do: 'digits', callId: call.id, digits: sent });
}

function move(state: CallsMachine, call: CallRecord, given: CallMove): Decision {
  if (call.phase !== 'active') return refuse('wrongCallState', 'Only an answered call can be moved.');
  if (call.move !== undefined) return refuse('wrongCallState', 'This call is being moved already.');
  return step(put(state, { ...call, move: given }));
}

function refuseRinging(state: CallsMachine, call: CallRecord, intent: Intent, effect: CallEffect): Decision {
  if (call.phase !== 'incoming') return refuse('wrongCallState', 'This call does not ring here.');
  return step(put(state, { ...call, intent }), effect);
}

function active(state: CallsMachine, call: CallRecord, nowMs: number): CallsStep {
  const { id: callId, isMuted, isPulled, isConference } = call;
  // Answered while somebody else is being talked with: whoever it is waits, and is not heard by the other.
  const isWaiting = !isConference && state.calls.some((one) => one.id !== callId && isTalking(one));
  const answered: CallRecord = {
    ...(isWaiting ? changing(call, 'hold') : call),
    phase: 'active',
    answeredAtMs: call.answeredAtMs ?? call.runningSinceMs ?? nowMs,
    audio: call.audio === 'none' ? 'connecting' : call.audio,
  };
  const effects: CallEffect[] = [];
  if (isMuted || isPulled) effects.push({ do: 'mute', callId, isMuted });
  if (isWaiting) effects.push({ do: 'hold', callId, isHeld: true });
  return { state: put(state, answered), effects };
}

/** Both descriptions are in force: from now on digits can be sent. */
function confirmed({ state, effects }: CallsStep, callId: string): CallsStep {
  const call = state.calls.find(({ id }) => id === callId);
  if (call === undefined || call.digitsToSend === '') return { state, effects };
  const { digitsToSend } = call;
  const sentDigits = call.sentDigits + digitsToSend.replaceAll(',', '');
  return {
    state: put(state, { ...call, digitsToSend: '', sentDigits }),
    effects: [...effects, { do: 'digits', callId, digits: digitsToSend }],
  };
}

function ended(state: CallsMachine, call: CallRecord, ending: SipEnding, nowMs: number): CallsStep {
  const end = callEnd(call, call.intent, ending);
  const over: CallRecord = {
    ...without(without(call, 'move'), 'holdChange'),
    phase: 'ended',
    endedAtMs: nowMs,
    end,
    audio: 'none',
    digitsToSend: '',
  };
  const calls = put(state, over).calls.map((one) =>
    one.consultationFor === call.id ? without(one, 'consultationFor') : one,
  );
  return step({ calls }, { do: 'forgetLater', callId: call.id });
}

function dismiss(state: CallsMachine, call: CallRecord): Decision {
  if (call.phase !== 'ended') return refuse('wrongCallState', 'This call is still there.');
  return step({ calls: state.calls.filter((one) => one !== call) });
}

/** Every other answered call is held first: nobody talks to two who do not know of each other. */
function withOthersHeld(state: CallsMachine, callId: string, effects: readonly CallEffect[]): CallsStep {
  const toHold = state.calls.filter((call) => call.id !== callId && isTalking(call));
  const calls = state.calls.map((call) => (toHold.includes(call) ? changing(call, 'hold') : call));
  const holds = toHold.map(({ id }) => ({ do: 'hold', callId: id, isHeld: true }) as const);
  return { state: { calls }, effects: [...holds, ...effects] };
}

function put(state: CallsMachine, call: CallRecord): CallsMachine {
  return { calls: state.calls.map((one) => (one.id === call.id ? call : one)) };
}

function step(state: CallsMachine, ...effects: CallEffect[]): CallsStep {
  return { state, effects };
}

function refuse(code: PhoneProblem['code'], detail: string): { readonly refused: PhoneProblem } {
  return { refused: { code, detail } };
}
