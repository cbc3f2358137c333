import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { didYouMean } from './did-you-mean.ts';

describe('didYouMean', () => {
  const known = ['number', 'name', 'state', 'classOfService', 'gateway', 'to'];
  const cases: readonly [word: string, meant: string | undefined][] = [
    ['nmae', 'name'],
    ['Name', 'name'],
    ['numbr', 'number'],
    ['class_of_service', 'classOfService'],
    ['gatway', 'gateway'],
    ['colour', undefined],
    ['x', undefined],
    ['', undefined],
  ];
  for (const [word, meant] of cases) {
    it(`"${word}" is ${meant ?? 'nothing we know'}`, () => assert.equal(didYouMean(word, known), meant));
  }
});
