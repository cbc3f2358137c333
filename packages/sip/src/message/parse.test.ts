import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerableFailure } from './build.ts';
import { MAX_HEADER_FIELDS, MAX_HEADER_SECTION_OCTETS, MAX_HEADER_VALUE_OCTETS, MAX_MESSAGE_OCTETS } from './limits.ts';
import type { SipMessage } from './message.ts';
import { type ParseFailure, parseMessage } from './parse.ts';

const START = 'OPTIONS sip:b@example.com SIP/2.0';
const FIELDS = [
  'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa',
  'From: <sip:a@example.com>;tag=1',
  'To: <sip:b@example.com>',
  'Call-ID: c',
  'CSeq: 1 OPTIONS',
];

const text = (lines: readonly string[], body = '') => `${lines.join('\r\n')}\r\n\r\n${body}`;
const parse = (raw: string) => parseMessage(Buffer.from(raw, 'latin1'));

function parsed(raw: string): SipMessage {
  const result = parse(raw);
  assert.ok(result.ok, result.ok ? '' : result.reason);
  return result.message;
}

function failed(raw: string): ParseFailure {
  const result = parse(raw);
  assert.ok(!result.ok);
  return result;
}

/** The least message with one field more. */
const withField = (field: string) => text([START, ...FIELDS, field]);

test('the least request', () => {
  const message = parsed(text([START, ...FIELDS]));
  assert.ok(message.kind === 'request');
  assert.deepEqual([message.method, message.uriText, message.callId], ['OPTIONS', 'sip:b@example.com', 'c']);
  assert.deepEqual(message.cseq, { sequence: 1, method: 'OPTIONS' });
  assert.equal(message.from.tag, '1');
  assert.equal(message.to.tag, undefined);
  assert.equal(message.via.branch, 'z9hG4bKa');
  assert.equal(message.body.length, 0);
});

test('the least response', () => {
  const message = parsed(text(['SIP/2.0 200 OK', ...FIELDS]));
  assert.deepEqual(message.kind === 'response' && [message.status, message.reason], [200, 'OK']);
});

const START_LINES: Record<string, [line: string, outcome: string]> = {
  'another method': ['FOO sip:b@x SIP/2.0', '400 CSeq Method Mismatch'],
  'methods are told apart by case': ['options sip:b@x SIP/2.0', '400 CSeq Method Mismatch'],
  'the version in small letters': ['OPTIONS sip:b@x sip/2.0', 'ok'],
  'another version': ['OPTIONS sip:b@x SIP/3.0', '505 Version Not Supported'],
  'another protocol': ['OPTIONS / HTTP/1.1', '400 Malformed Start Line'],
  'no version': ['OPTIONS sip:b@x', '400 Malformed Start Line'],
  'no URI': ['OPTIONS SIP/2.0', '400 Malformed Start Line'],
  'an empty URI': ['OPTIONS  SIP/2.0', '400 Malformed Request-URI'],
  'two blanks after the method': ['OPTIONS  sip:b@x SIP/2.0', '400 Malformed Request-URI'],
  'two blanks before the version': ['OPTIONS sip:b@x  SIP/2.0', '400 Malformed Request-URI'],
  'a tab': ['OPTIONS sip:b@x\tSIP/2.0', '400 Malformed Start Line'],
  'a blank at the end': ['OPTIONS sip:b@x SIP/2.0 ', '400 Malformed Start Line'],
  'a blank at the start': [' OPTIONS sip:b@x SIP/2.0', '400 Malformed Start Line'],
  'a method that is no token': ['OPT@IONS sip:b@x SIP/2.0', '400 Malformed Start Line'],
  'a lone line feed in it': ['OPTIONS sip:b@x\n SIP/2.0', '400 Malformed Start Line'],
  'a NUL in it': ['OPTIONS sip:b@x\0 SIP/2.0', '400 Malformed Start Line'],
  'a status without phrase': ['SIP/2.0 200', 'ok'],
  'a status with an empty phrase': ['SIP/2.0 200 ', 'ok'],
  'the lowest status': ['SIP/2.0 100 Trying', 'ok'],
  'the highest status': ['SIP/2.0 699 x', 'ok'],
  'a status too low': ['SIP/2.0 099 x', '400 Malformed Start Line'],
  'a status too high': ['SIP/2.0 700 x', '400 Malformed Start Line'],
  'a status of two digits': ['SIP/2.0 20', '400 Malformed Start Line'],
  'a status of four digits': ['SIP/2.0 2000 x', '400 Malformed Start Line'],
  'a status with a sign': ['SIP/2.0 +20 x', '400 Malformed Start Line'],
  'a response of another version': ['SIP/1.0 200 OK', '505 Version Not Supported'],
};

for (const [name, [line, expected]] of Object.entries(START_LINES)) {
  test(`start line: ${name}`, () => {
    const result = parse(text([line, ...FIELDS]));
    assert.equal(result.ok ? 'ok' : `${result.status} ${result.reason}`, expected);
  });
}

const HEADER_LINES: Record<string, [field: string, outcome: string]> = {
  'blanks before the colon': ['Subject \t: x', 'x'],
  'no blank after the colon': ['Subject:x', 'x'],
  'blanks around the value': ['Subject: \t x y \t ', 'x y'],
  'an empty value': ['Subject:', ''],
  'the compact form': ['s: x', 'x'],
  'the compact form in capitals': ['S: x', 'x'],
  'any case': ['sUBJECT: x', 'x'],
  'a folded value': ['Subject: x\r\n y\r\n\t z', 'x y z'],
  'a value that begins on the next line': ['Subject:\r\n x', 'x'],
  'a fold at the end': ['Subject: x\r\n ', 'x'],
  'nothing but a fold': ['Subject:\r\n \r\n ', ''],
  'a colon in the value': ['Subject: a:b', 'a:b'],
  'a value that ends in the octet 0xA0': ['Subject: voil\xc3\xa0', 'voil\xc3\xa0'],
  'a folded value that ends in the octet 0xA0': ['Subject:\r\n voil\xc3\xa0', 'voil\xc3\xa0'],
  'a NUL as a quoted pair': ['Subject: "\\\0"', '"\\\0"'],
  'a control character': ['Subject: \x07', '\x07'],
  'a NUL': ['Subject: a\0b', '400 Forbidden Octet In Header'],
  'a lone CR': ['Subject: a\rb', '400 Forbidden Octet In Header'],
  'a lone LF': ['Subject: a\nb', '400 Forbidden Octet In Header'],
  'no colon': ['Subject x', '400 Malformed Header Line'],
  'no name': [': x', '400 Malformed Header Line'],
  'a blank in the name': ['Sub ject: x', '400 Malformed Header Line'],
  'a name that is no token': ['Subj(ect: x', '400 Malformed Header Line'],
};

for (const [name, [field, expected]] of Object.entries(HEADER_LINES)) {
  test(`header line: ${name}`, () => {
    const result = parse(withField(field));
    const found = result.ok ? result.message.headers.get('Subject') : `${result.status} ${result.reason}`;
    assert.equal(found, expected);
  });
}

test('a fold before the first field continues nothing', () => {
  assert.equal(failed(text([START, ' folded', ...FIELDS])).reason, 'Malformed Header Line');
});

test('extension names are brought into one form', () => {
  const { headers } = parsed(text([START, ...FIELDS, 'X-foo-BAR: 1', 'x-FOO-bar: 2', 'p-CHARGING-vector: 3']));
  assert.deepEqual(headers.all('X-Foo-Bar'), ['1', '2']);
  assert.equal(headers.get('P-Charging-Vector'), '3');
});

for (const name of ['Via', 'From', 'To', 'Call-ID', 'CSeq']) {
  test(`without ${name} there is no message`, () => {
    const failure = failed(text([START, ...FIELDS.filter((field) => !field.startsWith(`${name}:`))]));
    assert.equal(failure.reason, `Missing ${name}`);
  });
}

const ESSENTIALS: Record<string, string> = {
  'From: "a <sip:a@x>;tag=1': 'Malformed From',
  'To: a b c': 'Malformed To',
  'CSeq: OPTIONS': 'Malformed CSeq',
  'CSeq: 1': 'Malformed CSeq',
  'CSeq: 1OPTIONS': 'Malformed CSeq',
  'CSeq: -1 OPTIONS': 'Malformed CSeq',
  'CSeq: 1 OPT IONS': 'Malformed CSeq',
  'CSeq: 2147483648 OPTIONS': 'Malformed CSeq',
  'CSeq: 1 INVITE': 'CSeq Method Mismatch',
  'Via: SIP/2.0/UDP': 'Malformed Via',
  'Via: , SIP/2.0/UDP': 'Malformed Via',
  'Call-ID:': 'Malformed Call-ID',
  'Call-ID: a b': 'Malformed Call-ID',
};

for (const [field, reason] of Object.entries(ESSENTIALS)) {
  test(`essential field: ${field}`, () => {
    const name = field.slice(0, field.indexOf(':') + 1);
    const lines = FIELDS.map((line) => (line.startsWith(name) ? field : line));
    assert.equal(failed(text([START, ...lines])).reason, reason);
  });
}

test('the largest CSeq', () => {
  const lines = FIELDS.map((line) => line.replace('CSeq: 1 ', 'CSeq: \t2147483647 \t '));
  assert.equal(parsed(text([START, ...lines])).cseq.sequence, 2_147_483_647);
});

test('RFC 4475 §3.3.8: fields that say two things at once', () => {
  for (const field of [...FIELDS.slice(1), 'Max-Forwards: 1', 'Content-Length: 0']) {
    const name = field.slice(0, field.indexOf(':'));
    assert.equal(failed(text([START, ...FIELDS, field, field])).reason, `Repeated ${name}`);
  }
  assert.equal(failed(text([START, ...FIELDS, 'f: <sip:x@y>;tag=2'])).reason, 'Repeated From');
});

test('line breaks before the start line are ignored (RFC 3261 §7.5)', () => {
  assert.equal(parsed(`\r\n\r\n${text([START, ...FIELDS])}`).callId, 'c');
});

test('octets that are no message at all', () => {
  for (const raw of ['', '\r\n\r\n', 'x', '\0\x01\x02', 'GET / HTTP/1.1\r\n\r\n', 'OPTIONS sip:x SIP/2.0', '\r']) {
    const failure = failed(raw);
    assert.deepEqual([failure.reason, failure.start], ['Malformed Start Line', undefined], JSON.stringify(raw));
  }
});

test('a message that is cut off anywhere is refused or loses its body, and nothing else', () => {
  const whole = text([START, ...FIELDS, 'Content-Length: 4'], 'body');
  for (let length = 0; length < whole.length; length++)
    assert.equal(parse(whole.slice(0, length)).ok, false, `${length}`);
  assert.equal(parsed(whole).body.toString(), 'body');
});

const BODIES: Record<string, [contentLength: string | undefined, body: string, outcome: string]> = {
  'as long as said': ['4', 'body', 'body'],
  'more octets behind it': ['4', 'bodyrest', 'body'],
  'no length: all that is left': [undefined, 'body', 'body'],
  'an empty body': ['0', 'rest', ''],
  'zeros before the length': ['0004', 'body', 'body'],
  'fewer octets than said': ['5', 'body', '400 Content-Length Exceeds Message'],
  'a negative length': ['-4', 'body', '400 Malformed Content-Length'],
  'a length with a sign': ['+4', 'body', '400 Malformed Content-Length'],
  'an empty length': ['', 'body', '400 Malformed Content-Length'],
  'a list of lengths': ['4, 4', 'body', '400 Malformed Content-Length'],
  'a length beyond everything': ['99999999999999999999', 'body', '400 Malformed Content-Length'],
};

for (const [name, [length, body, expected]] of Object.entries(BODIES)) {
  test(`body: ${name}`, () => {
    const result = parse(
      text([START, ...FIELDS, ...(length === undefined ? [] : [`Content-Length: ${length}`])], body),
    );
    assert.equal(result.ok ? result.message.body.toString() : `${result.status} ${result.reason}`, expected);
  });
}

test('the body is a view into what was received', () => {
  const bytes = Buffer.from(text([START, ...FIELDS], 'body'));
  const result = parseMessage(bytes);
  bytes[bytes.length - 1] = 0x21;
  assert.equal(result.ok && result.message.body.toString(), 'bod!');
});

// ---- limits: at the limit, and one over ----

const padded = (length: number, make: (pad: string) => string) => make('x'.repeat(length - make('').length));

test('a message at the limit passes, one octet more is too large', () => {
  const make = (pad: string) => text([START, ...FIELDS], pad);
  assert.ok(parse(padded(MAX_MESSAGE_OCTETS, make)).ok);
  const failure = failed(padded(MAX_MESSAGE_OCTETS + 1, make));
  assert.deepEqual([failure.status, failure.reason], [513, 'Message Too Large']);
});

test('a header section at the limit passes, one octet more is too long', () => {
  const make = (pad: string) =>
    text([START, ...FIELDS, `A: ${'a'.repeat(12_000)}`, `B: ${'b'.repeat(12_000)}`, `C: ${pad}`]);
  assert.ok(parse(padded(MAX_HEADER_SECTION_OCTETS, make)).ok);
  const failure = failed(padded(MAX_HEADER_SECTION_OCTETS + 1, make));
  assert.deepEqual([failure.status, failure.reason], [513, 'Header Section Too Long']);
});

test('a header value at the limit passes, one octet more is too long', () => {
  assert.ok(parse(withField(`A:${'a'.repeat(MAX_HEADER_VALUE_OCTETS)}`)).ok);
  const failure = failed(withField(`A:${'a'.repeat(MAX_HEADER_VALUE_OCTETS + 1)}`));
  assert.deepEqual([failure.status, failure.reason], [513, 'Header Value Too Long']);
});

test('as many header fields as the limit pass, one more is too many', () => {
  const more = (count: number) => Array.from({ length: count - FIELDS.length }, () => 'A: 1');
  assert.equal(parsed(text([START, ...FIELDS, ...more(MAX_HEADER_FIELDS)])).headers.length, MAX_HEADER_FIELDS);
  const failure = failed(text([START, ...FIELDS, ...more(MAX_HEADER_FIELDS + 1)]));
  assert.deepEqual([failure.status, failure.reason], [513, 'Too Many Header Fields']);
});

// ---- answers to what could not be parsed (RFC 3261 §18.3) ----

test('fields behind the malformed one are still there for the answer', () => {
  const failure = failed(text([START, 'no colon here', 'Subject: a\nb', ...FIELDS]));
  assert.deepEqual([failure.reason, failure.offset], ['Malformed Header Line', START.length + 5]);
  assert.equal(failure.headers.get('CSeq'), '1 OPTIONS');
  const answer = answerableFailure(failure, 'ours');
  assert.deepEqual([answer?.status, answer?.reason], [400, 'Malformed Header Line']);
  assert.deepEqual(
    answer && ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map((name) => answer.headers.get(name)),
    [...FIELDS.map((field) => field.slice(field.indexOf(':') + 2))].map((value) =>
      value === '<sip:b@example.com>' ? `${value};tag=ours` : value,
    ),
  );
});

test('a malformed To is copied without a tag, one with a tag keeps it', () => {
  const answerFor = (to: string) =>
    answerableFailure(
      failed(text([START, ...FIELDS.map((f) => (f.startsWith('To') ? `To: ${to}` : f)), 'bad'])),
      'ours',
    );
  assert.equal(answerFor('"x <sip:a@b>')?.headers.get('To'), '"x <sip:a@b>');
  assert.equal(answerFor('<sip:a@b>;tag=2')?.headers.get('To'), '<sip:a@b>;tag=2');
});

test('no answer is due to an ACK, to a response, to noise, or where there is no Via', () => {
  const ack = failed(text([START.replace('OPTIONS', 'ACK'), ...FIELDS, 'bad']));
  const response = failed(text(['SIP/2.0 200 OK', ...FIELDS, 'bad']));
  const noise = failed(text(['hello', ...FIELDS]));
  const lost = failed(text([START, ...FIELDS.slice(1)]));
  for (const failure of [ack, response, noise, lost]) assert.equal(answerableFailure(failure, 'ours'), undefined);
});

test('repeated fields are answered once each, every Via is copied', () => {
  const failure = failed(text([START, FIELDS[0]!, ...FIELDS, 'CSeq: 2 OPTIONS', 'From: <sip:x@y>;tag=9']));
  const answer = answerableFailure(failure, 'ours');
  assert.equal(answer?.headers.all('Via').length, 2);
  assert.deepEqual(answer?.headers.all('CSeq'), ['1 OPTIONS']);
  assert.deepEqual(answer?.headers.all('From'), ['<sip:a@example.com>;tag=1']);
});
