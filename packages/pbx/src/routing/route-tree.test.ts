import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Route } from '../model/index.ts';
import { findRoute, plantRoutes } from './route-tree.ts';

const routesOf = (patterns: readonly string[]): readonly Route[] =>
  patterns.map((pattern) => ({ id: pattern, pattern, elements: [] }));

describe('findRoute', () => {
  const cases: readonly [name: string, patterns: readonly string[], number: string, found: string | undefined][] = [
    ['no pattern, no route', [], '+49171', undefined],
    ['the longest beginning wins', ['+', '+49', '+4989'], '+4989999', '+4989'],
    ['everything falls back to the star', ['*', '+49'], '+44', '*'],
    ['short numbers match the star', ['*'], '116117', '*'],
    ['a plus does not match short numbers', ['+'], '116117', undefined],
    ['X is any digit', ['+49XX'], '+4917', '+49XX'],
    ['X is no plus', ['X'], '+49', undefined],
    ['X needs a digit', ['+49X'], '+49', undefined],
    ['a digit beats X of the same length', ['+4X', '+49'], '+49171', '+49'],
    ['length beats a digit', ['+49', '+4X1'], '+49171', '+4X1'],
    ['the whole number may be the pattern', ['112'], '112', '112'],
  ];
  for (const [name, patterns, number, found] of cases) {
    it(name, () => assert.equal(findRoute(plantRoutes(routesOf(patterns)), number)?.pattern, found));
  }

  it('finds what trying every pattern would find', () => {
    const digit = fc.constantFrom('1', '2', 'X');
    const pattern = fc.array(digit, { minLength: 1, maxLength: 4 }).map((signs) => signs.join(''));
    const number = fc.array(fc.constantFrom('1', '2'), { minLength: 1, maxLength: 5 }).map((signs) => signs.join(''));
    fc.assert(
      fc.property(fc.uniqueArray(pattern, { maxLength: 8 }), number, (patterns, dialled) => {
        const matching = patterns.filter((one) => new RegExp(`^${one.replaceAll('X', '\\d')}`).test(dialled));
        // Digits sort before X, so the first of the longest has a digit where the others have X.
        const [best] = matching.sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
        assert.equal(findRoute(plantRoutes(routesOf(patterns)), dialled)?.pattern, best);
      }),
    );
  });
});
