import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { makeResponse } from '../message/build.ts';
import type { SipResponse } from '../message/message.ts';
import { LayerBench, requestText } from './testing.ts';

function assertNothingLeft(bench: LayerBench): void {
  bench.clock.advance(120_000);
  assert.deepEqual(bench.layer.counts, { clients: 0, servers: 0 });
  assert.equal(bench.clock.pending, 0);
}

function statusesHeard(bench: LayerBench): number[] {
  return bench.heard.messages.map((message) => (message as SipResponse).status);
}

describe('INVITE server transaction', () => {
  test('the user is silent: 100 after 200 ms, repeated for each repetition (RFC 3261 §17.2.1)', () => {
    const bench = new LayerBench();
    bench.peerSends(requestText('INVITE'));
    bench.clock.advance(199);
    assert.deepEqual(bench.sent, []);
    bench.clock.advance(1);
    assert.deepEqual(bench.timesSent('SIP/2.0 100'), [200]);
    bench.clock.advance(300);
    bench.peerSends(requestText('INVITE'));
    assert.deepEqual(bench.timesSent('SIP/2.0 100'), [200, 500]);
    assert.equal(bench.requests.length, 1);
    bench.requests[0]?.reply(480);
    assertNothingLeft(bench);
  });

  test('the user answers at once: no 100, no timer', () => {
    const bench = new LayerBench();
    bench.onRequest = (transaction) => transaction.reply(180);
    bench.peerSends(requestText('INVITE'));
    assert.equal(bench.clock.pending, 0);
    bench.clock.advance(1_000);
    assert.deepEqual(statusesHeard(bench), [180]);
  });

  test('a refusal is repeated by Timer G, doubling to T2, until Timer H ends it', () => {
    const bench = new LayerBench();
    const told: string[] = [];
    bench.onRequest = (transaction) => {
      transaction.user = { onTimeout: () => told.push('timeout') };
      transaction.reply(486);
    };
    bench.peerSends(requestText('INVITE'));
    bench.clock.advance(60_000);
    const expected = [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert.deepEqual(bench.timesSent('SIP/2.0 486'), expected);
    assert.deepEqual(told, ['timeout']);
    assertNothingLeft(bench);
  });

  test('the ACK of a refusal stops it and is absorbed for T4 (Timer I)', () => {
    const bench = new LayerBench();
    bench.onRequest = (transaction) => transaction.reply(486);
    bench.peerSends(requestText('INVITE'));
    bench.peerSends(requestText('ACK', { toTag: 'whatever' }));
    bench.clock.advance(4_999);
    bench.peerSends(requestText('ACK', { toTag: 'whatever' }));
    assert.equal(bench.layer.counts.servers, 1);
    bench.clock.advance(1);
    assert.equal(bench.layer.counts.servers, 0);
    assert.deepEqual(bench.timesSent('SIP/2.0 486'), [0]);
    assert.deepEqual(bench.acks, []);
    assert.equal(bench.clock.pending, 0);
  });

  test('after a 2xx repetitions are absorbed, its ACK goes up, Timer L ends it (RFC 6026 §7.1)', () => {
    const bench = new LayerBench();
    bench.onRequest = (transaction) => transaction.reply(200);
    bench.peerSends(requestText('INVITE'));
    bench.peerSends(requestText('INVITE'));
    assert.deepEqual(statusesHeard(bench), [200]);
    bench.peerSends(requestText('ACK'));
    assert.equal(bench.acks.length, 1);
    bench.clock.advance(31_999);
    assert.equal(bench.layer.counts.servers, 1);
    bench.clock.advance(1);
    assert.equal(bench.layer.counts.servers, 0);
  });

  test('the user repeats a 2xx by its octets; a later refusal is dropped', () => {
    const bench = new LayerBench();
    bench.peerSends(requestText('INVITE'));
    const transaction = bench.requests[0]!;
    const bytes = transaction.transmit(makeResponse(transaction.request, 200, { toTag: transaction.localTag }))!;
    transaction.repeat(bytes);
    assert.equal(transaction.transmit(makeResponse(transaction.request, 486)), undefined);
    bench.settle();
    assert.deepEqual(statusesHeard(bench), [200, 200]);
    assertNothingLeft(bench);
  });

  test('provisional responses go out as given, the last one again for a repetition', () => {
    const bench = new LayerBench();
    bench.onRequest = (transaction) => {
      transaction.reply(180);
      transaction.reply(183);
    };
    bench.peerSends(requestText('INVITE'));
    bench.peerSends(requestText('INVITE'));
    assert.deepEqual(statusesHeard(bench), [180, 183, 183]);
  });

  test('over TCP a refusal is not repeated, and its ACK ends the transaction at once', () => {
    const bench = new LayerBench('tcp');
    bench.onRequest = (transaction) => transaction.reply(486);
    bench.peerSends(requestText('INVITE'));
    bench.clock.advance(10_000);
    assert.equal(bench.timesSent('SIP/2.0 486').length, 1);
    bench.peerSends(requestText('ACK'));
    assert.equal(bench.layer.counts.servers, 0);
    assert.equal(bench.clock.pending, 0);
  });
});

describe('non-INVITE server transaction', () => {
  test('a repetition before the answer is absorbed, after it is answered the same, for 64×T1 (Timer J)', () => {
    const bench = new LayerBench();
    bench.peerSends(requestText('OPTIONS'));
    bench.peerSends(requestText('OPTIONS'));
    assert.deepEqual(bench.sent, []);
    bench.requests[0]?.reply(200);
    bench.settle();
    const [first] = bench.heard.messages;
    bench.clock.advance(31_999);
    bench.peerSends(requestText('OPTIONS'));
    assert.deepEqual(bench.heard.messages[1]?.headers, first?.headers);
    assert.equal(bench.requests.length, 1);
    bench.clock.advance(1);
    assert.equal(bench.layer.counts.servers, 0);
    assert.equal(bench.clock.pending, 0);
  });

  test('a slow user: 100 when the Timer E of the client has reached T2 (RFC 4320 §4.1)', () => {
    const bench = new LayerBench();
    bench.peerSends(requestText('OPTIONS'));
    bench.clock.advance(10_000);
    assert.deepEqual(bench.timesSent('SIP/2.0 100'), [3_500]);
    bench.requests[0]?.reply(200);
    assertNothingLeft(bench);
    assert.deepEqual(statusesHeard(bench), [100, 200]);
  });

  test('a user that never answers leaves nothing behind; an answer after Timer F is not sent (RFC 4320 §4.2)', () => {
    const bench = new LayerBench();
    bench.peerSends(requestText('OPTIONS'));
    bench.clock.advance(32_000);
    assert.deepEqual(bench.layer.counts, { clients: 0, servers: 0 });
    assert.equal(bench.requests[0]?.isPending, false);
    bench.requests[0]?.reply(200);
    bench.settle();
    assert.deepEqual(statusesHeard(bench), [100]);
    assert.equal(bench.clock.pending, 0);
  });

  test('a second final response is dropped', () => {
    const bench = new LayerBench();
    bench.onRequest = (transaction) => {
      transaction.reply(200);
      transaction.reply(500);
    };
    bench.peerSends(requestText('OPTIONS'));
    assert.deepEqual(statusesHeard(bench), [200]);
  });

  test('over TCP it ends with the answer', () => {
    const bench = new LayerBench('tcp');
    bench.onRequest = (transaction) => transaction.reply(200);
    bench.peerSends(requestText('OPTIONS'));
    assert.equal(bench.layer.counts.servers, 0);
    assert.equal(bench.clock.pending, 0);
  });
});

describe('stateless answers (RFC 3261 §8.2.7)', () => {
  test('a screened request makes no transaction, and neither does its ACK', () => {
    const bench = new LayerBench();
    bench.screen = (request) => makeResponse(request, 503, { toTag: 'busy' });
    bench.peerSends(requestText('INVITE'));
    bench.peerSends(requestText('ACK', { toTag: 'busy' }));
    assert.deepEqual(bench.layer.counts, { clients: 0, servers: 0 });
    assert.equal(bench.clock.pending, 0);
    assert.deepEqual(statusesHeard(bench), [503]);
    assert.deepEqual(bench.requests, []);
  });

  test('a request may be dropped: nobody hears anything', () => {
    const bench = new LayerBench();
    bench.screen = () => 'drop';
    bench.peerSends(requestText('INVITE'));
    bench.clock.advance(40_000);
    assert.deepEqual([bench.sent, bench.requests, bench.layer.counts.servers], [[], [], 0]);
  });

  test('an answer given statelessly is forgotten at once: the repeated request is a new one', () => {
    const bench = new LayerBench();
    bench.onRequest = (transaction) => {
      const { request, statelessTag: toTag } = transaction;
      transaction.respondStateless(makeResponse(request, 401, { toTag }));
      assert.equal(transaction.isPending, false);
    };
    bench.peerSends(requestText('REGISTER'));
    bench.peerSends(requestText('REGISTER'));
    assert.equal(bench.requests.length, 2);
    assert.deepEqual(statusesHeard(bench), [401, 401]);
    assert.equal(bench.heard.messages[0]?.to.tag, bench.heard.messages[1]?.to.tag);
    assert.deepEqual(bench.layer.counts, { clients: 0, servers: 0 });
    assert.equal(bench.clock.pending, 0);
  });
});

test('any mix of repeated and late messages: one request goes up, one final answer comes down, nothing is left', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('request' as const) }),
    fc.record({ kind: fc.constant('ack' as const) }),
    fc.record({ kind: fc.constant('cancel' as const) }),
    // All in all less than T4, after which a repetition is a new request.
    fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(300) }),
    fc.record({ kind: fc.constant('answer' as const), status: fc.constantFrom(180, 200, 302, 486) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
      const bench = new LayerBench();
      const finals: number[] = [];
      bench.network.tap = ({ from, bytes }) => {
        const line = bytes.toString();
        if (from.address !== '10.0.0.1' || !line.includes('CSeq: 1 INVITE')) return;
        const status = Number(line.slice(8, 11));
        if (status >= 200) finals.push(status);
      };
      bench.peerSends(requestText('INVITE'));
      for (const one of steps) {
        if (one.kind === 'request') bench.peerSends(requestText('INVITE'));
        else if (one.kind === 'ack') bench.peerSends(requestText('ACK'));
        else if (one.kind === 'cancel') bench.peerSends(requestText('CANCEL'));
        else if (one.kind === 'wait') bench.clock.advance(one.ms);
        else bench.requests[0]?.reply(one.status);
      }
      bench.requests[0]?.reply(500);
      assertNothingLeft(bench);
      assert.equal(new Set(finals).size, 1, `finals ${finals}`);
    }),
    { numRuns: 100 },
  );
});
