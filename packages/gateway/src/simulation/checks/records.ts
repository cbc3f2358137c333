import type { CallRecord, CallResult } from '../../ports.ts';
import type { Leg } from '../leg.ts';
import type { RecordLedger } from '../stores.ts';
import type { Check, CheckContext } from './check.ts';

/** What a caller may have been told when the record says so. 200 is beside it: it means answered. */
const STATUSES: Partial<Record<CallResult, readonly number[]>> = {
  // 504: a phone that asked for reliable responses and acknowledged none is gone (RFC 3262 §3).
  cancelled: [487, 504],
  busy: [486, 600],
  declined: [603, 607, 608],
  noAnswer: [408, 480],
  unreachable: [480, 408],
};

/** Ringing that has lasted so long cannot be: the call should have ended and its record be closed. */
const LONGEST_OPEN_MS = 8 * 3_600_000;

/** Every call that began has one record, closed once, and the record says what the phones saw. */
export function truthfulRecords({ report, book }: CheckContext, ledger: RecordLedger): Check {
  const callers = new Map<string, Leg>();
  return {
    name: 'truthful records',
    onRecordOpened(record, cause) {
      const leg = cause && book.legs.get(cause.message.callId);
      if (leg?.role === 'caller') callers.set(record.id, leg);
      else report(`record ${record.id} was opened without an INVITE`);
    },
    onRecordClosed(record) {
      const leg = callers.get(record.id);
      for (const problem of recordProblems(record, leg))
        report(`the record of a call to ${record.dialled} (Call-ID ${leg?.callId}): ${problem}`);
      if (record.result !== 'interrupted') callers.delete(record.id);
    },
    atRest(nowMs) {
      for (const [id, leg] of callers) {
        if (ledger.closed.has(id)) callers.delete(id);
        else if (nowMs - leg.invitedAtMs > LONGEST_OPEN_MS) report(`record ${id} is still open`);
      }
    },
    atEnd() {
      for (const fault of ledger.faults) report(`record ${fault}`);
      for (const id of ledger.opened.keys()) if (!ledger.closed.has(id)) report(`record ${id} was never closed`);
    },
  };
}

function* recordProblems(record: CallRecord, leg: Leg | undefined): Generator<string> {
  yield* timeProblems(record);
  if (record.result === 'interrupted' || !leg) return;
  yield* resultProblems(record, leg);
  if (record.result === 'answered') yield* answerProblems(record, leg);
}

function* timeProblems({ startedAtMs, alertingAtMs, answeredAtMs, endedAtMs, result }: CallRecord): Generator<string> {
  const times = [startedAtMs, alertingAtMs, answeredAtMs, endedAtMs].filter((time) => time !== undefined);
  if (times.some((time, i) => i > 0 && time < (times[i - 1] as number))) yield `times out of order: ${times.join(' ')}`;
  if (endedAtMs === undefined) yield 'closed without an end';
  if (result !== 'interrupted' && (result === 'answered') !== (answeredAtMs !== undefined)) {
    yield `result ${result}, answered at ${answeredAtMs}`;
  }
}

function* resultProblems({ result, detail }: CallRecord, leg: Leg): Generator<string> {
  const status = leg.finalStatus;
  if (result === 'answered') {
    if (status !== undefined && status !== 200) yield `answered, although the caller was told ${status}`;
    return;
  }
  if (status === 200) yield `${result} (${detail}), although the caller's phone was answered`;
  const fitting = result && STATUSES[result];
  if (fitting && status !== undefined && !fitting.includes(status)) {
    yield `${result} (${detail}), although the caller was told ${status}`;
  }
  if (result !== 'cancelled' && status === 487 && leg.cancelledAtMs !== undefined) {
    yield `${result}, although the caller gave up`;
  }
}

/** Who had the call is the one whose phone answered it. */
function* answerProblems({ callee, legs }: CallRecord, leg: Leg): Generator<string> {
  const won = legs.filter(({ status }) => status === 200);
  if (won.length === 0) yield 'answered, but by no leg';
  if (leg.group.moves > 0 || won.length === 0) return;
  if (won.length > 1) yield `answered by ${won.length} legs`;
  const toldBy = leg.upBy ?? 0;
  const answered = [...leg.group.legs].filter(({ role, upBy, upAtMs, overAtMs, cancelledAtMs }) => {
    const isLate = upBy === undefined || upBy > toldBy || upAtMs === overAtMs;
    return role === 'callee' && !isLate && cancelledAtMs === undefined;
  });
  const stations = answered.map((one) => one.who.station);
  if (answered.length > 0 && !stations.includes(callee?.station)) {
    yield `the callee is station ${callee?.station}, but ${answered.map((one) => one.who.name).join(', ')} answered`;
  }
}
