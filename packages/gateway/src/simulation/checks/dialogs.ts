import type { SipRequest, SipResponse } from '@unisono/sip';
import type { WireMessage } from '../wire.ts';
import type { Check, CheckContext } from './check.ts';
import { describe } from './message-form.ts';

/** The gateway's side of all requests with one Call-ID. */
interface OwnSide {
  readonly fromTag: string | undefined;
  sequence: number;
  readonly branches: Set<string | undefined>;
  readonly inviteSequences: Set<number>;
  atMs: number;
}

const REMEMBERED_MS = 4 * 3_600_000;

/** CSeq counts up by one in a dialog, an ACK repeats its INVITE's number, tags never change (RFC 3261 §12.2.1.1, §13.2.2.4). */
export function dialogRules({ report }: CheckContext): Check {
  const sides = new Map<string, OwnSide>();
  const remoteTags = new Map<string, Set<string>>();
  const localTags = new Map<string, string>();
  const reinvites = new Set<string | undefined>();

  const onRequest = (wire: WireMessage, request: SipRequest) => {
    const side = sideOf(sides, request, wire.atMs);
    if (request.from.tag !== side.fromTag) report(`another From tag than before: ${describe(wire)}`);
    const remote = request.to.tag;
    if (remote !== undefined && !remoteTags.get(request.callId)?.has(remote)) {
      report(`a To tag that the other side never showed: ${describe(wire)}`);
    }
    const problem = sequenceProblem(side, request);
    if (problem) report(`${problem}: ${describe(wire)}`);
  };

  // An INVITE that begins a call may have several dialogs, as if it had been forked on the way (§12.1).
  const mayFork = (response: SipResponse) => response.cseq.method === 'INVITE' && !reinvites.has(response.via.branch);

  const onResponse = (wire: WireMessage, response: SipResponse) => {
    if (response.status === 100 || response.cseq.method === 'REGISTER' || response.cseq.method === 'CANCEL') return;
    const key = `${response.callId} ${response.from.tag} ${response.via.branch}`;
    const tag = response.to.tag ?? '';
    const before = localTags.get(key);
    if (before === undefined) localTags.set(key, tag);
    else if (before !== tag && !mayFork(response))
      report(`another To tag than in the response before: ${describe(wire)}`);
  };

  return {
    name: 'dialog rules',
    onWire(wire) {
      const { message, direction } = wire;
      if (direction === 'in') {
        if (message.kind === 'request' && message.to.tag !== undefined) reinvites.add(message.via.branch);
        return noteRemoteTag(remoteTags, message);
      }
      if (message.kind === 'request') onRequest(wire, message);
      else onResponse(wire, message);
    },
    onDeath() {
      sides.clear();
      localTags.clear();
    },
    atRest(nowMs) {
      reinvites.clear();
      for (const [key, side] of sides) {
        if (nowMs - side.atMs < REMEMBERED_MS) continue;
        sides.delete(key);
        remoteTags.delete(key);
      }
    },
  };
}

function noteRemoteTag(tags: Map<string, Set<string>>, message: SipRequest | SipResponse): void {
  const tag = message.kind === 'request' ? message.from.tag : message.to.tag;
  if (tag === undefined) return;
  const known = tags.get(message.callId);
  if (known) known.add(tag);
  else tags.set(message.callId, new Set([tag]));
}

function sideOf(sides: Map<string, OwnSide>, request: SipRequest, atMs: number): OwnSide {
  const known = sides.get(request.callId);
  if (known) {
    known.atMs = atMs;
    return known;
  }
  const side: OwnSide = {
    fromTag: request.from.tag,
    sequence: 0,
    branches: new Set(),
    inviteSequences: new Set(),
    atMs,
  };
  sides.set(request.callId, side);
  return side;
}

function sequenceProblem(side: OwnSide, request: SipRequest): string | undefined {
  const { sequence } = request.cseq;
  const { branch } = request.via;
  if (request.method === 'ACK' || request.method === 'CANCEL') {
    return side.inviteSequences.has(sequence) ? undefined : `no INVITE of ours had this number`;
  }
  // A repetition; that it is one octet by octet is another check's business.
  if (side.branches.has(branch)) return undefined;
  const before = side.sequence;
  side.sequence = sequence;
  side.branches.add(branch);
  if (request.method === 'INVITE') side.inviteSequences.add(sequence);
  if (before === 0) return undefined;
  if (sequence <= before) return `CSeq ${sequence} after ${before}`;
  return request.to.tag !== undefined && sequence !== before + 1
    ? `CSeq jumps from ${before} to ${sequence}`
    : undefined;
}
