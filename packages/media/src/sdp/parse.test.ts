import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { mutate } from '../testing/mutate.ts';
import { ALL_OFFERS, BARESIP_OFFER, RFC_8866_EXAMPLE, sdpLines } from '../testing/offers.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { MAX_MEDIA_FORMATS, MAX_MEDIA_SECTIONS, MAX_SDP_LINES, MAX_SDP_OCTETS } from './limits.ts';
import type { SessionDescription } from './model.ts';
import { parseSdp, type SdpErrorCode } from './parse.ts';
import { printSdp } from './print.ts';

const HEAD = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\n';

function parsed(text: string): SessionDescription {
  const result = parseSdp(text);
  assert.ok(result.ok, `not parsed: ${JSON.stringify(result)}`);
  return result.sdp;
}

describe('parseSdp', () => {
  for (const [name, offer] of ALL_OFFERS) {
    it(`prints the offer of ${name} as it was read`, () => {
      assert.equal(printSdp(parsed(offer)), offer);
    });
  }

  it('RFC 8866 §5: finds everything of the example in its place', () => {
    const sdp = parsed(RFC_8866_EXAMPLE);
    assert.deepEqual(sdp.origin, {
      username: 'jdoe',
      sessionId: '3724394400',
      sessionVersion: '3724394405',
      netType: 'IN',
      addressType: 'IP4',
      host: '198.51.100.1',
    });
    assert.equal(sdp.name, 'Call to John Smith');
    assert.deepEqual(
      sdp.media.map(({ media, port, protocol, formats }) => [media, port, protocol, ...formats]),
      [
        ['audio', 49170, 'RTP/AVP', '0'],
        ['audio', 49180, 'RTP/AVP', '0'],
        ['video', 51372, 'RTP/AVP', '99'],
      ],
    );
    assert.deepEqual(sdp.media[2]?.lines[0], {
      kind: 'connection',
      connection: { netType: 'IN', addressType: 'IP6', host: '2001:db8::2' },
    });
  });

  it('RFC 8866 §5.14: reads the number of ports', () => {
    const media = parsed(`${HEAD}t=0 0\r\nm=video 49170/2 RTP/AVP 31\r\n`).media[0];
    assert.deepEqual([media?.port, media?.portCount], [49170, 2]);
  });

  it('tells property attributes from attributes with an empty value', () => {
    const sdp = parsed(`${HEAD}a=recvonly\r\na=tool:\r\na=cat:a:b\r\n`);
    assert.deepEqual(sdp.lines, [
      { kind: 'attribute', name: 'recvonly', value: null },
      { kind: 'attribute', name: 'tool', value: '' },
      { kind: 'attribute', name: 'cat', value: 'a:b' },
    ]);
  });

  const generous: readonly [string, string][] = [
    ['lines that end with LF alone', BARESIP_OFFER.replaceAll('\r\n', '\n')],
    ['a last line without an end', BARESIP_OFFER.slice(0, -2)],
    ['blank lines at the very end', `${BARESIP_OFFER}\r\n\r\n`],
    ['spaces at the end of m= and o=', BARESIP_OFFER.replace('0 8 101', '0 8 101 ').replace('.17\r\n', '.17 \r\n')],
  ];
  for (const [name, text] of generous) {
    it(`bears with ${name}`, () => {
      assert.equal(printSdp(parsed(text)), BARESIP_OFFER);
    });
  }

  it('bears with spaces in the user name of o=, and keeps letters it does not know', () => {
    const text = sdpLines('v=0\no=My desk phone 1 2 IN IP4 192.0.2.1\ns= \nx=what\nt=0 0\ny=later');
    assert.equal(parsed(text).origin.username, 'My desk phone');
    assert.equal(printSdp(parsed(text)), text);
  });

  it('reads octets as UTF-8', () => {
    const text = sdpLines('v=0\no=- 1 1 IN IP4 192.0.2.1\ns=Gespräch mit Łukasz\nt=0 0');
    const result = parseSdp(Buffer.from(text, 'utf8'));
    assert.ok(result.ok && result.sdp.name === 'Gespräch mit Łukasz');
  });

  const refused: readonly [string, string, SdpErrorCode, number, number][] = [
    ['nothing', '', 'missing-line', 1, 0],
    ['another version', 'v=1\r\n', 'bad-version', 1, 0],
    ['no o=', 'v=0\r\ns=-\r\n', 'missing-line', 2, 5],
    ['five words in o=', 'v=0\r\no=- 1 1 IN IP4\r\ns=-\r\n', 'bad-origin', 2, 5],
    ['a version in o= that is no number', 'v=0\r\no=- 1 x IN IP4 h\r\ns=-\r\n', 'bad-origin', 2, 5],
    ['an end after o=', 'v=0\r\no=- 1 1 IN IP4 h\r\n', 'missing-line', 3, 23],
    ['no s=', 'v=0\r\no=- 1 1 IN IP4 h\r\nt=0 0\r\n', 'missing-line', 3, 23],
    ['a second o=', `${HEAD}o=- 1 1 IN IP4 h\r\n`, 'bad-line', 4, HEAD.length],
    ['a line without =', `${HEAD}hello\r\n`, 'bad-line', 4, HEAD.length],
    ['a blank line within', `${HEAD}\r\nt=0 0\r\n`, 'bad-line', 4, HEAD.length],
    ['a NUL', `${HEAD}i=a\0b\r\n`, 'bad-line', 4, HEAD.length],
    ['a bare CR', `${HEAD}i=a\rb\r\n`, 'bad-line', 4, HEAD.length],
    ['c= with two words', `${HEAD}c=IN IP4\r\n`, 'bad-connection', 4, HEAD.length],
    ['m= without formats', `${HEAD}m=audio 5004 RTP/AVP\r\n`, 'bad-media', 4, HEAD.length],
    ['a negative port', `${HEAD}m=audio -1 RTP/AVP 0\r\n`, 'bad-media', 4, HEAD.length],
    ['port 65536', `${HEAD}m=audio 65536 RTP/AVP 0\r\n`, 'bad-media', 4, HEAD.length],
    ['no ports at all', `${HEAD}m=audio 5004/0 RTP/AVP 0\r\n`, 'bad-media', 4, HEAD.length],
    ['an attribute without a name', `${HEAD}a=:x\r\n`, 'bad-line', 4, HEAD.length],
  ];
  for (const [name, text, code, line, offset] of refused) {
    it(`refuses ${name}, and says where`, () => {
      const result = parseSdp(text);
      assert.ok(!result.ok);
      assert.deepEqual([result.error.code, result.error.line, result.error.offset], [code, line, offset]);
    });
  }

  const mediaLine = 'm=audio 5004 RTP/AVP 0\r\n';
  const limits: readonly [SdpErrorCode, (excess: number) => string][] = [
    ['too-large', (excess) => `${HEAD}i=${'x'.repeat(MAX_SDP_OCTETS - HEAD.length - 4 + excess)}\r\n`],
    ['too-many-lines', (excess) => HEAD + 'a=x\r\n'.repeat(MAX_SDP_LINES - 3 + excess)],
    ['too-many-media', (excess) => HEAD + mediaLine.repeat(MAX_MEDIA_SECTIONS + excess)],
    ['too-many-formats', (excess) => `${HEAD}m=audio 5004 RTP/AVP${' 0'.repeat(MAX_MEDIA_FORMATS + excess)}\r\n`],
  ];
  for (const [code, build] of limits) {
    it(`takes as much as the limit allows and refuses one more: ${code}`, () => {
      assert.ok(parseSdp(build(0)).ok);
      const over = parseSdp(build(1));
      assert.ok(!over.ok && over.error.code === code);
    });
  }
});

/** Plain objects only: a parser makes no others, and `deepEqual` tells them apart. */
function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true });
}

const token = fc.stringMatching(/^[A-Za-z0-9_.-]{1,12}$/);
const text = fc.stringMatching(/^[^\r\n\0]{0,30}$/u);
const address = record({ netType: token, addressType: token, host: token });
const line = fc.oneof(
  record({ kind: fc.constant('connection' as const), connection: address }),
  record({ kind: fc.constant('attribute' as const), name: token, value: fc.option(text) }),
  record({ kind: fc.constant('text' as const), letter: fc.constantFrom('i', 'b', 't', 'k', 'x'), text }),
);
const media = record({
  media: token,
  port: fc.nat(65_535),
  portCount: fc.integer({ min: 1, max: 9 }),
  protocol: token,
  formats: fc.array(token, { minLength: 1, maxLength: 5 }),
  lines: fc.array(line, { maxLength: 6 }),
});
const digits = fc.stringMatching(/^[0-9]{1,24}$/);
const description: fc.Arbitrary<SessionDescription> = record({
  origin: record({ username: token, sessionId: digits, sessionVersion: digits, ...addressParts() }),
  name: text,
  lines: fc.array(line, { maxLength: 6 }),
  media: fc.array(media, { maxLength: 4 }),
});

function addressParts() {
  return { netType: token, addressType: token, host: token };
}

describe('properties of parse and print', () => {
  it('parse(print(x)) is x', () => {
    fc.assert(fc.property(description, (sdp) => assert.deepEqual(parsed(printSdp(sdp)), sdp)));
  });

  it('print(parse(print(x))) is print(x), character by character', () => {
    fc.assert(fc.property(description, (sdp) => assert.equal(printSdp(parsed(printSdp(sdp))), printSdp(sdp))));
  });

  it('no value can make a line of its own', () => {
    const hostile = fc.string().map((s) => `${s}\r\na=injected\r\n${s}`);
    fc.assert(
      fc.property(hostile, (value) => {
        const sdp = parsed(RFC_8866_EXAMPLE);
        const lineCount = printSdp(sdp).split('\n').length;
        const printed = printSdp({ ...sdp, name: value, origin: { ...sdp.origin, username: value } });
        assert.equal(printed.split('\n').length, lineCount);
      }),
    );
  });

  it('never throws, whatever it is given', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary-ascii' }), (noise) => void parseSdp(noise)));
    fc.assert(fc.property(fc.uint8Array(), (noise) => void parseSdp(noise)));
  });

  it('never throws on damaged offers, and what it takes of them prints stably', () => {
    const random = new SeededRandom(20_260_101);
    const offers = [...ALL_OFFERS.values()].map((offer) => Buffer.from(offer));
    for (let i = 0; i < 4_000; i++) {
      const mutant = mutate(offers[i % offers.length]!, random);
      const result = parseSdp(mutant);
      if (!result.ok) continue;
      const printed = printSdp(result.sdp);
      assert.equal(printSdp(parsed(printed)), printed, JSON.stringify(mutant.toString('latin1')));
    }
  });
});
