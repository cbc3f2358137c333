import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { HistoryEntry } from '../contract-types.ts';
import { folded } from './history-fold.ts';

function entry(id: string, from: number, to: number, more: Partial<HistoryEntry> = {}): HistoryEntry {
  const times = { startedAtMs: from * 1_000, answeredAtMs: from * 1_000, endedAtMs: to * 1_000 };
  return {
    entryId: id,
    callId: id,
    direction: 'outgoing',
    party: { number: '4021' },
    result: 'answered',
    ...times,
    ...more,
  };
}
const PART = { detail: 'The call became part of a conference' };
const CONFERENCE = { party: { name: 'Conference with Ben, Carla' } };
const shown = (...entries: HistoryEntry[]) =>
  folded(entries).map(({ entry: { entryId }, parts }) => [entryId, ...parts.map((one) => one.entryId)].join(' '));

describe('one entry per call', () => {
  test('the calls that became a conference stand in its entry', () => {
    const conference = entry('conference', 60, 200, CONFERENCE);
    const parts = [entry('carla', 40, 62, PART), entry('ben', 0, 61, { ...PART, direction: 'incoming' })];
    assert.deepEqual(shown(entry('later', 300, 310), conference, ...parts), ['later', 'conference ben carla']);
  });

  test('of two conferences each has its own; without one to be found they stand as they are', () => {
    const first = [entry('c1', 60, 100, CONFERENCE), entry('a', 0, 61, PART)];
    const second = [entry('c2', 500, 600, CONFERENCE), entry('b', 400, 501, PART)];
    assert.deepEqual(shown(...second, ...first), ['c2 b', 'c1 a']);
    assert.deepEqual(shown(entry('a', 0, 61, PART)), ['a']);
  });

  test('who was with somebody by chance at the time is no part of it', () => {
    assert.deepEqual(shown(entry('c', 60, 100, CONFERENCE), entry('a', 0, 61)), ['c', 'a']);
  });
});
