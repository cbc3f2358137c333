import { MAX_CALLS_PER_USER, type System } from '@unisono/pbx';
import type { CallBook } from '../call-book.ts';
import { GIVE_UP_MS, type Group, type Leg } from '../leg.ts';
import type { WireMessage } from '../wire.ts';
import type { Check, CheckContext } from './check.ts';

/** A user is never given a third call, nor a second one that the busy settings send elsewhere. */
export function userCalls({ report, book }: CheckContext, system: () => System): Check {
  return {
    name: 'user calls',
    onWire(wire) {
      const leg = newBranch(wire, book);
      if (!leg || leg.who.station === undefined) return;
      // An INVITE that waited for its connection was decided on before: what began since then does not count.
      if (wire.transport !== 'udp' && hasNewCall(leg, leg.who.station, wire.atMs, book)) return;
      const problem = problemOf(leg, leg.who.station, wire.atMs, book, system());
      if (problem) report(`${leg.who.name} is called, ${problem} (Call-ID ${leg.callId})`);
    },
  };
}

/** The leg, when the message begins it. */
function newBranch({ message, direction, atMs }: WireMessage, book: CallBook): Leg | undefined {
  if (direction === 'in' || message.kind === 'response' || message.method !== 'INVITE') return undefined;
  if (message.to.tag !== undefined) return undefined;
  const leg = book.legs.get(message.callId);
  return leg?.invitedAtMs === atMs && leg.tries === 1 ? leg : undefined;
}

function hasNewCall({ group }: Leg, station: string, nowMs: number, book: CallBook): boolean {
  const others = [...book.callsOf(station, nowMs)].filter((other) => other !== group);
  return others.some(({ legs }) => [...legs].some(({ invitedAtMs }) => nowMs - invitedAtMs < GIVE_UP_MS));
}

function problemOf(leg: Leg, station: string, nowMs: number, book: CallBook, system: System): string | undefined {
  const calls = book.callsOf(station, nowMs);
  const isFirstBranch = [...leg.group.legs].filter((other) => other.who.station === station).length === 1;
  // A later stage of the same call was decided when the call arrived.
  if (!isFirstBranch || calls.size < 2) return undefined;
  const others = [...calls].filter((group) => group !== leg.group).map(callIdsOf);
  if (calls.size > MAX_CALLS_PER_USER)
    return `which is call number ${calls.size} of station ${station}, beside ${others}`;
  const settings = system.users.get(system.userOfStation.get(station) ?? '')?.settings;
  if (settings?.routing !== 'default' || settings.busy === 'default') return undefined;
  return `although the user is busy and the busy setting is ${settings.busy}; the other call is ${others}`;
}

function callIdsOf({ legs }: Group): string {
  return `{${Array.from(legs, ({ callId }) => callId).join(' ')}}`;
}
