import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { keysOf, keysPattern, nameKeys } from './keys.ts';

/** As a database compares. */
function isFoundBy(name: string, typed: string): boolean {
  const pattern = keysPattern(typed);
  return pattern !== undefined && nameKeys(name).includes(pattern.replaceAll('%', ''));
}

describe('letters on digits', () => {
  const CASES: [name: string, digits: string, matches: boolean][] = [
    ['Ben Okafor', '236', true],
    ['Ben Okafor', '652', true],
    ['Ben Okafor', '2366', true],
    ['Ben Okafor', '36', false],
    ['Jörg Weiß', '5674', true],
    ['Jörg Weiß', '934', true],
    ['Łukasz', '5852', true],
    ['Abteilung 77', '77', true],
    ['Ben', '', false],
    ['Ben', '2x', false],
    ['Anna Maria Lindner', '546', true],
    ['Anna Maria Lindner', '2662627425463637', true],
    ['Anna Maria Lindner', '62', true],
    ['Anna-Maria', '6274', true],
  ];
  for (const [name, digits, matches] of CASES)
    test(`${name} by ${digits}: ${matches}`, () => assert.equal(isFoundBy(name, digits), matches));
  test('every word of a name is found by its own keys', () => {
    const word = fc.stringMatching(/^[a-z]{2,8}$/);
    fc.assert(
      fc.property(word, word, (first, last) => {
        assert.ok(isFoundBy(`${first} ${last}`, keysOf(first)));
        assert.ok(isFoundBy(`${first} ${last}`, keysOf(last)));
      }),
    );
  });
});
