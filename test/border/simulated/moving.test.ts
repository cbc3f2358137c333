/** Clients that change networks or are gone, gateways and borders that restart. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BorderStage } from './border-stage.ts';

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
