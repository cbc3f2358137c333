import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './simulation/world.ts';

test('a desk phone calls another: rings, answers, hangs up, one record', () => {
  const world = new World({ seed: 1 });
  const anna = world.deskPhone('4020');
  const ben = world.deskPhone('4021');
  anna.register();
  ben.register();
  world.advance(2_000);
  assert.equal(anna.registerStatus, 200);
  assert.equal(ben.registerStatus, 200);
  const call = anna.dial('4021');
  world.advance(1_000);
  assert.deepEqual(call.progress, [180]);
  const incoming = ben.calls[0]!;
  assert.equal(incoming.state, 'ringing');
  assert.match(incoming.shownFrom, /^"Anna Lindner" <sip:4020@lindner-optik\.example>/);
  ben.answer(incoming);
  world.advance(1_000);
  assert.equal(call.state, 'answered');
  assert.match(call.remoteSdp ?? '', /^o=- \d+ 1 IN IP4 10\.0\.0\.11/m);
  anna.hangUp(call);
  world.advance(1_000);
  assert.equal(incoming.state, 'ended');
  assert.equal(world.gateway.snapshot().calls, 0);
  const [record] = [...world.records.closed.values()];
  assert.equal(record?.result, 'answered');
  world.advance(60_000);
  const { sessions, clientTransactions, serverTransactions } = world.gateway.snapshot();
  assert.deepEqual(
    { sessions, clientTransactions, serverTransactions },
    { sessions: 0, clientTransactions: 0, serverTransactions: 0 },
  );
});
