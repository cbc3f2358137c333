import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSdp } from '../../sdp/parse.ts';
import { printSdp } from '../../sdp/print.ts';
import { mutate } from '../../testing/mutate.ts';
import { ALL_OFFERS } from '../../testing/offers.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { VECTORS } from '../../testing/vectors.ts';
import { PLAIN, SDES, WEBRTC } from '../engine.ts';
import type { StreamEnd } from '../stream.ts';
import { newLeg } from './leg.ts';
import { readAnsweredStream, readOfferedStream } from './read.ts';
import { rewriteAnswer, rewriteOffer } from './rewrite.ts';

/*
 * Properties of everything that is written: it is a description, its lines stand where they must, and nothing of the other
 * side's network is in it.
 */

const OURS = '203.0.113.1';
const key = { tag: 1, suite: 'AES_CM_128_HMAC_SHA1_80', keyAndSalt: Buffer.alloc(30, 1) } as const;
const fingerprints = [{ hash: 'sha-256', value: 'AA' }];
const ice = { ufrag: 'lite', password: 'aSecretOfTwentyTwoOctets' };
const end = { address: OURS, port: 40_000, rtcpPort: 40_001, ice: undefined };
const LOCALS: readonly (readonly [StreamEnd, typeof PLAIN])[] = [
  [{ ...end, security: { kind: 'plain' } }, PLAIN],
  [{ ...end, security: { kind: 'sdes', key } }, SDES],
  [{ ...end, rtcpPort: 40_000, security: { kind: 'dtls', fingerprints, setup: 'actpass' }, ice }, WEBRTC],
];
const DESCRIPTIONS = [...ALL_OFFERS, ...VECTORS];

/** Every description that is written for an offer, and for it as an answer to all others. */
function written(text: string, secondText: string): { sdp: string; isAnswer: boolean }[] {
  const read = readOfferedStream(text);
  if (!read.ok) return [];
  const out: { sdp: string; isAnswer: boolean }[] = [];
  for (const [local, profile] of LOCALS) {
    const { offer } = read;
    const rewritten = rewriteOffer({ offer, local, profile, leg: newLeg('1', OURS) });
    out.push({ sdp: rewritten.sdp, isAnswer: false });
    const answer = readAnsweredStream(secondText, 0, local);
    if (!answer.ok) continue;
    const { formats: offered, leg: answererLeg } = rewritten;
    const legs = { offererLeg: newLeg('2', OURS), answererLeg };
    const result = rewriteAnswer({ offer, answer: answer.answer, offered, local, ...legs });
    if (!result.ok) continue;
    assert.equal(countStreams(result.sdp), countStreams(text), 'an answer has the streams of its offer');
    out.push({ sdp: result.sdp, isAnswer: true });
  }
  return out;
}

function countStreams(sdp: string): number {
  const parsed = parseSdp(sdp);
  assert.ok(parsed.ok, sdp);
  return parsed.sdp.media.length;
}

function addressesIn(text: string): string[] {
  return text.match(/\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}(?![0-9a-f:])|[\w-]+\.local/gi) ?? [];
}

/** Digests and key material look like anything. */
function withoutDigests(sdp: string): string {
  return sdp.replace(/^a=(fingerprint|crypto|ice-pwd):.*\r\n/gm, '');
}

function assertNothingInside(sdp: string): void {
  const foreign = addressesIn(withoutDigests(sdp)).filter((address) => address !== OURS);
  assert.deepEqual(foreign, [], sdp);
}

/** An address at the end of a random line, where a careless device might put one. */
function planted(text: string, random: SeededRandom): string {
  const lines = text.trimEnd().split('\r\n');
  for (let count = 1 + random.int(3); count > 0; count--) {
    const at = 3 + random.int(lines.length - 3);
    const address = ['10.66.6.6', 'fd00::66:6:6', '[fe80::1:2:3]', 'host 192.168.66.6 x'][random.int(4)];
    const line = lines[at] ?? '';
    const named = /^a=rtpmap:(\d+) /.exec(line);
    const glue = ['', ' ', ';', '/', '='][random.int(5)];
    lines[at] = named && random.int(2) ? `a=rtpmap:${named[1]} ${address}/8000` : `${line}${glue}${address}`;
  }
  return `${lines.join('\r\n')}\r\n`;
}

describe('what is written for the other side', () => {
  for (const [name, text] of DESCRIPTIONS) {
    it(`of ${name}: no address but ours, and it prints as it reads`, () => {
      let count = 0;
      for (const [, second] of DESCRIPTIONS) {
        for (const { sdp } of written(text, second)) {
          assertNothingInside(sdp);
          const parsed = parseSdp(sdp);
          assert.ok(parsed.ok);
          assert.equal(printSdp(parsed.sdp), sdp);
          count++;
        }
      }
      assert.ok(count >= DESCRIPTIONS.length * 3, 'each profile, at least the offer');
    });
  }

  it('no address that is planted anywhere comes through', () => {
    const random = new SeededRandom(66);
    let count = 0;
    for (let run = 0; run < 800; run++) {
      const [, text = ''] = DESCRIPTIONS[random.int(DESCRIPTIONS.length)] ?? [];
      const [, second = ''] = DESCRIPTIONS[random.int(DESCRIPTIONS.length)] ?? [];
      for (const { sdp, isAnswer } of written(planted(text, random), planted(second, random))) {
        // An answer repeats names and rejected streams of its own offer.
        assertNothingInside(isAnswer ? sdp.replace(/^(a=mid|a=group|m=).*\r\n/gm, '') : sdp);
        count++;
      }
    }
    assert.ok(count > 800, `${count} were written`);
  });

  it('damaged descriptions never throw, and what is written is a description', () => {
    const random = new SeededRandom(99);
    for (let run = 0; run < 1_500; run++) {
      const [, text = ''] = DESCRIPTIONS[random.int(DESCRIPTIONS.length)] ?? [];
      const [, second = ''] = DESCRIPTIONS[random.int(DESCRIPTIONS.length)] ?? [];
      const damaged = mutate(Buffer.from(text), random).toString('utf8');
      for (const { sdp } of written(damaged, random.int(2) ? second : mutate(Buffer.from(second), random).toString())) {
        countStreams(sdp);
      }
    }
  });
});
