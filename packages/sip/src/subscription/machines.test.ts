import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NOTIFIER } from './notifier-machine.ts';
import { SUBSCRIBER } from './subscriber-machine.ts';

type Row = readonly [state: string, event: string, next: string, does: string];
type AnyTable = Record<string, Record<string, { next: string; effects: readonly string[] } | undefined>>;

function check(name: string, table: object, rows: readonly Row[]): void {
  const machine = table as AnyTable;
  describe(name, () => {
    for (const [state, event, next, does] of rows) {
      test(`${state} · ${event} → ${next}: ${does || 'nothing'}`, () => {
        assert.equal(machine[state]?.[event]?.next, next);
        assert.equal(machine[state]?.[event]?.effects.join(' '), does);
      });
    }
    test('no other arrow is there', () => {
      const drawn = rows.map(([state, event]) => `${state} ${event}`).sort();
      const found = Object.entries(machine).flatMap(([state, arrows]) =>
        Object.keys(arrows).map((event) => `${state} ${event}`),
      );
      assert.deepEqual(found.sort(), drawn);
    });
  });
}

check('notifier (RFC 6665 §4.2)', NOTIFIER, [
  ['pending', 'activate', 'active', 'notify'],
  ['pending', 'refreshed', 'pending', 'startExpiry notify'],
  ['pending', 'unsubscribed', 'terminated', 'stopExpiry notify'],
  ['pending', 'expired', 'terminated', 'notify'],
  ['pending', 'ended', 'terminated', 'stopExpiry notify'],
  ['pending', 'lost', 'terminated', 'stopExpiry forget'],
  ['active', 'changed', 'active', 'notify'],
  ['active', 'refreshed', 'active', 'startExpiry notify'],
  ['active', 'unsubscribed', 'terminated', 'stopExpiry notify'],
  ['active', 'expired', 'terminated', 'notify'],
  ['active', 'ended', 'terminated', 'stopExpiry notify'],
  ['active', 'lost', 'terminated', 'stopExpiry forget'],
  ['terminated', 'lost', 'terminated', 'forget'],
]);

check('subscriber (RFC 6665 §4.1, figure 1)', SUBSCRIBER, [
  ['subscribing', 'accepted', 'notifyWait', ''],
  ['subscribing', 'refused', 'terminated', 'stopTimers forget'],
  ['subscribing', 'notifyPending', 'pending', 'stopN deliver'],
  ['subscribing', 'notifyActive', 'active', 'stopN deliver'],
  ['subscribing', 'notifyTerminated', 'terminated', 'stopTimers deliver forget'],
  ['subscribing', 'timerN', 'terminated', 'stopTimers forget'],
  ['subscribing', 'unsubscribe', 'leaving', ''],
  ['subscribing', 'lost', 'terminated', 'stopTimers forget'],
  ['notifyWait', 'refused', 'terminated', 'stopTimers forget'],
  ['notifyWait', 'notifyPending', 'pending', 'stopN deliver'],
  ['notifyWait', 'notifyActive', 'active', 'stopN deliver'],
  ['notifyWait', 'notifyTerminated', 'terminated', 'stopTimers deliver forget'],
  ['notifyWait', 'timerN', 'terminated', 'stopTimers forget'],
  ['notifyWait', 'expired', 'terminated', 'stopTimers forget'],
  ['notifyWait', 'unsubscribe', 'leaving', 'stopTimers startN sendUnsubscribe'],
  ['notifyWait', 'lost', 'terminated', 'stopTimers forget'],
  ...(['pending', 'active'] as const).flatMap((state): Row[] => [
    [state, 'notifyPending', 'pending', 'stopN deliver'],
    [state, 'notifyActive', 'active', 'stopN deliver'],
    [state, 'notifyTerminated', 'terminated', 'stopTimers deliver forget'],
    [state, 'refreshDue', state, 'refresh'],
    [state, 'refused', 'terminated', 'stopTimers forget'],
    [state, 'expired', 'terminated', 'stopTimers forget'],
    [state, 'unsubscribe', 'leaving', 'stopTimers startN sendUnsubscribe'],
    [state, 'lost', 'terminated', 'stopTimers forget'],
  ]),
  ['leaving', 'accepted', 'leaving', 'sendUnsubscribe'],
  ['leaving', 'notifyPending', 'leaving', 'deliver'],
  ['leaving', 'notifyActive', 'leaving', 'deliver'],
  ['leaving', 'notifyTerminated', 'terminated', 'stopTimers deliver forget'],
  ['leaving', 'refused', 'terminated', 'stopTimers forget'],
  ['leaving', 'timerN', 'terminated', 'stopTimers forget'],
  ['leaving', 'lost', 'terminated', 'stopTimers forget'],
]);
