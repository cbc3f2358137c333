import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { featureOf } from './feature-code.ts';
import {
  type DiallingRules,
  formatNumber,
  formatTyped,
  isEmergencyNumber,
  readDialString,
  whyNoNumber,
} from './numbers.ts';

const MUNICH: DiallingRules = {
  countryCode: '49',
  areaCode: '89',
  nationalPrefix: '0',
  internationalPrefix: '00',
  outsideLinePrefix: '',
  emergencyNumbers: ['112', '110'],
  internalLengths: [4],
  featureCodes: {},
};
const WITH_PREFIX: DiallingRules = { ...MUNICH, outsideLinePrefix: '0' };

describe('what is dialled', () => {
  const CASES: [text: string, number: string | undefined, digits?: string][] = [
    ['4021', '4021'],
    ['  +49 (0) 89 / 123-456 ', '+4989123456'],
    ['+49 89 123456', '+4989123456'],
    ['(089) 12 34 56', '089123456'],
    ['Tel.: 089 123456', '089123456'],
    ['Tel. +49 (0)89 / 123-456', '+4989123456'],
    ['Telefon +49 (0) 89 123456', '+4989123456'],
    ['phone 4021', '4021'],
    ['Mobil: 0170 1234567', '01701234567'],
    ['Tell 4021', undefined],
    ['Carla Rossi <4022>', '4022'],
    ['"Rossi, Carla" <sip:4022@lindner-optik.example>', '4022'],
    ['Carla Rossi <carla@lindner-optik.example>', undefined],
    ['1'.repeat(40), '1'.repeat(40)],
    ['1'.repeat(41), undefined],
    ['*21*4025#', '*21*4025#'],
    ['4102,,1234#', '4102', ',,1234#'],
    ['+4989123;45', '+4989123', ',45'],
    ['089123p4w5', '089123', ',4,5'],
    ['4102,', '4102', ''],
    ['tel:+49-89-123456', '+4989123456'],
    ['tel:4102;postd=1234', '4102', ',1234'],
    ['tel:+4989123;ext=17', '+4989123', ',17'],
    ['web+tel:4021', '4021'],
    ['callto://4021', '4021'],
    ['sip:4021@lindner-optik.example;transport=tls', '4021'],
    ['sip:ben@lindner-optik.example', undefined],
    ['Ben', undefined],
    ['', undefined],
    ['+', undefined],
    ['12ab34', undefined],
    ['<script>4021</script>', undefined],
  ];
  for (const [text, number, digits = ''] of CASES)
    test(JSON.stringify(text), () =>
      assert.deepEqual(readDialString(text), number === undefined ? undefined : { number, digits }),
    );

  test('a number that is too long is told from what is none', () => {
    assert.equal(whyNoNumber('1'.repeat(60)), 'numberTooLong');
    assert.equal(whyNoNumber(`+${'12 '.repeat(30)},5`), 'numberTooLong');
    for (const text of ['', 'Ben', '12ab34']) assert.equal(whyNoNumber(text), 'notANumber', text);
  });

  test('whatever is pasted: a number holds nothing but what can be dialled', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[\d +*#,;()pw/-]{0,30}$/)), (text) => {
        const read = readDialString(text);
        if (read === undefined) return;
        assert.match(read.number, /^\+?[\d*#]{1,40}$/);
        assert.match(read.digits, /^(,[\dA-D*#,]*)?$/);
      }),
    );
  });
});

describe('numbers as they are shown', () => {
  const CASES: [typed: string, rules: DiallingRules | undefined, shown: string][] = [
    ['4021', MUNICH, '4021'],
    ['+4989123456', MUNICH, '+49 89 123456'],
    ['+12125550123', MUNICH, '+1 212 555 0123'],
    ['089123456', MUNICH, '089 123456'],
    ['0012125550123', MUNICH, '00 1 212 555 0123'],
    ['0089123456', WITH_PREFIX, '0 089 123456'],
    ['*21*4025#', MUNICH, '*21*4025#'],
    ['089123456,12', MUNICH, '089 123456,12'],
    ['089 123456', undefined, '089123456'],
  ];
  for (const [typed, rules, shown] of CASES)
    test(`${typed}: ${shown}`, () => assert.equal(formatTyped(typed, rules), shown));

  test('formatting adds and loses no digit', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?\d{0,18}$/), fc.constantFrom(MUNICH, WITH_PREFIX), (typed, rules) => {
        assert.equal(formatNumber(typed, rules).replace(/[^\d+]/g, ''), typed);
      }),
    );
  });
});

describe('emergency', () => {
  const CASES: [string, boolean][] = [
    ['112', true],
    ['1 1 2', true],
    ['0112', true],
    ['110', true],
    ['0110', true],
    ['1122', false],
    ['12', false],
    ['', false],
  ];
  for (const [typed, expected] of CASES)
    test(`${typed}: ${expected}`, () => assert.equal(isEmergencyNumber(typed, WITH_PREFIX), expected));
  test('112 is known before anything else is', () => assert.ok(isEmergencyNumber('112', undefined)));
});

describe('codes that set something', () => {
  const featureCodes = {
    busySignal: '*66',
    defaultRouting: '#21',
    alternativeNumber: '*21',
    mailbox: '*86',
    signOn: '',
  };
  const CASES: [string, string | undefined][] = [
    ['*66', 'busySignal'],
    ['*66#', 'busySignal'],
    ['#21#', 'defaultRouting'],
    ['*21*4022#', 'alternativeNumber'],
    ['*86', undefined],
    ['*661', undefined],
    ['4021', undefined],
  ];
  for (const [dialled, feature] of CASES)
    test(`${dialled}: ${feature ?? 'nothing'}`, () => assert.equal(featureOf(dialled, { featureCodes }), feature));
});
