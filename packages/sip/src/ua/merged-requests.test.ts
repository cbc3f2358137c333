import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LayerBench, requestText } from '../transaction/testing.ts';
import { MergedRequests } from './merged-requests.ts';

test('what is remembered of a request ends with its transaction', () => {
  const bench = new LayerBench();
  const merged = new MergedRequests();
  const verdicts: boolean[] = [];
  bench.onRequest = (transaction) => verdicts.push(merged.isMerged(transaction));
  bench.peerSends(requestText('INVITE', { branch: 'z9hG4bKone' }));
  bench.peerSends(requestText('INVITE', { branch: 'z9hG4bKtwo' }));
  bench.peerSends(requestText('INVITE', { branch: 'z9hG4bKthree', sequence: 2 }));
  bench.peerSends(requestText('INVITE', { branch: 'z9hG4bKfour', fromTag: 'other' }));
  bench.peerSends(requestText('INVITE', { branch: 'z9hG4bKfive', callId: 'other' }));
  assert.deepEqual(verdicts, [false, true, false, false, false]);
  assert.equal(merged.size, 4);
  for (const transaction of bench.requests) transaction.reply(486);
  bench.clock.advance(60_000);
  assert.equal(merged.size, 0);
});
