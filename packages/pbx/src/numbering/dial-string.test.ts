import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PAUSE_SEC, type PostDial, splitDialString } from './dial-string.ts';

const CASES: readonly [name: string, text: string, number: string, postDial: readonly PostDial[]][] = [
  ['without a comma everything is the number', '4020', '4020', []],
  ['one comma waits once', '4020,1234#', '4020', [{ pauseSec: PAUSE_SEC, digits: '1234#' }]],
  ['three commas wait three times', '4020,,,7', '4020', [{ pauseSec: 3 * PAUSE_SEC, digits: '7' }]],
  [
    'digits after digits wait from each other',
    '4020,12,,34',
    '4020',
    [
      { pauseSec: PAUSE_SEC, digits: '12' },
      { pauseSec: 2 * PAUSE_SEC, digits: '34' },
    ],
  ],
  ['commas without digits send nothing', '4020,,', '4020', []],
  ['what is no DTMF digit is left out', '4020,1 2-3x', '4020', [{ pauseSec: PAUSE_SEC, digits: '123' }]],
];

describe('splitDialString', () => {
  for (const [name, text, number, postDial] of CASES) {
    it(name, () => assert.deepEqual(splitDialString(text), { number, postDial }));
  }
});
