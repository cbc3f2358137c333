import type { CallRecord } from '@unisono/gateway';

/** For tests: a call from 4020 to 4021 that was answered. */
export function answeredCall(id: string, startedAtMs = 1_700_000_000_000): CallRecord {
  const party = { user: undefined, trunkGroup: undefined };
  return {
    id,
    caller: { ...party, number: '4020', name: 'Anna', station: '4020' },
    dialled: '4021',
    callee: { ...party, number: '4021', name: 'Ben', station: '4021' },
    diversions: [],
    startedAtMs,
    alertingAtMs: startedAtMs + 200,
    answeredAtMs: startedAtMs + 3_000,
    endedAtMs: startedAtMs + 65_000,
    result: 'answered',
    detail: undefined,
    isEmergency: false,
    legs: [],
  };
}
