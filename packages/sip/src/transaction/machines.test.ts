import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { INVITE_CLIENT } from './invite-client.ts';
import { INVITE_SERVER } from './invite-server.ts';
import { NON_INVITE_CLIENT } from './non-invite-client.ts';
import { NON_INVITE_SERVER } from './non-invite-server.ts';

/** One arrow: state, event → next state, what is done on the way. */
type Row = readonly [state: string, event: string, next: string, does: string];

type AnyTable = Record<string, Record<string, { next: string; effects: readonly string[] } | undefined>>;

/** Holds a table against its figure: every arrow drawn is there, and no other. */
function check(name: string, table: object, events: readonly string[], rows: readonly Row[]): void {
  const machine = table as AnyTable;
  describe(name, () => {
    for (const [state, event, next, does] of rows) {
      test(`${state} · ${event} → ${next}: ${does || 'nothing'}`, () => {
        const found = machine[state]?.[event];
        assert.equal(found?.next, next);
        assert.equal(found?.effects.join(' '), does);
      });
    }
    test('in all other cases an event is ignored', () => {
      const drawn = new Set(rows.map(([state, event]) => `${state} ${event}`));
      for (const state of Object.keys(machine)) {
        for (const event of events) {
          if (!drawn.has(`${state} ${event}`)) assert.equal(machine[state]?.[event], undefined, `${state} ${event}`);
        }
      }
    });
    test('every state that is named is a state of the table', () => {
      for (const arrows of Object.values(machine)) {
        for (const arrow of Object.values(arrows)) assert.ok(arrow && arrow.next in machine);
      }
    });
  });
}

check(
  'INVITE client: RFC 3261 figure 5, RFC 6026 §7.2',
  INVITE_CLIENT,
  ['provisional', 'success', 'failure', 'timerA', 'timerB', 'timerD', 'timerM', 'transportError'],
  [
    ['calling', 'timerA', 'calling', 'resend doubleA'],
    ['calling', 'timerB', 'terminated', 'reportTimeout'],
    ['calling', 'transportError', 'terminated', 'reportTransportError'],
    ['calling', 'provisional', 'proceeding', 'stopRetransmission deliver'],
    ['calling', 'success', 'accepted', 'stopRetransmission startM deliver'],
    ['calling', 'failure', 'completed', 'stopRetransmission ack startD deliver'],
    ['proceeding', 'provisional', 'proceeding', 'deliver'],
    ['proceeding', 'success', 'accepted', 'startM deliver'],
    ['proceeding', 'failure', 'completed', 'ack startD deliver'],
    ['completed', 'failure', 'completed', 'ack'],
    ['completed', 'transportError', 'terminated', 'reportTransportError'],
    ['completed', 'timerD', 'terminated', ''],
    ['accepted', 'success', 'accepted', 'deliver'],
    ['accepted', 'timerM', 'terminated', ''],
  ],
);

check(
  'non-INVITE client: RFC 3261 figure 6',
  NON_INVITE_CLIENT,
  ['provisional', 'success', 'failure', 'timerE', 'timerF', 'timerK', 'transportError'],
  [
    ['trying', 'timerE', 'trying', 'resend backOffE'],
    ['trying', 'timerF', 'terminated', 'reportTimeout'],
    ['trying', 'transportError', 'terminated', 'reportTransportError'],
    ['trying', 'provisional', 'proceeding', 'deliver'],
    ['trying', 'success', 'completed', 'stopRetransmission startK deliver'],
    ['trying', 'failure', 'completed', 'stopRetransmission startK deliver'],
    ['proceeding', 'timerE', 'proceeding', 'resend restartE'],
    ['proceeding', 'timerF', 'terminated', 'reportTimeout'],
    ['proceeding', 'transportError', 'terminated', 'reportTransportError'],
    ['proceeding', 'provisional', 'proceeding', 'deliver'],
    ['proceeding', 'success', 'completed', 'stopRetransmission startK deliver'],
    ['proceeding', 'failure', 'completed', 'stopRetransmission startK deliver'],
    ['completed', 'timerK', 'terminated', ''],
  ],
);

check(
  'INVITE server: RFC 3261 figure 7, RFC 6026 §7.1',
  INVITE_SERVER,
  [
    ...['request', 'ack', 'slow', 'sendProvisional', 'sendSuccess', 'sendFailure'],
    ...['timerG', 'timerH', 'timerI', 'timerL', 'transportError'],
  ],
  [
    ['proceeding', 'request', 'proceeding', 'resend'],
    ['proceeding', 'slow', 'proceeding', 'sendTrying'],
    ['proceeding', 'sendProvisional', 'proceeding', 'send'],
    ['proceeding', 'sendSuccess', 'accepted', 'stopTimers send startL'],
    ['proceeding', 'sendFailure', 'completed', 'stopTimers send startG startH'],
    ['proceeding', 'transportError', 'proceeding', 'reportTransportError'],
    ['completed', 'request', 'completed', 'resend'],
    ['completed', 'timerG', 'completed', 'resend backOffG'],
    ['completed', 'timerH', 'terminated', 'reportTimeout'],
    ['completed', 'ack', 'confirmed', 'stopTimers startI'],
    ['completed', 'transportError', 'completed', 'reportTransportError'],
    ['confirmed', 'timerI', 'terminated', ''],
    ['accepted', 'ack', 'accepted', 'deliverAck'],
    ['accepted', 'sendSuccess', 'accepted', 'send'],
    ['accepted', 'timerL', 'terminated', ''],
    ['accepted', 'transportError', 'accepted', 'reportTransportError'],
  ],
);

check(
  'non-INVITE server: RFC 3261 figure 8, RFC 4320 §4',
  NON_INVITE_SERVER,
  ['request', 'slow', 'tooLate', 'sendProvisional', 'sendSuccess', 'sendFailure', 'timerJ', 'transportError'],
  [
    ['trying', 'slow', 'proceeding', 'sendTrying'],
    ['trying', 'tooLate', 'terminated', ''],
    ['trying', 'sendProvisional', 'proceeding', 'send'],
    ['trying', 'sendSuccess', 'completed', 'stopTimers send startJ'],
    ['trying', 'sendFailure', 'completed', 'stopTimers send startJ'],
    ['proceeding', 'request', 'proceeding', 'resend'],
    ['proceeding', 'tooLate', 'terminated', ''],
    ['proceeding', 'sendProvisional', 'proceeding', 'send'],
    ['proceeding', 'sendSuccess', 'completed', 'stopTimers send startJ'],
    ['proceeding', 'sendFailure', 'completed', 'stopTimers send startJ'],
    ['proceeding', 'transportError', 'terminated', 'reportTransportError'],
    ['completed', 'request', 'completed', 'resend'],
    ['completed', 'timerJ', 'terminated', ''],
    ['completed', 'transportError', 'terminated', 'reportTransportError'],
  ],
);
