import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HeaderList } from './headers.ts';
import { SipRequest, SipResponse } from './message.ts';
import { printMessage } from './print.ts';
import { HeaderInjectionError } from './printable.ts';

const list = (...fields: [string, string][]) => {
  const headers = new HeaderList();
  for (const [name, value] of fields) headers.append(name, value);
  return headers;
};
const fieldsOf = (headers: HeaderList) =>
  Array.from({ length: headers.length }, (_, i) => `${headers.nameAt(i)}: ${headers.valueAt(i)}`);

test('names are found in any spelling that was appended, in order', () => {
  const headers = list(['v', '1'], ['Via', '2'], ['VIA', '3'], ['x-y', '4']);
  assert.deepEqual(headers.all('Via'), ['1', '2', '3']);
  assert.equal(headers.get('Via'), '1');
  assert.equal(headers.get('X-Y'), '4');
  assert.equal(headers.get('From'), undefined);
  assert.deepEqual([headers.has('Via'), headers.has('From')], [true, false]);
});

test('set replaces all by one at the place of the first; remove, prepend, copy, clone', () => {
  const headers = list(['X-A', '1'], ['X-B', '2'], ['X-A', '3'], ['X-C', '4'], ['X-A', '5']);
  const before = headers.clone();
  assert.deepEqual(fieldsOf(headers.set('X-A', '9')), ['X-A: 9', 'X-B: 2', 'X-C: 4']);
  assert.deepEqual(fieldsOf(headers.set('X-D', '0')), ['X-A: 9', 'X-B: 2', 'X-C: 4', 'X-D: 0']);
  assert.deepEqual(fieldsOf(headers.remove('X-C').remove('X-E').prepend('X-C', '7')), [
    'X-C: 7',
    'X-A: 9',
    'X-B: 2',
    'X-D: 0',
  ]);
  assert.deepEqual(fieldsOf(new HeaderList().copy('X-A', before).copy('X-Z', before)), ['X-A: 1', 'X-A: 3', 'X-A: 5']);
  assert.equal(before.length, 5);
  assert.equal(fieldsOf(before.clone().replaceFirst('X-A', '9')).join(), 'X-A: 9,X-B: 2,X-A: 3,X-C: 4,X-A: 5');
  assert.equal(before.clone().replaceFirst('X-N', '9').get('X-N'), '9');
});

test('RFC 3261 §7.3.1: lists over several fields, commas in quotes and brackets not counted', () => {
  const headers = list(['Route', '<sip:a,b@c;lr>, "x, y" <sip:d>'], ['Route', ' ,, '], ['Route', '<sip:e>']);
  assert.deepEqual(headers.list('Route'), ['<sip:a,b@c;lr>', '"x, y" <sip:d>', '<sip:e>']);
  assert.deepEqual(headers.list('Path'), []);
});

test('tokens are found in any case, whole ones only', () => {
  const headers = list(['Supported', 'Replaces , TIMER'], ['Supported', '100rel'], ['Require', '']);
  for (const token of ['replaces', 'timer', '100rel']) assert.equal(headers.hasToken('Supported', token), true, token);
  for (const token of ['time', 'rel', 'path']) assert.equal(headers.hasToken('Supported', token), false, token);
  assert.equal(headers.hasToken('Require', 'timer'), false);
});

const UNPRINTABLE: Record<string, string> = {
  'CR LF': 'a\r\nX: y',
  'a lone CR': 'a\rb',
  'a lone LF': 'a\nb',
  NUL: 'a\0b',
  'a character that latin1 cuts down to LF': 'a\u010aX: y',
  'a character that latin1 cuts down to CR': 'a\u010dX: y',
  'a letter beyond one octet': '日本',
  'half a surrogate pair': '\ud800',
};

for (const [name, value] of Object.entries(UNPRINTABLE)) {
  test(`no header can hold ${name}`, () => {
    const headers = list(['X-A', '1']);
    for (const act of ['append', 'prepend', 'set', 'replaceFirst'] as const) {
      assert.throws(() => headers[act]('X-A', value), HeaderInjectionError, act);
      assert.throws(() => headers[act](value, 'x'), HeaderInjectionError, `${act} as a name`);
    }
    assert.deepEqual(fieldsOf(headers), ['X-A: 1']);
    assert.throws(() => printMessage(new SipResponse(200, value)), HeaderInjectionError);
    assert.throws(() => printMessage(new SipRequest('INVITE', value)), HeaderInjectionError);
    assert.throws(() => printMessage(new SipRequest(value, 'sip:x')), HeaderInjectionError);
  });
}

test('no header name but a token', () => {
  for (const name of ['', 'a b', 'a:', 'a\t', '(a)', 'é']) {
    assert.throws(() => new HeaderList().append(name, 'x'), HeaderInjectionError, name);
  }
});

test('a NUL stands only behind a backslash, where the grammar has it', () => {
  assert.equal(list(['Subject', '"\\\0"']).get('Subject'), '"\\\0"');
  assert.throws(() => list(['Subject', '"\\\0\0"']), HeaderInjectionError);
});

test('whatever was appended is printed as one line per field', () => {
  const anything = fc.string({ unit: fc.integer({ min: 0, max: 0x2ff }).map((c) => String.fromCharCode(c)) });
  fc.assert(
    fc.property(fc.array(fc.tuple(anything, anything)), anything, (fields, reason) => {
      const response = new SipResponse(200, reason);
      let appended = 0;
      for (const [name, value] of fields) {
        try {
          response.headers.append(`X${name}`, value);
          appended++;
        } catch (error) {
          assert.ok(error instanceof HeaderInjectionError);
        }
      }
      try {
        const lines = printMessage(response)
          .toString('latin1')
          .split(/\r\n|\r|\n/);
        // Start line, fields, Content-Length, the empty line and what is behind it.
        assert.equal(lines.length, appended + 4 - (response.headers.has('Content-Length') ? 1 : 0));
      } catch (error) {
        assert.ok(error instanceof HeaderInjectionError);
      }
    }),
  );
});
