import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { groupCpuSec, groupMemoryOctets, parseCoreBusy, parseProcessStat, parseProportionalKb } from './processes.ts';

test('the CPU time of a process is read, whatever its name', () => {
  const stat = '42 (a ) b) S 1 40 40 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 1 0 100 1000 10';
  assert.deepEqual(parseProcessStat(stat), { groupId: 40, cpuSec: 3 });
});

test('the busy time of a core leaves out idling and waiting', () => {
  const stat = 'cpu  1 1 1 1 1 1 1 0 0 0\ncpu0 100 20 30 9999 9999 5 45 7 0 0\ncpu1 0 0 0 0 0 0 0 0 0 0\n';
  assert.equal(parseCoreBusy(stat, 0), 2);
});

test('shared memory is counted in proportion', () => {
  assert.equal(parseProportionalKb('Rss:  900 kB\nPss:                 450 kB\nPss_Anon: 1 kB\n'), 450);
});

test('the group of this test has used time and memory, and a group that is not there has not', () => {
  const { groupId } = parseProcessStat(readFileSync('/proc/self/stat', 'utf8'));
  assert.ok(groupCpuSec(groupId) > 0);
  assert.ok(groupMemoryOctets(groupId) > 1_000_000);
  assert.equal(groupCpuSec(-1), 0);
});
