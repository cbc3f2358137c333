import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_FEATURE_CODES, type DialledFeature, FEATURES, readFeatureCode } from './feature-codes.ts';

const CASES: readonly [name: string, dialled: string, means: DialledFeature | undefined][] = [
  ['a code with the closing hash', '#21#', { feature: 'defaultRouting' }],
  ['a code without the closing hash', '#21', { feature: 'defaultRouting' }],
  ['a code with a number', '*21*4711#', { feature: 'alternativeNumber', argument: '4711' }],
  ['a code with a number and no closing hash', '*21*4711', { feature: 'alternativeNumber', argument: '4711' }],
  ['a code that may take a number, without one', '*21#', { feature: 'alternativeNumber' }],
  ['a number with plus', '*67*+49171#', { feature: 'busyAlternativeNumber', argument: '+49171' }],
  ['a star without a number is none', '*21*#', undefined],
  ['a code that takes no number, with one', '*22*4711#', undefined],
  ['digits straight after the code are another code', '*214711#', undefined],
  ['a code cut short', '*2', undefined],
  ['a plain number', '4020', undefined],
];

describe('readFeatureCode', () => {
  for (const [name, dialled, means] of CASES) {
    it(name, () => assert.deepEqual(readFeatureCode(dialled, DEFAULT_FEATURE_CODES), means));
  }

  it('reads every default code as its own feature', () => {
    for (const feature of FEATURES) {
      assert.equal(readFeatureCode(`${DEFAULT_FEATURE_CODES[feature]}#`, DEFAULT_FEATURE_CODES)?.feature, feature);
    }
  });

  it('takes codes of digits alone', () => {
    assert.equal(readFeatureCode('71', { ...DEFAULT_FEATURE_CODES, echo: '71' })?.feature, 'echo');
  });

  it('does not know a feature that is switched off', () => {
    assert.equal(readFeatureCode('*43#', { ...DEFAULT_FEATURE_CODES, echo: '' }), undefined);
  });
});
