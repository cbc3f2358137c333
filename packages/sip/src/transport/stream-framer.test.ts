import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_HEADER_SECTION_OCTETS, MAX_MESSAGE_OCTETS } from '../message/limits.ts';
import { type Frame, StreamFramer } from './stream-framer.ts';
import { requestBytes } from './testing.ts';

function frame(...segments: (Buffer | string)[]): Frame[] {
  const framer = new StreamFramer();
  return segments.flatMap((segment) => framer.push(Buffer.from(segment)));
}

const singles = (text: Buffer | string) => Array.from(Buffer.from(text), (octet) => Buffer.from([octet]));
const texts = (frames: Frame[]) =>
  frames.flatMap((found) => (found.kind === 'message' ? [found.bytes.toString('latin1')] : []));
const crlfs = (frames: Frame[]) => frames.reduce((sum, found) => sum + (found.kind === 'crlf' ? found.count : 0), 0);
const failureIn = (frames: Frame[]) => {
  const last = frames.at(-1);
  return last?.kind === 'failure' ? last.failure : undefined;
};

const first = requestBytes({ callId: 'first' });
const second = requestBytes({ callId: 'second', body: 'v=0\r\n\r\ns=-\r\n' });
const third = requestBytes({ callId: 'third', body: 'ü'.repeat(50) });

test('messages in one segment are cut apart', () => {
  assert.deepEqual(texts(frame(Buffer.concat([first, second, third]))), [first, second, third].map(latin1));
});

test('messages one octet at a time are the same messages', () => {
  const stream = Buffer.concat([Buffer.from('\r\n\r\n'), first, second, Buffer.from('\r\n'), third]);
  const frames = frame(...singles(stream));
  assert.deepEqual(texts(frames), [first, second, third].map(latin1));
  assert.equal(crlfs(frames), 3);
});

test('property: however a stream is split, it holds the same frames', () => {
  const piece = fc.oneof(
    fc.constantFrom(first, second, third, Buffer.from('\r\n'), Buffer.from('\r\n\r\n')),
    fc.string({ maxLength: 3000 }).map((body) => requestBytes({ body })),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.nat(4000), { maxLength: 30 }), (pieces, cuts) => {
      const stream = Buffer.concat(pieces);
      const edges = [0, ...cuts.map((at) => at % (stream.length + 1)).sort((a, b) => a - b), stream.length];
      const split = frame(...edges.slice(1).map((edge, i) => stream.subarray(edges[i], edge)));
      const whole = frame(stream);
      assert.deepEqual(texts(split), texts(whole));
      assert.equal(crlfs(split), crlfs(whole));
    }),
    { numRuns: 200 },
  );
});

test('property: any octets whatever are survived, and a dead framer stays silent', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (segments) => {
      const framer = new StreamFramer();
      const frames = segments.flatMap((segment) => framer.push(Buffer.from(segment)));
      const failed = frames.findIndex((found) => found.kind === 'failure');
      assert.ok(failed < 0 || failed === frames.length - 1);
    }),
    { numRuns: 300 },
  );
});

test('what was given out does not change when more arrives', () => {
  const framer = new StreamFramer();
  framer.push(first.subarray(0, 40));
  const [found] = framer.push(Buffer.concat([first.subarray(40), second.subarray(0, 30)]));
  framer.push(second.subarray(30));
  assert.equal(found?.kind === 'message' && latin1(found.bytes), latin1(first));
});

const LENGTHS: [name: string, header: string, outcome: string | number][] = [
  ['a length', 'Content-Length: 4', 4],
  ['the compact form', 'l: 4', 4],
  ['any case and blanks before the colon', 'CONTENT-LENGTH \t:  4  ', 4],
  ['a folded length', 'Content-Length:\r\n 4', 4],
  ['the same length twice', 'Content-Length: 4\r\nl: 4', 4],
  ['a name that only ends so', 'X-Content-Length: 9\r\nContent-Length: 4', 4],
  ['a continuation line that only looks so', 'Subject: a\r\n Content-Length: 9\r\nl: 4', 4],
  ['none', 'Subject: none', 'Missing Content-Length'],
  ['two different lengths', 'Content-Length: 4\r\nContent-Length: 0', 'Contradicting Content-Length'],
  ['a negative length', 'Content-Length: -4', 'Malformed Content-Length'],
  ['a length with a sign', 'Content-Length: +4', 'Malformed Content-Length'],
  ['an empty length', 'Content-Length:', 'Malformed Content-Length'],
  ['a list', 'Content-Length: 4, 4', 'Malformed Content-Length'],
  ['a length beyond all bounds', `Content-Length: ${'9'.repeat(40)}`, 'Message Too Large'],
];
for (const [name, header, outcome] of LENGTHS) {
  test(`Content-Length: ${name}`, () => {
    const head = `OPTIONS sip:b SIP/2.0\r\nCall-ID: x\r\n${header}\r\n\r\n`;
    const frames = frame(`${head}body`);
    if (typeof outcome === 'number') assert.deepEqual(texts(frames), [`${head}body`]);
    else assert.equal(failureIn(frames)?.reason, outcome);
  });
}

test('a failure knows what it was about, so that it can be answered', () => {
  const bytes = requestBytes({ callId: 'unframed' });
  const failure = failureIn(frame(bytes.toString().replace(/Content-Length: 0\r\n/, '')));
  assert.deepEqual(failure?.start, { kind: 'request', method: 'OPTIONS', uriText: 'sip:b@10.0.0.2' });
  assert.equal(failure?.headers.get('Call-ID'), 'unframed');
  assert.equal(failure?.status, 400);
});

const padded = (octets: number) => {
  const rest = requestBytes({ extra: 'Subject: \r\n' }).length - 4;
  return requestBytes({ extra: `Subject: ${'x'.repeat(octets - rest)}\r\n` });
};

test('a header section at the limit passes, one over fails', () => {
  assert.equal(texts(frame(...halves(padded(MAX_HEADER_SECTION_OCTETS)))).length, 1);
  const over = failureIn(frame(padded(MAX_HEADER_SECTION_OCTETS + 1)));
  assert.deepEqual([over?.status, over?.reason], [513, 'Header Section Too Long']);
});

test('headers without an end fail as soon as they are too long', () => {
  const framer = new StreamFramer();
  assert.deepEqual(framer.push(Buffer.from(`OPTIONS sip:b SIP/2.0\r\nSubject: ${'x'.repeat(30_000)}`)), []);
  assert.equal(failureIn(framer.push(Buffer.from('x'.repeat(3000))))?.status, 513);
  assert.equal(framer.isMidMessage, false);
});

test('a message at the limit passes, one over fails', () => {
  const sized = (octets: number) => {
    const empty = requestBytes({ body: '' }).length;
    return requestBytes({ body: 'x'.repeat(octets - empty - 4) });
  };
  const atLimit = sized(MAX_MESSAGE_OCTETS);
  assert.equal(atLimit.length, MAX_MESSAGE_OCTETS);
  assert.equal(texts(frame(...halves(atLimit))).length, 1);
  assert.deepEqual(failureIn(frame(sized(MAX_MESSAGE_OCTETS + 1)))?.status, 513);
});

test('it tells when a message has begun and is not whole', () => {
  const framer = new StreamFramer();
  framer.push(Buffer.from('\r\n\r\n'));
  assert.equal(framer.isMidMessage, false);
  framer.push(first.subarray(0, 10));
  assert.deepEqual([framer.isMidMessage, framer.heldOctets], [true, 10]);
  framer.push(first.subarray(10));
  assert.equal(framer.isMidMessage, false);
});

function latin1(bytes: Buffer): string {
  return bytes.toString('latin1');
}

function halves(bytes: Buffer): Buffer[] {
  const middle = bytes.length >> 1;
  return [bytes.subarray(0, middle), bytes.subarray(middle)];
}
