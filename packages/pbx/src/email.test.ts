import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { emailKey } from './email.ts';

describe('emailKey', () => {
  const same: readonly [name: string, a: string, b: string][] = [
    ['case on both sides', 'Anna.Lindner@Example.COM', 'anna.lindner@example.com'],
    ['space around', ' anna@example.com ', 'anna@example.com'],
    ['a dot at the end of the domain', 'anna@example.com.', 'anna@example.com'],
    ['composed and decomposed letters', 'j\u00fcrgen@example.com', 'ju\u0308rgen@example.com'],
    ['an international domain and its ASCII form', 'anna@b\u00fccher.example', 'anna@xn--bcher-kva.example'],
  ];
  for (const [name, a, b] of same) it(`does not tell apart: ${name}`, () => assert.equal(emailKey(a), emailKey(b)));

  it('tells other people apart', () => {
    const keys = ['anna@example.com', 'ann.a@example.com', 'anna+x@example.com', 'anna@example.org'].map(emailKey);
    assert.equal(new Set(keys).size, keys.length);
  });

  it('takes anything, an address or not', () => assert.equal(emailKey('Anna'), 'anna'));
});
