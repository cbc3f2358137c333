import type { System } from '@unisono/pbx';
import type { CallBook } from '../call-book.ts';
import type { Leg } from '../leg.ts';
import type { WireMessage } from '../wire.ts';
import type { Check, CheckContext } from './check.ts';
import { describe } from './message-form.ts';

/** Refusals that mean: this may not be dialled. None of them is ever due to an emergency call. */
const FORBIDDEN = new Set([403, 404, 416, 482, 483, 484, 486, 488]);

/** Auxiliary numbers lead nowhere, emergency calls are never refused, and hops count down. */
export function numbersAndHops({ report, book }: CheckContext, system: () => System): Check {
  return {
    name: 'numbers and hops',
    onWire(wire) {
      if (wire.direction === 'in') return;
      const leg = book.legs.get(wire.message.callId);
      const problem = leg && (refusalProblem(wire, leg, system()) ?? hopProblem(wire, leg, book));
      if (problem) report(`${problem}: ${describe(wire)}`);
    },
  };
}

function refusalProblem({ message }: WireMessage, leg: Leg, system: System): string | undefined {
  if (message.kind === 'request' || message.cseq.method !== 'INVITE' || leg.role !== 'caller') return undefined;
  if (message.cseq.sequence !== leg.sequence) return undefined;
  const { status } = message;
  if (leadsToAuxiliary(system, leg.dialled) && status > 100 && status < 300) {
    return `the auxiliary number ${leg.dialled} was called and answers`;
  }
  return isEmergency(leg, system) && isOurRefusal(leg, status) ? 'an emergency call is refused' : undefined;
}

/** One that has no hops left may go nowhere (RFC 3261 §16.3). */
function isEmergency({ dialled, who, maxForwards }: Leg, system: System): boolean {
  return maxForwards > 0 && who.kind !== 'trunk' && system.data.numbering.emergencyNumbers.includes(dialled);
}

/** Not what a trunk said. */
function isOurRefusal({ group }: Leg, status: number): boolean {
  return FORBIDDEN.has(status) && ![...group.legs].some((one) => one.role === 'callee' && one.finalStatus === status);
}

/** An auxiliary number itself, or an outside number that ends in one. */
function leadsToAuxiliary(system: System, dialled: string): boolean {
  for (const number of system.auxiliaryNumbers.keys()) if (dialled.endsWith(number)) return true;
  return false;
}

function hopProblem({ message, atMs }: WireMessage, leg: Leg, book: CallBook): string | undefined {
  if (message.kind === 'response' || message.method !== 'INVITE' || message.to.tag !== undefined) return undefined;
  if (leg.invitedAtMs !== atMs || leg.group.moves > 0) return undefined;
  const caller = [...leg.group.legs].find((other) => other.role === 'caller' && book.legs.has(other.callId));
  const hops = Number(message.headers.get('Max-Forwards'));
  if (!caller || hops < caller.maxForwards) return undefined;
  return `Max-Forwards was ${caller.maxForwards} and is ${hops} (RFC 3261 §16.3)`;
}
