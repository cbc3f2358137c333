import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StageClock, settled } from '../testing/stage-clock.ts';
import { type OfferPort, type OfferReply, type OfferResult, Offers, type OfferWish } from './offers.ts';

/** A session whose other side answers as the test says. */
class FakePort implements OfferPort {
  readonly sent: OfferWish[] = [];
  readonly did: string[] = [];
  isReady = true;
  #replies: ((reply: OfferReply) => void)[] = [];

  send(wish: OfferWish): Promise<OfferReply> {
    this.sent.push(wish);
    const { promise, resolve } = Promise.withResolvers<OfferReply>();
    this.#replies.push(resolve);
    return promise;
  }

  async rollBack(): Promise<void> {
    this.did.push('rollBack');
  }

  giveUp(status: number): void {
    this.did.push(`giveUp ${status}`);
  }

  /** Answers the offer that is under way. */
  async reply(status: number, retryAfterSec?: number): Promise<void> {
    await settled();
    const resolve = this.#replies.shift();
    assert.ok(resolve, 'no offer is under way');
    const refused = { kind: 'refused', status, reason: 'No', ...(retryAfterSec ? { retryAfterSec } : {}) } as const;
    resolve(status === 0 ? { kind: 'lost' } : status < 300 ? { kind: 'agreed', accept: async () => {} } : refused);
    await settled();
  }
}

function session(ownsCallId = true, fraction = 0) {
  const port = new FakePort();
  const clock = new StageClock();
  const random = { fraction: () => fraction, octets: () => new Uint8Array() };
  return { port, clock, offers: new Offers({ port, clock, random, ownsCallId }) };
}

/** What a promise has come to; undefined: nothing yet. */
function watch(promise: Promise<OfferResult>): { result: OfferResult | undefined } {
  const seen: { result: OfferResult | undefined } = { result: undefined };
  void promise.then((result) => {
    seen.result = result;
  });
  return seen;
}

const HELD = { isHeld: true, isIceRestart: false };
const NOT_HELD = { isHeld: false, isIceRestart: false };

describe('offers within a call', () => {
  test('a hold is in force when it is agreed, and held once is held', async () => {
    const { port, offers } = session();
    const hold = watch(offers.hold(true));
    await settled();
    assert.deepEqual([hold.result, port.sent, offers.isOpen], [undefined, [HELD], true]);
    await port.reply(200);
    assert.deepEqual([hold.result, offers.isOpen], [{ ok: true }, false]);
    assert.deepEqual(await offers.hold(true), { ok: true });
    assert.equal(port.sent.length, 1);
  });

  for (const status of [488, 603, 403, 500, 504])
    test(`${status}: refused, the call is as it was, and the next one is another one`, async () => {
      const { port, offers } = session();
      const hold = watch(offers.hold(true));
      await port.reply(status);
      assert.deepEqual(hold.result, { ok: false, why: 'refused', status, reason: 'No' });
      assert.deepEqual([port.did, offers.wantsHeld], [['rollBack'], false]);
      const again = watch(offers.hold(true));
      await port.reply(200);
      assert.deepEqual(again.result, { ok: true });
    });

  const WAITS: [name: string, ownsCallId: boolean, fraction: number, waitMs: number][] = [
    ['who made the Call-ID, at the least', true, 0, 2_100],
    ['who made the Call-ID, at the most', true, 0.9999, 4_000],
    ['the other one, at the least', false, 0, 0],
    ['the other one, at the most', false, 0.9999, 2_000],
  ];
  for (const [name, ownsCallId, fraction, waitMs] of WAITS)
    test(`491 is tried again after ${waitMs} ms: ${name} (RFC 3261 §14.1)`, async () => {
      const { port, clock, offers } = session(ownsCallId, fraction);
      const hold = watch(offers.hold(true));
      await port.reply(491);
      assert.deepEqual([port.did, offers.isOpen], [['rollBack'], false], 'theirs may come in meanwhile');
      if (waitMs > 0) {
        await clock.pass(waitMs - 1);
        assert.equal(port.sent.length, 1);
      }
      await clock.pass(1);
      await settled();
      assert.deepEqual(port.sent, [HELD, HELD]);
      await port.reply(200);
      assert.deepEqual(hold.result, { ok: true });
    });

  test('who is always crossed gives up in the end', async () => {
    const { port, clock, offers } = session();
    const hold = watch(offers.hold(true));
    for (let tries = 1; tries <= 8; tries++) {
      await port.reply(491);
      await clock.pass(2_100);
      await settled();
    }
    assert.deepEqual(hold.result, { ok: false, why: 'refused', status: 491, reason: 'No' });
  });

  test('500 with a short Retry-After is tried again after it (RFC 3261 §14.2)', async () => {
    const { port, clock, offers } = session();
    const hold = watch(offers.hold(true));
    await port.reply(500, 3);
    await clock.pass(3_000);
    await settled();
    await port.reply(200);
    assert.deepEqual(hold.result, { ok: true });
  });

  for (const status of [481, 408])
    test(`${status}: the other side knows the call no more (RFC 3261 §12.2.1.2)`, async () => {
      const { port, offers } = session();
      void offers.hold(true);
      await port.reply(status);
      assert.deepEqual(port.did, ['rollBack', `giveUp ${status}`]);
    });

  test('no connection: nothing has changed, and the call goes on', async () => {
    const { port, offers } = session();
    const [hold, ice] = [watch(offers.hold(true)), watch(offers.restartIce())];
    await port.reply(0);
    assert.deepEqual(
      [hold.result, ice.result],
      [
        { ok: false, why: 'lost' },
        { ok: false, why: 'lost' },
      ],
    );
    assert.deepEqual(port.did, ['rollBack']);
  });

  test('taken back while it is under way: the last wish counts', async () => {
    const { port, offers } = session();
    const hold = watch(offers.hold(true));
    await settled();
    const resume = watch(offers.hold(false));
    await settled();
    assert.deepEqual(hold.result, { ok: false, why: 'superseded' });
    await port.reply(200);
    assert.deepEqual([resume.result, port.sent], [undefined, [HELD, NOT_HELD]]);
    await port.reply(200);
    assert.deepEqual(resume.result, { ok: true });
  });

  test('taken back while it waits to be tried again: nothing more is sent', async () => {
    const { port, clock, offers } = session();
    void offers.hold(true);
    await port.reply(491);
    const resume = watch(offers.hold(false));
    await settled();
    assert.deepEqual(resume.result, { ok: true });
    await clock.pass(10_000);
    assert.equal(port.sent.length, 1);
  });

  test('new ICE and a hold go in one offer, and ICE is asked for once', async () => {
    const { port, offers } = session();
    const hold = watch(offers.hold(true));
    await settled();
    const ice = [watch(offers.restartIce()), watch(offers.restartIce())];
    await port.reply(200);
    assert.deepEqual([hold.result, port.sent[1]], [{ ok: true }, { isHeld: true, isIceRestart: true }]);
    await port.reply(200);
    assert.deepEqual(
      ice.map(({ result }) => result),
      [{ ok: true }, { ok: true }],
    );
    assert.equal(port.sent.length, 2);
  });

  test('an exchange of the other side is waited for, and not for ever', async () => {
    const { port, clock, offers } = session();
    port.isReady = false;
    const hold = watch(offers.hold(true));
    await clock.pass(1_000);
    assert.equal(port.sent.length, 0);
    port.isReady = true;
    await clock.pass(200);
    assert.deepEqual(port.sent, [HELD]);
    await port.reply(200);
    assert.deepEqual(hold.result, { ok: true });
    port.isReady = false;
    const resume = watch(offers.hold(false));
    await clock.pass(10_000);
    assert.equal(resume.result?.ok, false);
  });

  test('the call ends: whoever waits is told, and nothing more is sent', async () => {
    const { port, clock, offers } = session();
    const hold = watch(offers.hold(true));
    await port.reply(491);
    offers.close();
    await settled();
    assert.deepEqual(hold.result, { ok: false, why: 'over' });
    await clock.pass(10_000);
    assert.equal(port.sent.length, 1);
  });

  test('an answer that is of no use ends the call', async () => {
    const { port, offers } = session();
    port.send = async () => ({ kind: 'agreed', accept: () => Promise.reject(new Error('not an answer')) });
    const hold = watch(offers.hold(true));
    await settled();
    assert.deepEqual([port.did, hold.result], [['giveUp 488'], { ok: false, why: 'over' }]);
  });
});
