import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mutate } from '../testing/mutate.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { readWav, type WavErrorCode, writeWav } from './wav.ts';

const PCM = Int16Array.of(0, 1, -1, 32_767, -32_768, 1_000);
const FILE = writeWav({ sampleRateHz: 8_000, pcm: PCM });

/** The file with one 16- or 32-bit field of its format chunk replaced. */
function patched(offset: number, value: number, octets: 2 | 4): Buffer {
  const file = Buffer.from(FILE);
  file.writeUIntLE(value, offset, octets);
  return file;
}

describe('WAV files', () => {
  it('are read as they were written', () => {
    for (const sampleRateHz of [8_000, 16_000] as const) {
      assert.deepEqual(readWav(writeWav({ sampleRateHz, pcm: PCM })), { ok: true, audio: { sampleRateHz, pcm: PCM } });
    }
  });

  it('have the header that other programs expect', () => {
    assert.equal(FILE.length, 44 + 12);
    assert.equal(
      FILE.subarray(0, 44).toString('hex'),
      '524946463000000057415645666d7420100000000100010' + '0401f0000803e00000200100064617461' + '0c000000',
    );
  });

  it('may hold chunks between format and data, of odd length too', () => {
    const list = Buffer.from('LIST\x05\0\0\0abcde\0', 'latin1');
    const file = Buffer.concat([FILE.subarray(0, 36), list, FILE.subarray(36)]);
    const result = readWav(file);
    assert.ok(result.ok);
    assert.deepEqual(result.audio.pcm, PCM);
  });

  it('are taken as far as they go when cut short', () => {
    const result = readWav(FILE.subarray(0, FILE.length - 3));
    assert.ok(result.ok);
    assert.deepEqual(result.audio.pcm, PCM.subarray(0, 4));
  });

  const refused: readonly [string, Buffer, WavErrorCode][] = [
    ['nothing', Buffer.alloc(0), 'not-wav'],
    ['something else', Buffer.from('MThd\0\0\0\x06\0\0\0\x01'), 'not-wav'],
    ['a file without samples', FILE.subarray(0, 36), 'truncated'],
    ['compressed audio', patched(20, 7, 2), 'unsupported-format'],
    ['stereo', patched(22, 2, 2), 'unsupported-format'],
    ['44.1 kHz', patched(24, 44_100, 4), 'unsupported-format'],
    ['8 bits', patched(34, 8, 2), 'unsupported-format'],
    ['data before format', Buffer.concat([FILE.subarray(0, 12), FILE.subarray(36)]), 'not-wav'],
  ];
  for (const [name, file, code] of refused) {
    it(`refuses ${name} and says why`, () => {
      const result = readWav(file);
      assert.ok(!result.ok && result.error.code === code && result.error.message.length > 10);
    });
  }

  it('never throw, however damaged', () => {
    const random = new SeededRandom(3);
    for (let i = 0; i < 2_000; i++) readWav(mutate(FILE, random));
  });
});
