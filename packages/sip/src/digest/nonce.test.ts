import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SeededRandom } from '../time/random.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import { NonceSource, sameSecret } from './nonce.ts';

const source = (over: { secret?: string; realm?: string } = {}, clock = new VirtualClock()) =>
  new NonceSource({ secret: 'sixteen octets!!', realm: 'r', clock, random: new SeededRandom(1), ...over });

test('a nonce tells when it was made, to every holder of the secret', () => {
  const clock = new VirtualClock();
  const nonces = source({}, clock);
  clock.advance(1234);
  const nonce = nonces.make();
  clock.advance(5000);
  assert.equal(nonces.madeAtMs(nonce), clock.epochMs() - 5000);
  assert.equal(source().madeAtMs(nonce), clock.epochMs() - 5000);
  assert.notEqual(nonces.make(), nonces.make());
});

test('another secret, another realm, any changed digit: not ours', () => {
  const nonces = source();
  const nonce = nonces.make();
  assert.equal(source({ secret: 'SIXTEEN OCTETS!!' }).madeAtMs(nonce), undefined);
  assert.equal(source({ realm: 'R' }).madeAtMs(nonce), undefined);
  for (let i = 0; i < nonce.length; i++) {
    const changed = nonce.slice(0, i) + (nonce[i] === '0' ? '1' : '0') + nonce.slice(i + 1);
    assert.equal(nonces.madeAtMs(changed), undefined, `digit ${i}`);
  }
  for (const foreign of ['', 'x', `${nonce}0`, nonce.slice(1), 'ü'.repeat(nonce.length)]) {
    assert.equal(nonces.madeAtMs(foreign), undefined, foreign);
  }
});

test('a short secret is refused at once', () => {
  assert.throws(() => source({ secret: 'fifteen octets!' }), RangeError);
});

test('secrets are equal only when all of them is', () => {
  assert.equal(sameSecret('abc', 'abc'), true);
  assert.equal(sameSecret('abc', 'abd'), false);
  assert.equal(sameSecret('abc', 'ab'), false);
  assert.equal(sameSecret('', ''), true);
});

test('a request that comes again gets the nonce it got before, another request another one', () => {
  const clock = new VirtualClock();
  const nonces = source({}, clock);
  clock.advance(8_192 - (clock.epochMs() % 8_192));
  const first = nonces.makeFor('192.0.2.1 call branch 1');
  clock.advance(7_000);
  assert.equal(nonces.makeFor('192.0.2.1 call branch 1'), first);
  assert.notEqual(nonces.makeFor('192.0.2.1 call branch 2'), first);
  clock.advance(2_000);
  assert.notEqual(nonces.makeFor('192.0.2.1 call branch 1'), first);
  assert.ok(nonces.madeAtMs(first));
});
