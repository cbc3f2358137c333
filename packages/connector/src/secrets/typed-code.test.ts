import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { bareCode, newTypedCode } from './typed-code.ts';

const random = { octets: (count: number) => randomBytes(count) };

test('a code to type is made of groups of signs that look different', () => {
  for (let round = 0; round < 200; round++)
    assert.match(newTypedCode(random, 3, 4), /^[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){2}$/);
});

test('capitals, blanks and hyphens do not matter in what is typed', () => {
  assert.equal(bareCode(' AB3D-efgh 2345\n'), bareCode('ab3d-efgh-2345'));
});
