import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { NumberFormat } from '../model/index.ts';
import { MUNICH } from '../testing/office.ts';
import { isE164, readTrunkNumber, writeDiallable, writeOutside } from './outside-number.ts';

describe('numbers on a trunk', () => {
  const written: readonly [name: string, number: string, format: NumberFormat, text: string][] = [
    ['E.164 stays with its plus', '+498999998020', 'e164', '+498999998020'],
    ['of the own country in national format', '+498999998020', 'national', '08999998020'],
    ['of another country in national format', '+442079460000', 'national', '00442079460000'],
    ['a short service number in any format', '116117', 'national', '116117'],
    ['an emergency number in any format', '112', 'e164', '112'],
  ];
  for (const [name, number, format, text] of written) {
    it(`writes: ${name}`, () => assert.equal(writeOutside(number, format, MUNICH), text));
  }

  const read: readonly [name: string, text: string, format: NumberFormat, number: string][] = [
    ['with plus', '+442079460000', 'e164', '+442079460000'],
    ['E.164 without the plus', '442079460000', 'e164', '+442079460000'],
    ['national digits in a group of E.164', '08999998020', 'e164', '+498999998020'],
    ['international digits in a group of E.164', '00442079460000', 'e164', '+442079460000'],
    ['few bare digits are of a tie line', '4711', 'e164', '4711'],
    ['national format', '08999998020', 'national', '+498999998020'],
    ['a local number in national format', '99998020', 'national', '+498999998020'],
    ['plus in national format', '+442079460000', 'national', '+442079460000'],
  ];
  for (const [name, text, format, number] of read) {
    it(`reads: ${name}`, () => assert.equal(readTrunkNumber(text, format, MUNICH), number));
  }

  it('reads back what it writes', () => {
    const number = fc.integer({ min: 1_000_000, max: 999_999_999_999_999 }).map((digits) => `+${digits}`);
    fc.assert(
      fc.property(number, fc.constantFrom<NumberFormat>('e164', 'national'), (e164, format) =>
        assert.equal(readTrunkNumber(writeOutside(e164, format, MUNICH), format, MUNICH), e164),
      ),
    );
  });
});

describe('numbers on a display', () => {
  it('are what one dials to call back', () => {
    const numbering = { ...MUNICH, outsideLinePrefix: '9' };
    assert.equal(writeDiallable('4020', numbering), '4020');
    assert.equal(writeDiallable('+491711234567', numbering), '901711234567');
    assert.equal(writeDiallable('+442079460000', numbering), '900442079460000');
  });
});

describe('isE164', () => {
  it('wants plus, no leading zero, five to fifteen digits', () => {
    assert.ok(isE164('+12345') && isE164('+123456789012345'));
    for (const no of ['12345', '+1234', '+1234567890123456', '+01234', '+12a45', ''])
      assert.equal(isE164(no), false, no);
  });
});
