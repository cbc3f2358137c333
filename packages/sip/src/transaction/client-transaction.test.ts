import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { SipRequest } from '../message/message.ts';
import { ClientLog, LayerBench, ownRequest, responseText } from './testing.ts';

function send(bench: LayerBench, method: string) {
  const log = new ClientLog();
  const transaction = bench.layer.request(ownRequest(method), bench.toPeer, log);
  bench.settle();
  return { log, transaction, heard: bench.heard.messages.at(-1) as SipRequest };
}

function assertNothingLeft(bench: LayerBench): void {
  bench.clock.advance(120_000);
  assert.deepEqual(bench.layer.counts, { clients: 0, servers: 0 });
  assert.equal(bench.clock.pending, 0);
}

describe('client transaction over UDP', () => {
  test('INVITE without any answer: Timer A doubles, Timer B ends it after 64×T1 (RFC 3261 §17.1.1.2)', () => {
    const bench = new LayerBench();
    bench.peer.vanish();
    const { log } = send(bench, 'INVITE');
    bench.clock.advance(60_000);
    assert.deepEqual(bench.timesSent('INVITE'), [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    assert.deepEqual(log.events, ['timeout']);
    assertNothingLeft(bench);
  });

  test('another request without any answer: Timer E doubles up to T2, Timer F ends it (§17.1.2.2)', () => {
    const bench = new LayerBench();
    bench.peer.vanish();
    const { log } = send(bench, 'OPTIONS');
    bench.clock.advance(60_000);
    const expected = [0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert.deepEqual(bench.timesSent('OPTIONS'), expected);
    assert.deepEqual(log.events, ['timeout']);
    assertNothingLeft(bench);
  });

  test('a provisional response stops the repetition of an INVITE and its Timer B', () => {
    const bench = new LayerBench();
    const { log, heard } = send(bench, 'INVITE');
    bench.clock.advance(400);
    bench.peerSends(responseText(heard, 100));
    bench.clock.advance(300_000);
    assert.deepEqual(bench.timesSent('INVITE'), [0]);
    assert.deepEqual(log.events, [100]);
    assert.deepEqual(bench.layer.counts, { clients: 1, servers: 0 });
    bench.peerSends(responseText(heard, 486));
    assertNothingLeft(bench);
  });

  test('a provisional response slows the repetition of another request to T2, and Timer F still ends it', () => {
    const bench = new LayerBench();
    const { log, heard } = send(bench, 'OPTIONS');
    bench.clock.advance(600);
    bench.peerSends(responseText(heard, 100));
    bench.clock.advance(60_000);
    const expected = [0, 500, 1_500, 5_500, 9_500, 13_500, 17_500, 21_500, 25_500, 29_500];
    assert.deepEqual(bench.timesSent('OPTIONS'), expected);
    assert.deepEqual(log.events, [100, 'timeout']);
    assertNothingLeft(bench);
  });

  test('a refused INVITE is acknowledged each time the refusal comes, for 32 s (Timer D)', () => {
    const bench = new LayerBench();
    const { log, heard, transaction } = send(bench, 'INVITE');
    bench.peerSends(responseText(heard, 486));
    bench.peerSends(responseText(heard, 486));
    assert.equal(bench.timesSent('ACK').length, 2);
    assert.deepEqual(log.events, [486]);
    assert.equal(transaction.request, undefined);
    bench.clock.advance(31_999);
    bench.peerSends(responseText(heard, 486));
    assert.equal(bench.timesSent('ACK').length, 3);
    bench.clock.advance(2);
    bench.peerSends(responseText(heard, 486));
    assert.equal(bench.timesSent('ACK').length, 3);
    assertNothingLeft(bench);
  });

  test('the ACK of a refusal has the branch, the number and the route of its INVITE and the To of the response', () => {
    const bench = new LayerBench();
    const invite = ownRequest('INVITE');
    invite.headers.append('Route', '<sip:proxy.example;lr>').append('Proxy-Authorization', 'Digest username="a"');
    bench.layer.request(invite, bench.toPeer, new ClientLog());
    bench.settle();
    const heard = bench.heard.messages.at(-1) as SipRequest;
    bench.peerSends(responseText(heard, 404, 'x1'));
    bench.settle();
    const ack = bench.heard.messages.at(-1) as SipRequest;
    assert.equal(ack.method, 'ACK');
    assert.equal(ack.uriText, heard.uriText);
    assert.equal(ack.via.branch, heard.via.branch);
    assert.deepEqual(ack.cseq, { sequence: 1, method: 'ACK' });
    assert.equal(ack.to.tag, 'x1');
    assert.equal(ack.headers.get('Route'), '<sip:proxy.example;lr>');
    assert.equal(ack.headers.get('Proxy-Authorization'), 'Digest username="a"');
  });

  test('2xx of an INVITE go up each time, also those of other forks, for 32 s (Timer M)', () => {
    const bench = new LayerBench();
    const { log, heard } = send(bench, 'INVITE');
    bench.peerSends(responseText(heard, 200, 'one'));
    bench.peerSends(responseText(heard, 200, 'one'));
    bench.clock.advance(31_000);
    bench.peerSends(responseText(heard, 200, 'two'));
    assert.deepEqual(log.events, [200, 200, 200]);
    assert.deepEqual(bench.timesSent('ACK'), []);
    bench.clock.advance(2_000);
    bench.peerSends(responseText(heard, 200, 'one'));
    assert.equal(log.events.length, 3);
    assertNothingLeft(bench);
  });

  test('the final response of another request goes up once; Timer K is T4', () => {
    const bench = new LayerBench();
    const { log, heard } = send(bench, 'OPTIONS');
    bench.peerSends(responseText(heard, 200));
    bench.peerSends(responseText(heard, 200));
    assert.deepEqual(log.events, [200]);
    bench.clock.advance(4_999);
    assert.equal(bench.layer.counts.clients, 1);
    bench.clock.advance(1);
    assert.equal(bench.layer.counts.clients, 0);
    assertNothingLeft(bench);
  });

  test('a response is matched by branch and method: neither alone will do', () => {
    const bench = new LayerBench();
    const { log, heard } = send(bench, 'OPTIONS');
    bench.peerSends(responseText(heard, 200).replace('1 OPTIONS', '1 INVITE'));
    bench.peerSends(responseText(heard, 200).replace(/branch=z9hG4bK\w+/, 'branch=z9hG4bKother'));
    assert.deepEqual(log.events, []);
    bench.peerSends(responseText(heard, 200));
    assert.deepEqual(log.events, [200]);
  });

  test('a response with a second Via is dropped: it was meant for somebody behind us (§8.1.3.3)', () => {
    const bench = new LayerBench();
    const { log, heard } = send(bench, 'OPTIONS');
    const text = responseText(heard, 200);
    bench.peerSends(text.replace('From:', 'Via: SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx\r\nFrom:'));
    bench.peerSends(text.replace(/(Via: .*)\r\n/, '$1, SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx\r\n'));
    assert.deepEqual(log.events, []);
  });
});

describe('CANCEL', () => {
  test('has the branch of its INVITE and a transaction of its own; the final response is 487 to the INVITE', () => {
    const bench = new LayerBench();
    const { log, heard, transaction } = send(bench, 'INVITE');
    bench.peerSends(responseText(heard, 180));
    const cancelLog = new ClientLog();
    bench.layer.cancel(transaction, cancelLog, 'SIP;cause=200');
    bench.settle();
    const cancel = bench.heard.messages.at(-1) as SipRequest;
    assert.equal(cancel.method, 'CANCEL');
    assert.equal(cancel.via.branch, heard.via.branch);
    assert.deepEqual(cancel.cseq, { sequence: 1, method: 'CANCEL' });
    assert.equal(cancel.headers.get('Reason'), 'SIP;cause=200');
    assert.equal(cancel.to.tag, undefined);
    bench.peerSends(responseText(cancel, 200));
    bench.peerSends(responseText(heard, 487));
    assert.deepEqual(cancelLog.events, [200]);
    assert.deepEqual(log.events, [180, 487]);
    assertNothingLeft(bench);
  });

  test('of an INVITE that has its final response is not sent', () => {
    const bench = new LayerBench();
    const { heard, transaction } = send(bench, 'INVITE');
    bench.peerSends(responseText(heard, 486));
    bench.layer.cancel(transaction, new ClientLog());
    assert.deepEqual(bench.timesSent('CANCEL'), []);
  });
});

describe('client transaction over TCP', () => {
  test('nothing is repeated; Timer F ends it', () => {
    const bench = new LayerBench('tcp');
    const { log } = send(bench, 'OPTIONS');
    bench.clock.advance(60_000);
    assert.deepEqual(bench.timesSent('OPTIONS'), [0]);
    assert.deepEqual(log.events, ['timeout']);
    assertNothingLeft(bench);
  });

  for (const [method, status] of [
    ['OPTIONS', 200],
    ['INVITE', 486],
  ] as const) {
    test(`${method} ends at once with its final response: timers D and K are zero`, () => {
      const bench = new LayerBench('tcp');
      const { log, heard } = send(bench, method);
      bench.peerSends(responseText(heard, status));
      assert.deepEqual(log.events, [status]);
      assert.deepEqual(bench.layer.counts, { clients: 0, servers: 0 });
      assert.equal(bench.timesSent('ACK').length, method === 'INVITE' ? 1 : 0);
      assert.equal(bench.clock.pending, 0);
    });
  }

  test('a connection that cannot be opened is told to the user once', () => {
    const bench = new LayerBench('tcp');
    bench.peer.vanish();
    const { log } = send(bench, 'INVITE');
    bench.clock.advance(60_000);
    assert.deepEqual(log.events, ['unreachable']);
    assertNothingLeft(bench);
  });
});

test('whatever the network does, the user hears of one final outcome and nothing is left over', () => {
  const share = fc.double({ min: 0, max: 0.4, noNaN: true });
  const scenario = fc.record({
    method: fc.constantFrom('INVITE', 'OPTIONS', 'BYE'),
    status: fc.constantFrom(200, 404, 486, 503),
    loss: share,
    duplicate: share,
    reorder: share,
  });
  fc.assert(
    fc.property(scenario, ({ method, status, ...faults }) => {
      const bench = new LayerBench('udp', { ...faults, delayMs: [1, 50] });
      const log = new ClientLog();
      bench.heard.answer = (message) => {
        if (message.kind !== 'request' || message.method === 'ACK') return;
        bench.peer.send(Buffer.from(responseText(message, 100)), { ...bench.toPeer, address: '10.0.0.1' }, () => {});
        bench.peer.send(Buffer.from(responseText(message, status)), { ...bench.toPeer, address: '10.0.0.1' }, () => {});
      };
      bench.layer.request(ownRequest(method), bench.toPeer, log);
      // A provisional that arrives while all finals are lost leaves an INVITE waiting: that is its user's decision.
      bench.clock.advance(200_000);
      const finals = log.events.filter((event) => event === 'timeout' || (event as number) >= 200);
      if (bench.layer.counts.clients === 0) {
        const outcomes = method === 'INVITE' && status === 200 ? new Set(finals) : finals;
        assert.equal([...outcomes].length, 1, JSON.stringify(log.events));
        assert.equal(bench.clock.pending, 0);
      } else {
        assert.equal(method, 'INVITE');
        assert.deepEqual(finals, []);
      }
    }),
    { numRuns: 60 },
  );
});
