/** Clients that change networks or are gone, gateways and borders that restart. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PhoneCall } from '../../../packages/gateway/src/simulation/phone.ts';
import { BorderStage, OTHER_OUTSIDE, OUTSIDE } from './border-stage.ts';

describe('a client in a call', () => {
  for (const quietly of [false, true]) {
    test(`comes back from another address and registers: its call goes on (${quietly ? 'the old connection hangs' : 'the old one closed'})`, async () => {
      const stage = new BorderStage();
      const anna = stage.client('ufip-anna');
      const ben = stage.world.deskPhone('4021');
      await stage.register(anna, ben);
      const { out, in: incoming } = await stage.connect(ben, '4020', anna);
      anna.move('198.51.100.200', quietly);
      await stage.register(anna);
      let status = 0;
      ben.hold(out, 'sendonly', (final) => {
        status = final;
      });
      await stage.pass(1_000);
      assert.equal(status, 200);
      assert.match(incoming.media.remote ?? '', /a=sendonly/);
      await stage.hangUp(ben, out);
      assert.equal(incoming.state, 'ended');
    });
  }

  test('sends a re-INVITE on its new connection before it registers: the call is found', async () => {
    const stage = new BorderStage();
    const anna = stage.client('ufip-anna');
    const ben = stage.world.deskPhone('4021');
    await stage.register(anna, ben);
    const { out, in: incoming } = await stage.connect(anna, '4021', ben);
    anna.move('198.51.100.200');
    let status = 0;
    anna.hold(out, 'sendonly', (final) => {
      status = final;
    });
    await stage.pass(1_000);
    assert.equal(status, 200);
    await stage.hangUp(ben, incoming);
    assert.equal(out.state, 'ended');
    await stage.assertQuiet();
  });

  test('is gone for good: the call ends, and the other side is told why', async () => {
    const stage = new BorderStage();
    const anna = stage.client('ufip-anna');
    const ben = stage.world.deskPhone('4021');
    await stage.register(anna, ben);
    const { out } = await stage.connect(ben, '4020', anna);
    anna.node.close();
    await stage.pass(35_000);
    assert.equal(out.state, 'ended');
    await stage.assertQuiet();
  });
});

test('a microphone that is off: told through the border, given to who takes the call over, claimed by nobody', async () => {
  const stage = new BorderStage();
  const anna = stage.client('ufip-anna');
  const other = stage.client('ufip-anna');
  const ben = stage.world.deskPhone('4021');
  await stage.register(anna, other, ben);
  const knows = [
    ['Recv-Info', 'unisono-microphone'],
    ['Unisono-Microphone', 'muted'],
  ] as const;
  const out = anna.dial('4021', { headers: knows });
  await stage.pass(500);
  ben.answer(ben.calls[0]!);
  await stage.pass(500);
  assert.equal(out.accepted?.headers.get('Recv-Info'), 'unisono-microphone');
  const pull = async (by: typeof anna, call: PhoneCall): Promise<PhoneCall> => {
    const { callId, remoteTag, localTag } = call.session!.dialog;
    const replaces = `${callId};to-tag=${remoteTag};from-tag=${localTag}`;
    const pulled = by.dial('4020', { headers: [['Replaces', replaces], ...knows] });
    await stage.pass(1_000);
    assert.equal(pulled.state, 'answered');
    return pulled;
  };
  const open = await pull(other, out);
  assert.equal(open.accepted?.headers.get('Unisono-Microphone'), undefined);
  let status = 0;
  other.tellMicrophone(open, 'muted', (answered) => {
    status = answered;
  });
  await stage.pass(500);
  assert.equal(status, 200);
  const muted = await pull(anna, open);
  assert.equal(muted.accepted?.headers.get('Unisono-Microphone'), 'muted');
  const inside = stage.world.wire.kept.filter(({ direction }) => direction === 'in');
  assert.ok(inside.some(({ message }) => message.headers.has('Recv-Info')));
  assert.ok(!inside.some(({ message }) => message.headers.has('Unisono-Microphone')));
});

test('a contact whose connection is gone does not ring, and is forgotten', async () => {
  const stage = new BorderStage();
  const anna = stage.client('ufip-anna');
  const ben = stage.world.deskPhone('4021');
  await stage.register(anna, ben);
  anna.node.close();
  await stage.pass(100);
  const out = await stage.dial(ben, '4020');
  assert.equal(out.state, 'ended');
  assert.equal([...stage.world.bindings.values()].filter(({ device }) => device.startsWith('client:')).length, 0);
  await stage.assertQuiet();
});

describe('the border is killed in a call and comes back', () => {
  async function callOverRestart({ keepsEngine = false, doGatewaysOutlive = true } = {}) {
    const stage = new BorderStage({ joint: 'sockets' });
    const anna = stage.client('ufip-anna');
    const ben = stage.world.deskPhone('4021');
    await stage.register(anna, ben);
    const { out, in: incoming } = await stage.connect(ben, '4020', anna);
    stage.stopSbc();
    stage.startSbc({ doGatewaysOutlive, ...(keepsEngine ? { engine: stage.engine } : {}) });
    await stage.pass(2_000);
    return { stage, anna, ben, out, incoming };
  }

  test('the client describes its media anew: the call goes on', async () => {
    const { stage, anna, ben, out, incoming } = await callOverRestart();
    await stage.register(anna);
    let status = 0;
    anna.hold(incoming, 'sendrecv', (final) => (status = final));
    await stage.pass(60_000);
    assert.equal(status, 200);
    assert.deepEqual([out.state, incoming.state], ['answered', 'answered']);
    assert.equal(stage.engine.calls.length, 1);
    await stage.hangUp(ben, out);
    assert.equal(incoming.state, 'ended');
    await stage.assertQuiet();
  });

  test('the client comes back and says nothing: the call ends on both sides, with the reason', async () => {
    const { stage, anna, out, incoming } = await callOverRestart();
    await stage.register(anna);
    await stage.pass(20_000);
    assert.deepEqual([out.state, incoming.state], ['answered', 'answered'], 'it has half a minute');
    await stage.pass(20_000);
    for (const { state, endReason } of [out, incoming]) {
      assert.equal(state, 'ended');
      assert.match(endReason ?? '', /cause=503;text="The border was restarted/);
    }
    const [record] = stage.world.records.closed.values();
    assert.match(record?.detail ?? '', /^Ended at the \w+'s side: The border was restarted/);
    await stage.assertQuiet();
  });

  test('the client does not come back: the phone is told why', async () => {
    const { stage, anna, out } = await callOverRestart();
    anna.node.close();
    await stage.pass(35_000);
    assert.equal(out.state, 'ended');
    assert.match(out.endReason ?? '', /The border was restarted/);
    await stage.assertQuiet();
  });

  test('the engine is another process and went on: the call does too, until that has given it up', async () => {
    const { stage, anna, out, incoming } = await callOverRestart({ keepsEngine: true });
    await stage.register(anna);
    await stage.pass(120_000);
    assert.deepEqual([out.state, incoming.state], ['answered', 'answered']);
    for (const callId of stage.engine.calls) await stage.engine.delete({ callId });
    await stage.pass(15_000);
    assert.deepEqual([out.state, incoming.state], ['ended', 'ended']);
    await stage.assertQuiet();
  });

  test('the engine went on and the client does not come back: the call ends all the same', async () => {
    const { stage, anna, out } = await callOverRestart({ keepsEngine: true });
    anna.node.close();
    await stage.pass(30_000);
    assert.equal(out.state, 'answered');
    await stage.pass(45_000);
    assert.equal(out.state, 'ended');
    assert.match(out.endReason ?? '', /The client's connection was lost/);
    await stage.assertQuiet();
  });

  test('a call that goes on by another engine gives its media back when it ends', async () => {
    const { stage, anna, ben, out, incoming } = await callOverRestart({ keepsEngine: true });
    await stage.register(anna);
    await stage.hangUp(ben, out);
    assert.equal(incoming.state, 'ended');
    await stage.assertQuiet();
  });

  test('the gateway ended with it: the client is told as soon as it is back', async () => {
    const { stage, anna, incoming } = await callOverRestart({ doGatewaysOutlive: false });
    await stage.register(anna);
    await stage.pass(2_000);
    assert.equal(incoming.state, 'ended');
    assert.match(incoming.endReason ?? '', /The system was restarted/);
  });
});

describe('a client in a call goes on by another border', () => {
  /** Ben talks to Anna's client, which turns to the other border and describes its media anew. */
  async function turned({ isKilled = false } = {}) {
    const stage = new BorderStage({ joint: 'sockets' });
    const anna = stage.client('ufip-anna');
    const ben = stage.world.deskPhone('4021');
    await stage.register(anna, ben);
    const { out, in: incoming } = await stage.connect(ben, '4020', anna);
    const other = stage.startOther();
    if (isKilled) stage.stopSbc();
    anna.turnTo({ transport: 'wss', ...OTHER_OUTSIDE });
    anna.move('198.51.100.200');
    let status = 0;
    anna.hold(incoming, 'sendrecv', (final) => (status = final));
    await stage.pass(1_000);
    assert.equal(status, 200);
    await stage.register(anna);
    assert.deepEqual([other.sbc.snapshot().calls, other.engine.calls.length], [1, 1]);
    return { stage, anna, ben, out, incoming, other };
  }

  test('the first one was killed: the other side hangs up, and the client is told by the second', async () => {
    const { stage, ben, out, incoming, other } = await turned({ isKilled: true });
    await stage.hangUp(ben, out);
    assert.equal(incoming.state, 'ended');
    assert.deepEqual([other.sbc.snapshot().calls, other.engine.calls], [0, []]);
  });

  test('the first one was killed: the client is held by the other side, and hangs up', async () => {
    const { stage, anna, ben, out, incoming } = await turned({ isKilled: true });
    let status = 0;
    ben.hold(out, 'sendonly', (final) => (status = final));
    await stage.pass(1_000);
    assert.equal(status, 200);
    assert.match(incoming.media.remote ?? '', /a=sendonly/);
    await stage.hangUp(anna, incoming);
    assert.equal(out.state, 'ended');
  });

  test('the first one comes back and gives the call up that it had kept: the call goes on', async () => {
    const { stage, ben, out, incoming, other } = await turned({ isKilled: true });
    stage.startSbc();
    assert.equal(stage.sbc.snapshot().calls, 1);
    await stage.pass(60_000);
    assert.equal(stage.sbc.snapshot().calls, 0);
    assert.deepEqual([out.state, incoming.state, other.sbc.snapshot().calls], ['answered', 'answered', 1]);
    await stage.hangUp(ben, out);
    assert.equal(incoming.state, 'ended');
    await stage.assertQuiet();
  });

  test('the first one lives, misses its client and gives the call up: the call goes on', async () => {
    const { stage, ben, out, incoming, other } = await turned();
    await stage.pass(60_000);
    assert.deepEqual([stage.sbc.snapshot().calls, stage.engine.calls], [0, []]);
    assert.deepEqual([out.state, incoming.state, other.sbc.snapshot().calls], ['answered', 'answered', 1]);
    await stage.hangUp(ben, out);
    assert.equal(incoming.state, 'ended');
    await stage.assertQuiet();
  });

  test('and then comes back to the first, and is gone for good there: its call ends', async () => {
    const { stage, anna, out, incoming } = await turned();
    anna.turnTo({ transport: 'wss', ...OUTSIDE });
    anna.move('198.51.100.201');
    let status = 0;
    anna.hold(incoming, 'sendrecv', (final) => (status = final));
    await stage.pass(1_000);
    assert.equal(status, 200);
    anna.node.close();
    await stage.pass(35_000);
    assert.equal(out.state, 'ended');
    await stage.assertQuiet();
  });
});
