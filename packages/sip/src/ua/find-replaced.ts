import type { DialogTable } from '../dialog/dialog-table.ts';
import { parseReplaces } from '../message/header/replaces.ts';
import type { SipRequest } from '../message/message.ts';
import { Session } from '../session/session.ts';

/** What an INVITE with Replaces leads to: a session to take over, or the status to refuse it with. */
export type Replaced =
  | { readonly kind: 'session'; readonly session: Session; readonly isEarly: boolean }
  | { readonly kind: 'refused'; readonly status: 400 | 481 | 486 | 603; readonly reason: string };

/**
 * The session that an INVITE takes the place of (RFC 3891 §3); undefined when it has no Replaces. Whether its sender may
 * do so is for the caller of this to decide (403).
 */
export function findReplaced(dialogs: DialogTable, request: SipRequest): Replaced | undefined {
  const fields = request.headers.all('Replaces');
  if (fields.length === 0) return undefined;
  const replaces = fields.length === 1 ? parseReplaces(fields[0] as string) : undefined;
  if (!replaces || request.method !== 'INVITE' || request.headers.has('Join')) {
    return { kind: 'refused', status: 400, reason: 'Malformed Replaces' };
  }
  const { callId, toTag: localTag, fromTag: remoteTag, isEarlyOnly } = replaces;
  const session = dialogs.find(callId, localTag, remoteTag)?.usages.find((usage) => usage instanceof Session);
  if (!session || session.isTerminated) {
    const isOver = session !== undefined || dialogs.departed.has({ localTag });
    return isOver
      ? { kind: 'refused', status: 603, reason: 'Replaced Dialog Is Over' }
      : { kind: 'refused', status: 481, reason: 'Replaced Dialog Does Not Exist' };
  }
  const isEarly = session.phase === 'early';
  if (!isEarly && isEarlyOnly) return { kind: 'refused', status: 486, reason: 'Answered Already' };
  // An early dialog may be taken over from whoever placed the call, not from whoever rings.
  if (isEarly && !session.ownsCallId) return { kind: 'refused', status: 481, reason: 'Not Answered Yet' };
  return { kind: 'session', session, isEarly };
}
