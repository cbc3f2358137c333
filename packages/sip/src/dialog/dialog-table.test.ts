import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { VirtualClock } from '../time/virtual-clock.ts';
import { DepartedDialogs } from './departed-dialogs.ts';
import { DialogTable } from './dialog-table.ts';
import type { LiveDialog } from './live-dialog.ts';

function dialog(localTag: string, remoteTag: string, callId = 'call'): LiveDialog {
  return { record: { localTag, remoteTag, callId }, sibling: undefined } as unknown as LiveDialog;
}

describe('table of dialogs', () => {
  test('a dialog is found by all three parts of its name', () => {
    const table = new DialogTable(new VirtualClock(), 32_000);
    const one = dialog('a', 'b');
    table.add(one);
    assert.equal(table.find('call', 'a', 'b'), one);
    for (const [callId, localTag, remoteTag] of [
      ['other', 'a', 'b'],
      ['call', 'other', 'b'],
      ['call', 'a', 'other'],
      ['call', 'b', 'a'],
    ] as const) {
      assert.equal(table.find(callId, localTag, remoteTag), undefined);
    }
  });

  test('forks of one INVITE share the local tag: in any order of coming and going each is found', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ adds: fc.boolean(), which: fc.nat(5) }), { maxLength: 40 }), (steps) => {
        const table = new DialogTable(new VirtualClock(), 32_000);
        const all = Array.from({ length: 6 }, (_, i) => dialog(i < 4 ? 'shared' : `own${i}`, `remote${i}`));
        const present = new Set<LiveDialog>();
        for (const { adds, which } of steps) {
          const one = all[which] as LiveDialog;
          if (adds && !present.has(one)) {
            table.add(one);
            present.add(one);
          } else if (!adds) {
            table.remove(one);
            present.delete(one);
          }
          assert.equal(table.size, present.size);
          assert.deepEqual(new Set(table), present);
          for (const other of all) {
            const { callId, localTag, remoteTag } = other.record;
            assert.equal(table.find(callId, localTag, remoteTag), present.has(other) ? other : undefined);
          }
        }
      }),
    );
  });

  test('what was removed is remembered for a while', () => {
    const table = new DialogTable(new VirtualClock(), 32_000);
    const one = dialog('a', 'b');
    table.add(one);
    assert.equal(table.departed.has(one.record), false);
    table.remove(one);
    assert.equal(table.departed.has(one.record), true);
  });
});

describe('dialogs that are over', () => {
  test('each is remembered for one period at least and two at most; then no timer runs', () => {
    const clock = new VirtualClock();
    const departed = new DepartedDialogs(clock, 1_000);
    const name = (i: number) => ({ localTag: `t${i}` });
    const addedAtMs: number[] = [];
    for (let i = 0; i < 50; i++) {
      departed.add(name(i));
      addedAtMs.push(clock.nowMs());
      clock.advance(77);
      for (let j = 0; j <= i; j++) {
        const ageMs = clock.nowMs() - (addedAtMs[j] as number);
        if (ageMs < 1_000) assert.equal(departed.has(name(j)), true, `${ageMs}`);
        if (ageMs > 2_000) assert.equal(departed.has(name(j)), false, `${ageMs}`);
      }
    }
    clock.advance(2_000);
    assert.equal(departed.size, 0);
    assert.equal(clock.pending, 0);
  });

  test('clear forgets at once', () => {
    const clock = new VirtualClock();
    const departed = new DepartedDialogs(clock, 1_000);
    departed.add({ localTag: 't' });
    departed.clear();
    assert.equal(departed.size, 0);
    assert.equal(clock.pending, 0);
  });
});
