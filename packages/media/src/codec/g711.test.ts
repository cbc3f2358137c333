import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { decodeAlawSample, decodeUlawSample, encodeAlawSample, encodeUlawSample } from './g711.ts';

const ALL_SAMPLES = Array.from({ length: 65_536 }, (_, i) => i - 32_768);
const ALL_CODES = Array.from({ length: 256 }, (_, i) => i);

function sha256(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}

function littleEndian(samples: readonly number[]): Buffer {
  const octets = Buffer.alloc(samples.length * 2);
  for (const [i, sample] of samples.entries()) octets.writeInt16LE(sample, 2 * i);
  return octets;
}

describe('G.711 µ-law', () => {
  it('ITU-T G.711 Table 2a: character signals of the first and last values', () => {
    assert.deepEqual([0, 8, -8, 32_124, -32_124].map(encodeUlawSample), [0xff, 0xfe, 0x7e, 0x80, 0x00]);
    assert.deepEqual(
      [0xff, 0x7f, 0x80, 0x00, 0xef, 0xdf].map(decodeUlawSample),
      [0, 0, 32_124, -32_124, 132, 396].map(Number),
    );
  });

  it('encodes every sample as the Sun reference implementation does', () => {
    const codes = Uint8Array.from(ALL_SAMPLES, encodeUlawSample);
    assert.equal(sha256(codes), '81d633c9e6972a18c74a58720b96cb8ca0bdd096d4060b646dd708c3b846019a');
  });

  it('decodes every code as the Sun reference implementation does', () => {
    const samples = littleEndian(ALL_CODES.map(decodeUlawSample));
    assert.equal(sha256(samples), '3dab54339e520bb2c924826e3b72a917a2b612e9fd12fc867500f1d983a75827');
  });

  it('gives a code back for what it decoded, negative zero excepted', () => {
    for (const code of ALL_CODES) {
      assert.equal(encodeUlawSample(decodeUlawSample(code)), code === 0x7f ? 0xff : code);
    }
  });
});

describe('G.711 A-law', () => {
  it('ITU-T G.711 Table 1a: character signals of the first and last values', () => {
    assert.deepEqual([0, -1, 32_256, -32_256].map(encodeAlawSample), [0xd5, 0x55, 0xaa, 0x2a]);
    assert.deepEqual([0xd5, 0x55, 0xaa, 0x2a].map(decodeAlawSample), [8, -8, 32_256, -32_256]);
  });

  it('encodes every sample as the Sun reference implementation does', () => {
    const codes = Uint8Array.from(ALL_SAMPLES, encodeAlawSample);
    assert.equal(sha256(codes), '38488f6fd710f4686360edc4d38639f96c491595ef93f8eb8d62d5e07ca6ce7b');
  });

  it('decodes every code as the Sun reference implementation does', () => {
    const samples = littleEndian(ALL_CODES.map(decodeAlawSample));
    assert.equal(sha256(samples), 'e04788d110e58ff8c70c93b8480190d973e3b67876b6119abbaec766cc75c174');
  });

  it('gives every code back for what it decoded', () => {
    for (const code of ALL_CODES) assert.equal(encodeAlawSample(decodeAlawSample(code)), code);
  });
});
