import type { Leg } from '../leg.ts';
import type { WireMessage } from '../wire.ts';
import type { Check, CheckContext } from './check.ts';
import { describe } from './message-form.ts';

/** Who takes a call over and knows how is told that the microphone was off, and nobody is who need not be. */
export function mutedStaysMuted({ report, book }: CheckContext): Check {
  return {
    name: 'muted stays muted',
    onWire(wire) {
      const leg = book.legs.get(wire.message.callId);
      const problem = leg && problemOf(wire, leg);
      if (problem) report(`${problem}: ${describe(wire)}`);
    },
  };
}

function problemOf({ message, direction, atMs }: WireMessage, leg: Leg): string | undefined {
  if (direction === 'in' || message.cseq.method !== 'INVITE') return undefined;
  const isTold = message.headers.get('Unisono-Microphone') === 'muted';
  const { follows } = leg;
  if (isTold && !follows?.isMuted) return 'told that a microphone is off which is not';
  // A repetition is as the first, whatever happened since.
  const isAnswer = message.kind === 'response' && message.status === 200 && leg.upAtMs === atMs;
  const isDue = isAnswer && leg.isTakeover && leg.takesMicrophone && follows?.who.kind === 'client';
  return isDue && follows?.isMuted && !isTold ? 'not told that the microphone is off' : undefined;
}
