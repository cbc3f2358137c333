import type { SipResponse } from '@unisono/sip';
import { GIVE_UP_MS } from '../leg.ts';
import type { WireMessage } from '../wire.ts';
import type { Check, CheckContext } from './check.ts';
import { describe } from './message-form.ts';

/** An INVITE of the gateway, as its client transaction. */
interface OwnInvite {
  readonly atMs: number;
  heardAtMs: number | undefined;
  cancelledAtMs: number | undefined;
  /** The final response that waits for an ACK. */
  owed: WireMessage | undefined;
  hasFinal: boolean;
  wasRefused: boolean;
  wasAccepted: boolean;
}

const REMEMBERED_MS = 300_000;

/** The gateway acknowledges every final response to its INVITEs, each time it comes (RFC 3261 §13.2.2.4, §17.1.1.3). */
export function acknowledged({ report }: CheckContext): Check {
  const invites = new Map<string, OwnInvite>();
  return {
    name: 'acknowledged',
    onWire(wire) {
      const { message, direction } = wire;
      const key = `${message.callId} ${message.cseq.sequence}`;
      if (direction === 'out') {
        if (message.kind === 'request') noteSent(invites, key, message.method, wire.atMs);
      } else if (message.kind === 'response' && message.cseq.method === 'INVITE') {
        const invite = invites.get(key);
        if (invite) noteResponse(invite, wire, message);
      }
    },
    onDeath: () => invites.clear(),
    atRest(nowMs) {
      for (const [key, { owed, atMs }] of invites) {
        if (owed && nowMs - owed.atMs > GIVE_UP_MS) report(`never acknowledged: ${describe(owed)}`);
        if (!owed && nowMs - atMs > REMEMBERED_MS) invites.delete(key);
      }
    },
  };
}

function noteSent(invites: Map<string, OwnInvite>, key: string, method: string, atMs: number): void {
  if (method === 'INVITE' && !invites.has(key)) {
    const invite = {
      atMs,
      heardAtMs: undefined,
      cancelledAtMs: undefined,
      owed: undefined,
      hasFinal: false,
      wasRefused: false,
      wasAccepted: false,
    };
    invites.set(key, invite);
    return;
  }
  const invite = invites.get(key);
  if (!invite) return;
  if (method === 'CANCEL') invite.cancelledAtMs ??= atMs;
  if (method === 'ACK') invite.owed = undefined;
}

function noteResponse(invite: OwnInvite, wire: WireMessage, response: SipResponse): void {
  // A transaction that gave up knows no late answers; whoever sent one hears no ACK and ends its side itself.
  const { atMs, heardAtMs, cancelledAtMs, hasFinal } = invite;
  const waitedSinceMs = cancelledAtMs ?? (heardAtMs === undefined ? atMs : wire.atMs);
  if (!hasFinal && wire.atMs - waitedSinceMs >= GIVE_UP_MS) return;
  if (hasFinal && heardAtMs !== undefined && wire.atMs - heardAtMs >= GIVE_UP_MS) return;
  // A phone that was started again and is asked again by an echo: its 2xx matches nothing any more (RFC 6026 §7.2).
  if (invite.wasRefused && response.status < 300) return;
  // Nor does its refusal.
  if (invite.wasAccepted && response.status >= 300) return;
  if (response.status >= 200) {
    invite.owed = wire;
    invite.wasRefused ||= response.status >= 300;
    invite.wasAccepted ||= response.status < 300;
    if (!hasFinal) invite.heardAtMs = wire.atMs;
    invite.hasFinal = true;
  } else invite.heardAtMs ??= wire.atMs;
}
