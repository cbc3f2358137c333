import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OutStream } from './out-stream.ts';

type Packet = readonly [leg: number, ssrc: number, sequence: number, timestamp: number];

/** Sequence numbers that go out, null for what is refused; a packet each 20 ms at 8 kHz. */
function pass(packets: readonly Packet[], stream = new OutStream()): (number | null)[] {
  return packets.map(([leg, ssrc, sequence, timestamp], i) =>
    stream.accept(leg, ssrc, sequence, timestamp, i * 20, 8) ? stream.sequenceNumber : null,
  );
}

const of = (...sequences: number[]): Packet[] => sequences.map((sequence) => [1, 7, sequence & 0xffff, sequence * 160]);

describe('one stream of many sources', () => {
  const cases: readonly [string, readonly Packet[], readonly (number | null)[]][] = [
    ['a single source passes as it is, across the wrap', of(65_534, 65_535, 65_536, 65_537), [65_534, 65_535, 0, 1]],
    ['loss stays loss', of(1, 2, 5), [1, 2, 5]],
    ['what overtakes is put in its place', of(1, 3, 2, 4), [1, 3, 2, 4]],
    ['doubles are refused, soon and late', of(1, 2, 2, 3, 1), [1, 2, null, 3, null]],
    ['a straggler from beyond the window is refused', of(1, 100, 50, 101), [1, 100, null, 101]],
    ['another SSRC goes on with the next number', [...of(9, 10), [1, 8, 500, 3]], [9, 10, 11]],
    ['another leg goes on with the next number', [...of(9, 10), [2, 7, 500, 3]], [9, 10, 11]],
    ['a source far ahead has begun anew', of(10, 11, 20_000, 20_001), [10, 11, 12, 13]],
    ['a source far behind has begun anew', of(20_000, 1, 2), [20_000, 20_001, 20_002]],
    ['a source a little behind has begun anew when it goes on', of(500, 100, 101, 102), [500, null, 501, 502]],
  ];
  for (const [name, packets, expected] of cases) {
    test(name, () => assert.deepEqual(pass(packets), expected));
  }

  test('time goes on over a change of source, by the clock', () => {
    const stream = new OutStream();
    stream.accept(1, 7, 10, 1_000, 0, 8);
    assert.deepEqual([stream.ssrc, stream.timestamp, stream.isFirst], [7, 1_000, true]);
    stream.accept(1, 99, 4_000, 5, 500, 8);
    assert.deepEqual([stream.ssrc, stream.sequenceNumber, stream.timestamp, stream.isFirst], [7, 11, 5_000, true]);
    stream.accept(1, 99, 4_001, 165, 520, 8);
    assert.deepEqual([stream.sequenceNumber, stream.timestamp, stream.isFirst], [12, 5_160, false]);
  });
});
