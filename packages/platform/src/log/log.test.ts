import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger, type LoggerOptions } from './logger.ts';
import { maskNumber } from './privacy.ts';

const MASKED: [name: string, text: string, expected: string][] = [
  ['an outside number shows its last two digits', '+4989123456', '***56'],
  ['a written number is one number', '(089) 12 34-56', '***56'],
  ['an extension shows its last two digits', '4021', '***21'],
  ['two digits are hidden altogether', '21', '***'],
  ['a SIP address keeps its host and port', 'sip:4021@192.0.2.7:5060', 'sip:***21@192.0.2.7:5060'],
  ['a tel URI is masked', 'tel:+4989123456', 'tel:***56'],
  ['a machine is no number', 'sip:192.0.2.7:5060', 'sip:192.0.2.7:5060'],
  ['a name is no number', 'alice', 'alice'],
  ['a name with a number in it hides the number', 'desk-4021', 'desk-***21'],
];
for (const [name, text, expected] of MASKED) test(name, () => assert.equal(maskNumber(text), expected));

function logged(options: Partial<LoggerOptions>, fields: object): string {
  let text = '';
  const logger = createLogger({ level: 'info', format: 'json', write: (line) => (text += line), ...options });
  logger.info(fields, 'call');
  return text;
}

const CALL = { caller: '+4989123456', account: { username: 'x', password: 'geheim' }, deep: { a: { ha1: 'abcdef' } } };

test('at the default level numbers are masked and secrets left out', () => {
  const line = logged({}, CALL);
  assert.match(line, /"caller":"\*\*\*56"/);
  assert.doesNotMatch(line, /geheim|abcdef|4989123456/);
});

test('at debug level numbers are whole and secrets still left out', () => {
  const line = logged({ level: 'debug' }, CALL);
  assert.match(line, /"caller":"\+4989123456"/);
  assert.doesNotMatch(line, /geheim|abcdef/);
});

test('lists of numbers are masked too', () =>
  assert.match(logged({}, { to: ['4021', '4022'] }), /\["\*\*\*21","\*\*\*22"\]/));

test('in sentences numbers are masked, statuses and addresses are not', () => {
  const line = logged({}, { why: '+4989123456 got 486 from 192.0.2.1', device: 'desk:4020' });
  assert.match(line, /"why":"\*\*\*56 got 486 from 192\.0\.2\.1","device":"desk:\*\*\*20"/);
});

test('a child adds its fields to every line', () => {
  let text = '';
  createLogger({ level: 'info', format: 'json', write: (line) => (text += line) })
    .child({ call: 'c1' })
    .warn({}, 'odd');
  assert.match(text, /"call":"c1".*"msg":"odd"/);
});

test('a line for people has time, level, message and fields', () => {
  assert.match(
    logged({ format: 'human' }, { port: 5060, note: 'two words' }),
    /^\d\d:\d\d:\d\d\.\d{3} info {2}call {2}port=5060 {2}note="two words"\n$/,
  );
});

test('a line for people shows where an error happened', () => {
  assert.match(logged({ format: 'human' }, { err: new Error('boom') }), /call\nError: boom\n +at /);
});
