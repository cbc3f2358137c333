import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base32, stepOfCode, totpCode } from './totp.ts';

const SECRET = Buffer.from('12345678901234567890');

for (const [seconds, code] of [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
] as const) {
  test(`RFC 6238, appendix B: at ${seconds} s`, () => {
    assert.equal(totpCode(SECRET, Math.floor(seconds / 30), 8), code);
  });
}

test('RFC 4648 §10: base32', () => {
  assert.deepEqual(
    ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => base32(Buffer.from(text))),
    ['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI'],
  );
});

test('a code counts in its step and the ones beside it, once', () => {
  const nowMs = 1_700_000_000_000;
  const step = Math.floor(nowMs / 30_000);
  const at = (offset: number) => totpCode(SECRET, step + offset);
  assert.deepEqual(
    [-2, -1, 0, 1, 2].map((offset) => stepOfCode(SECRET, at(offset), nowMs, 0)),
    [undefined, step - 1, step, step + 1, undefined],
  );
  assert.equal(stepOfCode(SECRET, at(0), nowMs, step), undefined);
  assert.equal(stepOfCode(SECRET, `${at(0).slice(0, 3)} ${at(0).slice(3)}`, nowMs, 0), step);
  assert.equal(stepOfCode(SECRET, 'äöüxyz', nowMs, 0), undefined);
});
