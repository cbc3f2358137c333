// Each check is shown what must not be, and must say so; and what is right, and must be silent. Here: call detail records.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CallRecord } from '../../ports.ts';
import { RecordLedger } from '../stores.ts';
import type { WireMessage } from '../wire.ts';
import type { CheckContext } from './check.ts';
import { truthfulRecords } from './records.ts';
import { BEN_DESK, incoming, judge, outgoing, sdp, sip } from './testing.ts';

const ledger = new RecordLedger();

describe('truthful records', () => {
  const invite = incoming(BEN_DESK, sip('INVITE sip:4020@x SIP/2.0', { body: sdp('10.0.0.21:1') }));

  function closed(record: Partial<CallRecord>, final: string): string[] {
    const problems: string[] = [];
    const check = (context: CheckContext) => {
      const made = truthfulRecords({ ...context, report: (problem) => problems.push(problem) }, ledger);
      const onWire = (wire: WireMessage) => {
        if (wire.direction === 'in') made.onRecordOpened?.({ ...RECORD, ...record }, wire);
        else made.onRecordClosed?.({ ...RECORD, ...record });
      };
      return { ...made, onWire };
    };
    judge(check, [invite, outgoing(BEN_DESK, sip(final))]);
    return problems;
  }

  const RECORD: CallRecord = {
    id: 'r',
    caller: { number: '4021', name: 'Ben', station: '4021', user: 'ben', trunkGroup: undefined },
    dialled: '4020',
    callee: undefined,
    diversions: [],
    startedAtMs: 1,
    alertingAtMs: undefined,
    answeredAtMs: undefined,
    endedAtMs: 9,
    result: 'busy',
    detail: undefined,
    isEmergency: false,
    legs: [],
  };

  test('what the caller was told', () => assert.deepEqual(closed({}, 'SIP/2.0 486 Busy Here'), []));
  test('something else', () =>
    assert.match(closed({}, 'SIP/2.0 603 Decline').join(), /busy .*although the caller was told 603/));
  test('answered, by the phone', () => {
    assert.match(closed({}, 'SIP/2.0 200 OK').join(), /although the caller's phone was answered/);
  });
  test('answered, by nobody', () => {
    const record = { result: 'answered', answeredAtMs: 5 } as const;
    assert.match(closed(record, 'SIP/2.0 200 OK').join(), /answered, but by no leg/);
  });
  test('times that run backwards', () => {
    assert.match(closed({ startedAtMs: 20 }, 'SIP/2.0 486 Busy Here').join(), /times out of order: 20 9/);
  });
});
