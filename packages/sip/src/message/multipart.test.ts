import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeaderList } from './headers.ts';
import { MAX_BODY_PARTS, MAX_MULTIPART_NESTING } from './limits.ts';
import { SipRequest } from './message.ts';
import { type BodyPart, bodyOfType, parseMultipart, printMultipart, understandsBody } from './multipart.ts';

const part = (type: string, body: string | Buffer, disposition?: string): BodyPart => {
  const headers = new HeaderList().append('Content-Type', type);
  if (disposition !== undefined) headers.append('Content-Disposition', disposition);
  return { headers, body: Buffer.from(body) };
};
const multipart = (subtype: string, parts: BodyPart[], boundary = 'b1') =>
  part(`multipart/${subtype};boundary="${boundary}"`, printMultipart(parts, boundary));
const message = ({ headers, body }: BodyPart) => new SipRequest('INVITE', 'sip:x', headers, body);
const texts = (parts: BodyPart[] | undefined) => parts?.map(({ body }) => body.toString());

test('RFC 2046 §5.1.1: preamble, two parts, epilogue', () => {
  const body = Buffer.from(
    [
      'This is the preamble.',
      '--simple boundary',
      '',
      'This is implicitly typed plain US-ASCII text.',
      'It does NOT end with a linebreak.',
      '--simple boundary',
      'Content-type: text/plain; charset=us-ascii',
      '',
      'This is explicitly typed plain US-ASCII text.',
      'It DOES end with a linebreak.',
      '',
      '--simple boundary--',
      '',
      'This is the epilogue.',
    ].join('\r\n'),
  );
  const parts = parseMultipart(body, 'simple boundary');
  assert.deepEqual(texts(parts), [
    'This is implicitly typed plain US-ASCII text.\r\nIt does NOT end with a linebreak.',
    'This is explicitly typed plain US-ASCII text.\r\nIt DOES end with a linebreak.\r\n',
  ]);
  assert.deepEqual(
    parts?.map(({ headers }) => headers.get('Content-Type')),
    [undefined, 'text/plain; charset=us-ascii'],
  );
});

const CASES: Record<string, [body: string, outcome: string[] | undefined]> = {
  'blanks behind the boundary': ['--b \t\r\n\r\nx\r\n--b-- ', ['x']],
  'a longer boundary within a part': ['--b\r\n\r\n--bc\r\n--b--', ['--bc']],
  'the boundary within a line': ['--b\r\n\r\nx--b\r\n--b--', ['x--b']],
  'no end': ['--b\r\n\r\nx', ['x']],
  'an empty part': ['--b\r\n\r\n\r\n--b--', ['']],
  'folded headers': ['--b\r\nContent-Type: a/b;\r\n c=d\r\n\r\nx\r\n--b--', ['x']],
  'no delimiter': ['x', undefined],
  nothing: ['', undefined],
  'only the end': ['--b--', undefined],
  'a part without an empty line': ['--b\r\nContent-Type: a/b\r\n--b--', undefined],
  'a malformed header in a part': ['--b\r\nContent Type: a\r\n\r\nx\r\n--b--', undefined],
  'a lone LF in a part header': ['--b\r\nA: b\nC: d\r\n\r\nx\r\n--b--', undefined],
};

for (const [name, [body, expected]] of Object.entries(CASES)) {
  test(`multipart: ${name}`, () => assert.deepEqual(texts(parseMultipart(Buffer.from(body), 'b')), expected));
}

test('boundaries: 1 to 70 characters, no blank at the end', () => {
  const body = (boundary: string) => Buffer.from(`--${boundary}\r\n\r\nx\r\n--${boundary}--`);
  for (const good of ['b', 'a b', "'()+_,-./:=?", 'b'.repeat(70)]) assert.ok(parseMultipart(body(good), good), good);
  for (const bad of ['', 'b ', 'b'.repeat(71), 'b"', 'b\r\n'])
    assert.equal(parseMultipart(body(bad), bad), undefined, bad);
});

test('as many parts as the limit pass, one more does not', () => {
  const parts = (count: number) => Array.from({ length: count }, (_, i) => part('text/plain', `${i}`));
  assert.equal(parseMultipart(printMultipart(parts(MAX_BODY_PARTS), 'b'), 'b')?.length, MAX_BODY_PARTS);
  assert.equal(parseMultipart(printMultipart(parts(MAX_BODY_PARTS + 1), 'b'), 'b'), undefined);
});

test('the body of a type: the whole one, a part, a part of a part', () => {
  const sdp = part('application/sdp', 'v=0');
  assert.equal(bodyOfType(message(sdp), 'application/sdp')?.toString(), 'v=0');
  assert.equal(bodyOfType(message(part('Application/SDP ; x=y', 'v=0')), 'application/sdp')?.toString(), 'v=0');
  const mixed = multipart('mixed', [part('text/plain', 'hi'), sdp, part('application/sdp', 'second')]);
  assert.equal(bodyOfType(message(mixed), 'application/sdp')?.toString(), 'v=0');
  assert.equal(bodyOfType(message(multipart('mixed', [mixed], 'b2')), 'application/sdp')?.toString(), 'v=0');
  assert.equal(bodyOfType(message(mixed), 'application/pidf+xml'), undefined);
  assert.equal(bodyOfType(new SipRequest('INVITE', 'sip:x'), 'application/sdp'), undefined);
});

test('RFC 2046 §5.1.4: of alternatives the last that fits', () => {
  const alternatives = multipart('alternative', [part('application/sdp', 'plain'), part('application/sdp', 'rich')]);
  assert.equal(bodyOfType(message(alternatives), 'application/sdp')?.toString(), 'rich');
});

test('nesting at the limit is looked into, one deeper is not', () => {
  const nest = (depth: number): BodyPart =>
    depth === 0 ? part('application/sdp', 'v=0') : multipart('mixed', [nest(depth - 1)], `b${depth}`);
  const known = new Set(['application/sdp']);
  assert.equal(bodyOfType(message(nest(MAX_MULTIPART_NESTING)), 'application/sdp')?.toString(), 'v=0');
  assert.equal(bodyOfType(message(nest(MAX_MULTIPART_NESTING + 1)), 'application/sdp'), undefined);
  assert.equal(understandsBody(nest(MAX_MULTIPART_NESTING), known), true);
  assert.equal(understandsBody(nest(MAX_MULTIPART_NESTING + 1), known), undefined);
});

const SDP = part('application/sdp', 'v=0');
const ISUP = part('application/isup', 'x');
const UNDERSTOOD: Record<string, [BodyPart, boolean | undefined]> = {
  'a known type': [SDP, true],
  'an unknown type': [ISUP, false],
  'an unknown type that may be ignored': [part('application/isup', 'x', 'signal; handling=optional'), true],
  'an unknown type that is required, by default or in words': [part('a/b', 'x', 'signal;handling=required'), false],
  'mixed, all known': [multipart('mixed', [SDP, SDP]), true],
  'mixed, one unknown': [multipart('mixed', [SDP, ISUP]), false],
  'mixed, the unknown one optional': [
    multipart('mixed', [SDP, part('application/isup', 'x', 'signal;handling="Optional"')]),
    true,
  ],
  'alternatives, one known': [multipart('alternative', [ISUP, SDP]), true],
  'alternatives, none known': [multipart('alternative', [ISUP, ISUP]), false],
  'no media type': [part('nonsense', 'x'), undefined],
  'a multipart without boundary': [part('multipart/mixed', 'x'), undefined],
  'a part that is malformed': [multipart('mixed', [SDP, part('/', 'x')]), undefined],
};

for (const [name, [body, expected]] of Object.entries(UNDERSTOOD)) {
  test(`RFC 5621 §4: ${name}`, () => assert.equal(understandsBody(body, new Set(['application/sdp'])), expected));
}
