import { GIVE_UP_MS, type Group, type Leg } from '../leg.ts';
import type { WireMessage } from '../wire.ts';
import type { Check, CheckContext } from './check.ts';

/** A CANCEL of the gateway. */
interface Cancel {
  readonly leg: Leg;
  readonly number: number;
  readonly atMs: number;
  readonly reason: string | undefined;
}

/**
 * One branch wins. In the tick in which a call is answered or ends, every other branch that has been heard of is
 * cancelled, those that lost with `Reason: SIP;cause=200` (RFC 3326 §2), and no branch begins afterwards.
 */
export function oneWinner({ report, book, expectations }: CheckContext): Check {
  const touched = new Set<Group>();
  const cancels: Cancel[] = [];
  // A CANCEL for which there is no connection any more is not seen to leave.
  const isUnseen = ({ address, invitedAtMs }: Leg) => expectations.troubledUntilMs(address) > invitedAtMs;

  const endTick = () => {
    for (const group of touched) for (const problem of groupProblems(group, isUnseen)) report(problem);
    for (const cancel of cancels) for (const problem of reasonProblems(cancel)) report(problem);
    touched.clear();
    cancels.length = 0;
  };

  return {
    name: 'one winner',
    onTickEnd: endTick,
    onWire(wire) {
      const leg = book.legs.get(wire.message.callId);
      if (!leg) return;
      touched.add(leg.group);
      if (isOwnCancel(wire)) cancels.push(cancelOf(wire, leg));
      const problem = lateBranchProblem(wire, leg);
      if (problem) report(problem);
    },
    atRest: endTick,
  };
}

function* groupProblems(group: Group, isUnseen: (leg: Leg) => boolean): Generator<string> {
  if (group.moves > 0) return;
  const legs = [...group.legs];
  const caller = legs.find((leg) => leg.role === 'caller');
  const answered = legs.filter((leg) => leg.role === 'callee' && leg.state === 'up');
  if (answered.length > 1) yield `${answered.map(nameOf).join(' and ')} both have the call`;
  if (!caller || caller.isInterrupted) return;
  if (caller.state === 'inviting' && caller.cancelledAtMs === undefined && answered.length === 0) return;
  for (const leg of legs) {
    const rings = leg.role === 'callee' && leg.state === 'inviting' && leg.hasProvisional && !isUnseen(leg);
    if (rings && leg.cancelledAtMs === undefined)
      yield `${nameOf(leg)} rings on although the call is ${stateOf(caller)}`;
  }
}

function isOwnCancel({ message, direction }: WireMessage): boolean {
  return direction === 'out' && message.kind === 'request' && message.method === 'CANCEL';
}

function cancelOf({ number, atMs, message }: WireMessage, leg: Leg): Cancel {
  return { leg, number, atMs, reason: message.headers.get('Reason') };
}

/** Cancelled in the tick in which another device's answer was passed on: lost to it. */
function* reasonProblems({ leg, number, atMs, reason }: Cancel): Generator<string> {
  const { group, invitedBy } = leg;
  if (group.moves > 0 || group.movedBy > invitedBy || reason?.includes('cause=200')) return;
  const answeredNow = [...leg.group.legs].filter((other) => other.upAtMs === atMs && other.cancelledAtMs === undefined);
  const isPassedOn = answeredNow.some(({ role }) => role === 'caller');
  // One that was called afterwards has won nothing from it.
  const isWon = answeredNow.some(
    ({ role, state, invitedBy }) => role === 'callee' && state === 'up' && invitedBy < number,
  );
  if (isPassedOn && isWon) yield `${nameOf(leg)} lost the call and is told Reason: ${reason}`;
}

function lateBranchProblem({ message, direction, transport, atMs }: WireMessage, leg: Leg): string | undefined {
  if (direction !== 'out' || message.kind !== 'request' || message.method !== 'INVITE') return undefined;
  if (message.to.tag !== undefined || leg.group.moves > 0 || leg.invitedAtMs !== atMs) return undefined;
  const caller = [...leg.group.legs].find((other) => other.role === 'caller');
  if (!caller || (caller.state === 'inviting' && caller.cancelledAtMs === undefined)) return undefined;
  // An INVITE that waited for its connection left before the call was over.
  const sinceMs = caller.cancelledAtMs ?? caller.upAtMs ?? caller.overAtMs ?? 0;
  if (transport !== 'udp' && atMs - sinceMs < GIVE_UP_MS) return undefined;
  return `${nameOf(leg)} is called although the call is ${stateOf(caller)}`;
}

function stateOf(caller: Leg): string {
  if (caller.state === 'up') return 'answered';
  return caller.finalStatus === undefined ? 'cancelled' : `over (${caller.finalStatus})`;
}

function nameOf(leg: Leg): string {
  return `${leg.who.name} (Call-ID ${leg.callId})`;
}
