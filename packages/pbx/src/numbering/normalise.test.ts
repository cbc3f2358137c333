import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CallClass, Numbering } from '../model/index.ts';
import { MUNICH } from '../testing/office.ts';
import { type Dialled, MAX_DIAL_STRING_LENGTH, normalise } from './normalise.ts';
import { writeDiallable } from './outside-number.ts';

const WITH_ZERO: Numbering = { ...MUNICH, outsideLinePrefix: '0' };
const NEW_YORK: Numbering = {
  ...MUNICH,
  countryCode: '1',
  areaCode: '212',
  nationalPrefix: '1',
  internationalPrefix: '011',
  outsideLinePrefix: '9',
  emergencyNumbers: ['911'],
  premiumPrefixes: ['+1900'],
  servicePrefixes: ['+1800', '411'],
};
const MADRID: Numbering = { ...withoutAreaCode(MUNICH), countryCode: '34', nationalPrefix: '' };

function withoutAreaCode({ areaCode, ...rest }: Numbering): Numbering {
  return rest;
}

const internal = (number: string): Dialled => ({ kind: 'internal', number, postDial: [] });
const outside = (number: string, callClass: CallClass): Dialled => {
  return { kind: 'outside', number, callClass, postDial: [] };
};
const emergency = (number: string): Dialled => ({ kind: 'emergency', number });

const CASES: readonly [name: string, plan: Numbering, dialled: string, means: Dialled][] = [
  ['a number of an internal range is internal', MUNICH, '4020', internal('4020')],
  ['a number of a reserved range is internal too', MUNICH, '4999', internal('4999')],
  [
    'a longer number that begins like an internal one is a local number',
    MUNICH,
    '40201',
    outside('+498940201', 'national'),
  ],
  ['a local number gets area and country code', MUNICH, '99998020', outside('+498999998020', 'national')],
  ['a national number gets the country code', MUNICH, '01711234567', outside('+491711234567', 'national')],
  ['an international number gets a plus', MUNICH, '00442079460000', outside('+442079460000', 'international')],
  ['a number with plus is taken as it is', MUNICH, '+442079460000', outside('+442079460000', 'international')],
  ['the own country with 00 is national', MUNICH, '00491711234567', outside('+491711234567', 'national')],
  ['separators do not matter', MUNICH, '+49 (171) 123-45.67/8', outside('+4917112345678', 'national')],
  [
    'no-break space and en dash are separators',
    MUNICH,
    '0171\u00a0123\u201345678',
    outside('+4917112345678', 'national'),
  ],
  [
    'a bracketed national prefix after the country code goes',
    MUNICH,
    '+49 (0)89 99998020',
    outside('+498999998020', 'national'),
  ],
  ['a tel URI is read', MUNICH, 'tel:+49-171-1234567', outside('+491711234567', 'national')],
  ['a tel URI with parameters is read', MUNICH, 'tel:4020;isub=1', internal('4020')],
  [
    'RFC 3966 §5.1.5: a global phone-context goes before the digits',
    MUNICH,
    'tel:1234567;phone-context=+49-171',
    outside('+491711234567', 'national'),
  ],
  [
    'RFC 3966 §5.1.5: a domain as phone-context changes nothing',
    MUNICH,
    'tel:4020;phone-context=example.com',
    internal('4020'),
  ],
  ['a premium number is premium', MUNICH, '0900 1234567', outside('+499001234567', 'premium')],
  ['a freephone number is a service', MUNICH, '0800 1234567', outside('+498001234567', 'services')],
  ['a short service number keeps its digits', MUNICH, '116117', outside('116117', 'services')],
  ['the emergency number is one', MUNICH, '112', emergency('112')],
  ['every configured emergency number is one', MUNICH, '110', emergency('110')],
  ['the emergency number in spaces is one', MUNICH, ' 1 1 2 ', emergency('112')],
  ['the emergency number as tel URI is one', MUNICH, 'tel:112', emergency('112')],
  ['the emergency number with country code is one', MUNICH, '+49112', emergency('112')],
  ['the emergency number with 0049 is one', MUNICH, '0049112', emergency('112')],
  ['with a comma and digits it still is one', MUNICH, '112,1', emergency('112')],
  ['a number that begins like an emergency number is none', MUNICH, '1120', outside('+49891120', 'national')],
  ['without the outside line everything is internal', WITH_ZERO, '99998020', internal('99998020')],
  ['the outside line leads to a local number', WITH_ZERO, '099998020', outside('+498999998020', 'national')],
  ['the outside line leads to a national number', WITH_ZERO, '001711234567', outside('+491711234567', 'national')],
  ['the outside line leads abroad', WITH_ZERO, '000442079460000', outside('+442079460000', 'international')],
  ['a plus needs no outside line', WITH_ZERO, '+442079460000', outside('+442079460000', 'international')],
  ['the emergency number needs no outside line', WITH_ZERO, '112', emergency('112')],
  ['the emergency number works with the outside line', WITH_ZERO, '0112', emergency('112')],
  ['the emergency number works with outside line and 0049', WITH_ZERO, '00049112', emergency('112')],
  ['the outside line alone is incomplete', WITH_ZERO, '0', { kind: 'invalid', reason: 'incomplete' }],
  ['New York: nine and ten digits with one', NEW_YORK, '912025550123', outside('+12025550123', 'national')],
  ['New York: nine and a local number', NEW_YORK, '95550123', outside('+12125550123', 'national')],
  ['New York: abroad with 011', NEW_YORK, '9011498999998020', outside('+498999998020', 'international')],
  ['New York: 911 and 9911 are the emergency number', NEW_YORK, '9911', emergency('911')],
  ['New York: a short service', NEW_YORK, '9411', outside('411', 'services')],
  ['Madrid: no national prefix, no area code', MADRID, '910123456', outside('+34910123456', 'national')],
  ['nothing is nothing', MUNICH, '', { kind: 'invalid', reason: 'empty' }],
  ['separators alone are nothing', MUNICH, ' -()', { kind: 'invalid', reason: 'empty' }],
  ['letters are no number', MUNICH, 'anna', { kind: 'invalid', reason: 'notANumber' }],
  ['a plus in the middle is no number', MUNICH, '49+171', { kind: 'invalid', reason: 'notANumber' }],
  ['a country code does not begin with zero', MUNICH, '+0171234567', { kind: 'invalid', reason: 'notANumber' }],
  ['a plus and two digits are incomplete', MUNICH, '+49', { kind: 'invalid', reason: 'incomplete' }],
  ['fifteen digits are the most', MUNICH, '+123456789012345', outside('+123456789012345', 'international')],
  ['sixteen digits are too many', MUNICH, '+1234567890123456', { kind: 'invalid', reason: 'tooLong' }],
  ['a dial string at the limit is read', MUNICH, `4020${','.repeat(MAX_DIAL_STRING_LENGTH - 4)}`, internal('4020')],
  [
    'a dial string over the limit is not',
    MUNICH,
    '1'.repeat(MAX_DIAL_STRING_LENGTH + 1),
    { kind: 'invalid', reason: 'tooLong' },
  ],
  ['a feature code is one', MUNICH, '*22#', { kind: 'feature', feature: 'deskPhoneOnly' }],
  [
    'a feature code takes a number with separators',
    MUNICH,
    '*21*0171 123#',
    { kind: 'feature', feature: 'alternativeNumber', argument: '0171123' },
  ],
  ['an unknown code is no number', MUNICH, '*99#', { kind: 'invalid', reason: 'notANumber' }],
];

describe('normalise', () => {
  for (const [name, plan, dialled, means] of CASES) {
    it(name, () => assert.deepEqual(normalise(dialled, plan), means));
  }

  it('splits pauses and a PIN off the number', () => {
    const dialled = normalise('0171 1234567,,4711#', MUNICH);
    assert.deepEqual(dialled.kind === 'outside' && dialled.postDial, [{ pauseSec: 4, digits: '4711#' }]);
  });

  it('never throws, whatever is dialled', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200, unit: 'binary' }), (text) => Boolean(normalise(text, MUNICH))));
  });

  it('finds every emergency number behind every way of writing it', () => {
    const ways = ['', '0', '+49', '0049', '00049', 'tel:'];
    for (const plan of [MUNICH, WITH_ZERO]) {
      for (const number of plan.emergencyNumbers) {
        for (const way of ways.filter((one) => one !== '0' || plan.outsideLinePrefix === '0')) {
          if (way === '00049' && plan.outsideLinePrefix === '') continue;
          assert.deepEqual(normalise(way + number, plan), emergency(number), way + number);
        }
      }
    }
  });

  it('shows a number whose national form would begin like one abroad in its international form', () => {
    assert.equal(writeDiallable('+49000000000', MUNICH), '0049000000000');
    assert.equal(writeDiallable('+498912345', MUNICH), '08912345');
  });

  it('reads back what it shows to be dialled', () => {
    const plans = fc.constantFrom(MUNICH, WITH_ZERO, NEW_YORK);
    const number = fc.integer({ min: 10_000_000, max: 99_999_999_999 }).map((digits) => `+${digits}`);
    fc.assert(
      fc.property(plans, number, (plan, e164) => {
        const again = normalise(writeDiallable(e164, plan), plan);
        assert.equal(again.kind === 'outside' && again.number, e164);
      }),
    );
  });
});
