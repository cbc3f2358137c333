/** Who may register through the border, and what the gateway and the client see of it. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BorderStage } from './border-stage.ts';

describe('registering through the border', () => {
  test('a desk phone that may be used from outside registers, another one is told why not', async () => {
    const stage = new BorderStage();
    const carla = stage.remotePhone('4022');
    const ben = stage.remotePhone('4021');
    carla.register();
    ben.register();
    await stage.pass(500);
    assert.deepEqual([carla.registerStatus, ben.registerStatus], [200, 403]);
    assert.ok(stage.sentOut.some(({ text }) => text.startsWith('SIP/2.0 403 This Phone May Not Be Used From Outside')));
  });

  test('inside, that same phone registers', async () => {
    const stage = new BorderStage();
    await stage.register(stage.world.deskPhone('4021'));
  });

  test('a desk phone that may not cannot call either', async () => {
    const stage = new BorderStage();
    const ben = stage.remotePhone('4021');
    assert.equal((await stage.dial(ben, '4100')).status, 403);
    await stage.assertQuiet();
  });

  test('the gateway keeps the contact with a way through the border, and the client is shown its own contact alone', async () => {
    const stage = new BorderStage({ joint: 'sockets' });
    const [first, second] = [stage.client('ufip-anna'), stage.client('ufip-anna')];
    await stage.register(first, second);
    const stored = [...stage.world.bindings.values()];
    assert.equal(stored.length, 2);
    for (const { path, flowOnly, contactUri } of stored) {
      assert.match(path[0] ?? '', /^<sip:[\w-]+@10\.0\.0\.2:5070;lr;ob>$/);
      assert.equal(flowOnly, false);
      assert.match(contactUri, /@198\.51\.100\./);
    }
    const answer = stage.sentOut.findLast(({ text }) => text.startsWith('SIP/2.0 200'))?.text ?? '';
    assert.equal(answer.match(/^Contact:/gm)?.length, 1);
    assert.doesNotMatch(answer, /^Path:|10\.0\.0\./m);
  });
});
