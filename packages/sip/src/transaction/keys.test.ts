import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SipResponse } from '../message/message.ts';
import { LayerBench, type RequestParts, requestText } from './testing.ts';

/** What becomes of a second request after an INVITE that is being answered 180. */
function second(method: string, parts: RequestParts, first: RequestParts = {}) {
  const bench = new LayerBench();
  bench.onRequest = (transaction) => {
    if (transaction.request.method === 'INVITE') transaction.reply(180);
  };
  bench.peerSends(requestText('INVITE', first));
  bench.peerSends(requestText(method, parts));
  return {
    requests: bench.requests.length,
    acks: bench.acks.length,
    statuses: bench.heard.messages.map((message) => (message as SipResponse).status),
  };
}

describe('matching requests to server transactions (RFC 3261 §17.2.3)', () => {
  test('same branch, sent-by and method: a repetition', () => {
    assert.deepEqual(second('INVITE', {}), { requests: 1, acks: 0, statuses: [180, 180] });
  });

  test('another branch is another transaction, everything else being equal', () => {
    assert.equal(second('INVITE', { branch: 'z9hG4bKother' }).requests, 2);
  });

  test('the same branch from another sent-by is another transaction', () => {
    const via = '10.0.0.2:5070;branch=z9hG4bKpeer1;rport';
    assert.equal(second('INVITE', { via }).requests, 2);
  });

  test('the same branch with another method is another transaction', () => {
    assert.equal(second('INFO', {}).requests, 2);
  });

  test('a CANCEL with the branch of the INVITE: 200, and 487 to the INVITE when its user does not care', () => {
    assert.deepEqual(second('CANCEL', {}).statuses, [180, 200, 487]);
  });

  test('a CANCEL that matches nothing: 481', () => {
    assert.deepEqual(second('CANCEL', { branch: 'z9hG4bKother' }).statuses, [180, 481]);
  });

  test('an ACK that matches nothing goes up', () => {
    assert.deepEqual(second('ACK', { branch: 'z9hG4bKother' }), { requests: 1, acks: 1, statuses: [180] });
  });
});

describe('peers of RFC 2543, and branches that only look new', () => {
  for (const [name, via] of [
    ['no branch at all', '10.0.0.2:5060'],
    ['a branch without the cookie', '10.0.0.2:5060;branch=17'],
    ['nothing behind the cookie (RFC 4475 §3.2.1)', '10.0.0.2:5060;branch=z9hG4bK'],
  ] as const) {
    test(`${name}: the same request is a repetition`, () => {
      assert.equal(second('INVITE', { via }, { via }).requests, 1);
    });

    test(`${name}: another number, caller, call or address is another request`, () => {
      for (const parts of [{ sequence: 2 }, { fromTag: 'b' }, { callId: 'call-2' }, { uriText: 'sip:x@10.0.0.1' }]) {
        assert.equal(second('INVITE', { via, ...parts }, { via }).requests, 2, JSON.stringify(parts));
      }
    });

    test(`${name}: CANCEL finds its INVITE`, () => {
      assert.deepEqual(second('CANCEL', { via }, { via }).statuses, [180, 200, 487]);
    });

    test(`${name}: the ACK of a refusal finds its INVITE although it has a To tag`, () => {
      const bench = new LayerBench();
      bench.onRequest = (transaction) => transaction.reply(486);
      bench.peerSends(requestText('INVITE', { via }));
      bench.peerSends(requestText('ACK', { via, toTag: bench.requests[0]?.localTag ?? '' }));
      bench.clock.advance(5_000);
      assert.deepEqual(bench.layer.counts, { clients: 0, servers: 0 });
      assert.equal(bench.timesSent('SIP/2.0 486').length, 1);
    });
  }
});

describe('CANCEL at the server (RFC 3261 §9.2)', () => {
  test('its answer and the 487 have the same To tag', () => {
    const bench = new LayerBench();
    bench.peerSends(requestText('INVITE'));
    bench.peerSends(requestText('CANCEL'));
    const tags = bench.heard.messages.map((message) => message.to.tag);
    assert.equal(tags.length, 2);
    assert.equal(tags[0], tags[1]);
  });

  test('after a final response it changes nothing', () => {
    const bench = new LayerBench();
    let cancelled = 0;
    bench.onRequest = (transaction) => {
      transaction.user = { onCancel: () => cancelled++ };
      transaction.reply(200);
    };
    bench.peerSends(requestText('INVITE'));
    bench.peerSends(requestText('CANCEL'));
    assert.equal(cancelled, 0);
    assert.deepEqual(
      bench.heard.messages.map((message) => [(message as SipResponse).status, message.cseq.method]),
      [
        [200, 'INVITE'],
        [200, 'CANCEL'],
      ],
    );
  });

  test('the user of the INVITE is told, with the Reason it may carry', () => {
    const bench = new LayerBench();
    const reasons: (string | undefined)[] = [];
    bench.onRequest = (transaction) => {
      transaction.user = { onCancel: (cancel) => reasons.push(cancel.headers.get('Reason')) };
    };
    bench.peerSends(requestText('INVITE'));
    bench.peerSends(requestText('CANCEL', { headers: ['Reason: SIP;cause=200'] }));
    assert.deepEqual(reasons, ['SIP;cause=200']);
    assert.equal(bench.requests[0]?.isPending, true);
  });
});
