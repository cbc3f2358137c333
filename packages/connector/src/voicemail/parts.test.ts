import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_AUDIO_PART_OCTETS } from '@unisono/contract';
import { type AudioPart, readInParts, writeInParts } from './parts.ts';

/** The other side: what was written can be read. */
async function carried(file: Buffer): Promise<{ readonly parts: AudioPart[]; readonly back: Buffer | undefined }> {
  const parts: AudioPart[] = [];
  await writeInParts(file, async (part) => void parts.push(part));
  const back = await readInParts(async (offset) => parts.find((part) => part.offset === offset) as AudioPart);
  return { parts, back };
}

for (const [octets, parts] of [
  [0, 1],
  [1, 1],
  [MAX_AUDIO_PART_OCTETS, 1],
  [MAX_AUDIO_PART_OCTETS + 1, 2],
  [3 * MAX_AUDIO_PART_OCTETS, 3],
] as const) {
  test(`a file of ${octets} octets goes in ${parts} and comes back whole`, async () => {
    const file = Buffer.alloc(octets, 'audio');
    const { parts: sent, back } = await carried(file);
    assert.equal(sent.length, parts);
    assert.ok(back?.equals(file));
  });
}

const BROKEN: [string, AudioPart][] = [
  ['another place than was asked for', { offset: 4, totalOctets: 8, data: 'AAAAAA==' }],
  ['more than there is', { offset: 0, totalOctets: 2, data: 'AAAAAA==' }],
  ['nothing, and more to come', { offset: 0, totalOctets: 8, data: '' }],
  ['a file without end', { offset: 0, totalOctets: 1e12, data: 'AAAA' }],
];
for (const [name, part] of BROKEN) {
  test(`no file: ${name}`, async () => assert.equal(await readInParts(async () => part), undefined));
}
