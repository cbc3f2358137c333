import type { SipMessage } from '@unisono/sip';
import { GIVE_UP_MS } from '../leg.ts';
import type { WireMessage } from '../wire.ts';
import type { Check, CheckContext } from './check.ts';
import { describe } from './message-form.ts';

/** A request that has been relayed may take as long as the other side's transaction, twice where it was challenged. */
const LONGEST_ANSWER_MS = 75_000;
/** An INVITE rings as long as people let it; the gateway's own limits end it long before this. */
const LONGEST_RINGING_MS = 600_000;
/** How long what ended is remembered, so that a late repetition is known as one. */
const REMEMBERED_MS = 80_000;

interface Received {
  readonly wire: WireMessage;
  final: Buffer | undefined;
  finalAtMs: number;
}

/** Every request that reached the gateway is answered finally, once; a repeated answer is the same octet by octet (§17.2). */
export function answeredOnce({ report, expectations }: CheckContext): Check {
  const received = new Map<string, Received>();
  // An answer for which there is no connection any more is not seen to leave.
  const mayBeUnseen = ({ transport, peer, atMs }: WireMessage) =>
    transport !== 'udp' && expectations.troubledUntilMs(peer) > atMs;
  return {
    name: 'answered once',
    onWire(wire) {
      const { message, direction } = wire;
      if (direction === 'in' && message.kind === 'request') {
        const key = keyOf(message, message.method);
        if (message.method !== 'ACK' && !received.has(key)) received.set(key, { wire, final: undefined, finalAtMs: 0 });
      } else if (direction === 'out' && message.kind === 'response') {
        const problem = noteResponse(received.get(keyOf(message, message.cseq.method)), wire, message.status);
        if (problem) report(`${problem}: ${describe(wire)}`);
      }
    },
    onDeath: () => received.clear(),
    atRest(nowMs) {
      for (const [key, { wire, final, finalAtMs }] of received) {
        if (final && nowMs - finalAtMs > REMEMBERED_MS) received.delete(key);
        const limitMs = wire.message.cseq.method === 'INVITE' ? LONGEST_RINGING_MS : LONGEST_ANSWER_MS;
        if (!final && nowMs - wire.atMs > limitMs && !mayBeUnseen(wire)) report(`never answered: ${describe(wire)}`);
      }
    },
    atEnd() {
      for (const { wire, final } of received.values()) {
        if (!final && !mayBeUnseen(wire)) report(`never answered: ${describe(wire)}`);
      }
    },
  };
}

function noteResponse(known: Received | undefined, wire: WireMessage, status: number): string | undefined {
  if (!known) return 'answers no request';
  const { final } = known;
  // What a broken connection did not deliver goes over a new one, in the order of old.
  if (status < 200) return final && wire.transport === 'udp' ? 'a provisional response after the final one' : undefined;
  // Repeated for 64×T1 and late by the network: the transaction is over, and the request counts as a new one.
  if (final && wire.atMs - known.finalAtMs >= GIVE_UP_MS) return undefined;
  if (final && !isRepetition(final, wire)) return 'a second final response that differs from the first';
  if (!final) known.finalAtMs = wire.atMs;
  known.final ??= wire.bytes;
  return undefined;
}

/** Octet by octet, but for the nonce of a challenge to REGISTER, of which nothing is kept (§8.2.7): its To tag is the same. */
function isRepetition(final: Buffer, { message, bytes }: WireMessage): boolean {
  if (final.equals(bytes as Buffer)) return true;
  const isChallenge = message.kind === 'response' && message.status === 401 && message.cseq.method === 'REGISTER';
  return isChallenge && final.includes(`;tag=${message.to.tag}\r\n`);
}

/** Every transaction the gateway begins has a branch of its own; repetitions are the same octet by octet (§8.1.1.7, §17.1). */
export function ownBranches({ report }: CheckContext): Check {
  const sent = new Map<string, WireMessage>();
  return {
    name: 'own branches',
    onWire(wire) {
      const { message, direction } = wire;
      if (direction !== 'out' || message.kind !== 'request') return;
      const key = keyOf(message, `${message.method} ${message.method === 'ACK' ? message.to.tag : ''}`);
      const before = sent.get(key);
      if (!before) sent.set(key, wire);
      else if (!before.bytes?.equals(wire.bytes as Buffer)) report(`the branch of another request: ${describe(wire)}`);
      const other = message.method === 'INVITE' ? undefined : sent.get(keyOf(message, 'INVITE '));
      const mayShare = message.method === 'ACK' || message.method === 'CANCEL';
      if (other && !mayShare) report(`shares the branch of an INVITE: ${describe(wire)}`);
    },
    atRest(nowMs) {
      for (const [key, wire] of sent) if (nowMs - wire.atMs > 10 * REMEMBERED_MS) sent.delete(key);
    },
  };
}

function keyOf(message: SipMessage, method: string): string {
  return `${message.via.branch} ${method}`;
}
