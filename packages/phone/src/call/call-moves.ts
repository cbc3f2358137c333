import { DONE, failed, type Outcome } from '../outcome.ts';
import type { SipCall } from '../sip/sip-port.ts';
import type { CallMove } from '../state.ts';
import type { Intent } from './call-end.ts';
import type { CallRecord } from './call-record.ts';
import type { CallCommand, CallsEvent } from './calls-machine.ts';
import { saidOf } from './said.ts';

export interface CallMovesPorts {
  readonly call: (callId: string) => CallRecord | undefined;
  readonly sip: (callId: string) => SipCall | undefined;
  readonly command: (command: CallCommand) => Outcome;
  readonly observe: (event: CallsEvent) => void;
}

const INTENTS: Readonly<Record<CallMove['kind'], Intent>> = {
  blindTransfer: 'transferred',
  attendedTransfer: 'transferred',
  merge: 'merged',
  push: 'moved',
};

type Why = 'Busy' | 'Declined' | 'NoAnswer' | 'Unreachable' | 'NotFound' | 'Refused';
const WHY: Readonly<Record<number, Why>> = {
  ...{ 404: 'NotFound', 410: 'NotFound', 484: 'NotFound', 604: 'NotFound', 408: 'NoAnswer', 480: 'Unreachable' },
  ...{ 486: 'Busy', 600: 'Busy', 603: 'Declined', 502: 'Unreachable', 503: 'Unreachable' },
};

/** The call is still here; `target`: who did not take it. */
function notMoved({ kind, target }: CallMove, status: number, reason: string): Outcome {
  const why = saidOf(reason) === 'noAnswer' ? 'NoAnswer' : (WHY[status] ?? 'Refused');
  const isPush = kind === 'push';
  if (kind === 'merge') return failed('refused', `${status} ${reason}`);
  // A device that is not found is not reached.
  const code = isPush ? (`move${why === 'NotFound' ? 'Unreachable' : why}` as const) : (`transfer${why}` as const);
  const { problem } = failed(code, `${reason}; the call is still here.`);
  return { ok: false, problem: { ...problem, ...(target === undefined ? {} : { target }) } };
}

/** What is done by REFER (RFC 3515): calls are moved elsewhere, joined to a conference, and somebody is put out of it. */
export class CallMoves {
  readonly #ports: CallMovesPorts;

  constructor(ports: CallMovesPorts) {
    this.#ports = ports;
  }

  /** REFER to `target`: the other side calls there, and this call ends when that went well. */
  async move(callId: string, move: CallMove, target: string, other?: string): Promise<Outcome> {
    const before = this.#ports.call(callId);
    const begun = this.#ports.command({ type: 'move', callId, move });
    if (!begun.ok) return begun;
    const sip = this.#ports.sip(callId);
    if (sip === undefined) return failed('wrongCallState', 'This call is not there any more.');
    const wasHeld = before?.isHeld || before?.holdChange === 'hold';
    if (move.kind === 'blindTransfer' && !wasHeld) this.#ports.command({ type: 'hold', callId });
    const replaced = other === undefined ? undefined : this.#ports.sip(other);
    const { status, reason } = await sip.refer(target, replaced);
    if (status >= 200 && status < 300) {
      for (const id of other === undefined ? [callId] : [callId, other]) this.#moved(id, INTENTS[move.kind]);
      return DONE;
    }
    this.#ports.observe({ type: 'moveFailed', callId });
    if (move.kind === 'blindTransfer' && !wasHeld) this.#ports.command({ type: 'resume', callId });
    return notMoved(move, status, reason);
  }

  /** The other side of a call joins the conference that we are in (RFC 4579 §5.6), and leaves the call with us. */
  async join(conferenceId: string, callId: string, target: string): Promise<Outcome> {
    const begun = this.#ports.command({ type: 'move', callId, move: { kind: 'merge' } });
    if (!begun.ok) return begun;
    const [conference, sip] = [this.#ports.sip(conferenceId), this.#ports.sip(callId)];
    const result =
      conference === undefined || sip === undefined
        ? { status: 481, reason: 'This call is not there any more.' }
        : await conference.refer(target, sip);
    if (result.status >= 200 && result.status < 300) {
      this.#moved(callId, 'merged');
      return DONE;
    }
    this.#ports.observe({ type: 'moveFailed', callId });
    return failed('refused', `${result.status} ${result.reason}`);
  }

  /** Puts somebody out of the conference that a call is in (RFC 4579, REFER with BYE). */
  async expel(callId: string, memberId: string): Promise<Outcome> {
    const conference = this.#ports.call(callId)?.conference;
    const sip = this.#ports.sip(callId);
    if (sip === undefined || !conference?.members.some(({ id }) => id === memberId))
      return failed('wrongCallState', 'This party is not in the conference any more.');
    if (!conference.isHost) return failed('refused', 'Only the host puts somebody out.');
    const { status, reason } = await sip.refer(`${memberId};method=BYE`);
    return status >= 200 && status < 300 ? DONE : failed('refused', `${status} ${reason}`);
  }

  /** This call became something else and ends. */
  #moved(callId: string, intent: Intent): void {
    this.#ports.observe({ type: 'moveDone', callId, intent });
  }
}
