import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SimPhone } from '../simulation/phone.ts';
import { Stage } from './stage.ts';

/** When each INVITE to one of Anna's devices left the gateway. */
function invitesToAnna(stage: Stage): Map<string, number> {
  const sent = new Map<string, number>();
  const anna = [stage.annaDesk, stage.annaWeb, stage.annaMobile].map((phone) => phone.address);
  stage.world.wire.listen(({ message, direction, peer, atMs }) => {
    const isInvite = direction === 'out' && message.kind === 'request' && message.method === 'INVITE';
    if (isInvite && anna.includes(peer) && !sent.has(peer)) sent.set(peer, atMs);
  });
  return sent;
}

describe('24. one user may register several clients at once', () => {
  test('all of them ring, also five', () => {
    const stage = new Stage();
    const more = [1, 2, 3].map(() => stage.world.client('ufip-anna'));
    for (const client of more) client.register();
    stage.world.advance(500);
    stage.dial(stage.benDesk, '4020');
    const ringing = (phone: SimPhone) => phone.calls.some((call) => call.state === 'ringing');
    assert.ok([stage.annaWeb, stage.annaMobile, ...more].every(ringing));
  });

  test('signing one out leaves the others', () => {
    const stage = new Stage();
    stage.annaWeb.register(0);
    stage.world.advance(500);
    stage.dial(stage.benDesk, '4020');
    assert.deepEqual(stage.ringing(), ['annaDesk', 'annaMobile']);
  });

  test('each may have its own call at the same time', () => {
    const stage = new Stage();
    const first = stage.connect(stage.annaWeb, '4021', stage.benDesk);
    const second = stage.connect(stage.annaMobile, '4022', stage.carlaDesk);
    assert.ok(stage.areConnected(first.out, first.in));
    assert.ok(stage.areConnected(second.out, second.in));
  });

  test('one user calls another device of the own number: refused as busy', () => {
    const stage = new Stage();
    assert.equal(stage.dial(stage.annaWeb, '4020').status, 486);
  });
});

describe('25. with Default routing all registered clients and the desk phone alert at the same moment', () => {
  test('every INVITE leaves in the same tick', () => {
    const stage = new Stage();
    stage.world.advance(40_000);
    const sent = invitesToAnna(stage);
    stage.annaWeb.register();
    stage.world.advance(500);
    stage.dial(stage.benDesk, '4020');
    assert.equal(sent.size, 3);
    assert.equal(new Set(sent.values()).size, 1);
  });

  for (const winner of ['annaDesk', 'annaWeb', 'annaMobile'] as const) {
    test(`answered at ${winner}, the others stop and are told where it was answered`, () => {
      const stage = new Stage();
      const out = stage.dial(stage.benDesk, '4020');
      const answered = stage.answer(stage[winner]);
      assert.deepEqual(stage.ringing(), []);
      assert.ok(stage.areConnected(out, answered));
      const reason = winner === 'annaDesk' ? /cause=200.*;answered-on=desk$/ : /cause=200.*;answered-on=client$/;
      for (const name of ['annaDesk', 'annaWeb', 'annaMobile'] as const) {
        if (name !== winner) assert.match(stage[name].calls[0]?.endReason ?? '', reason);
      }
    });
  }

  test('two devices answer in the same instant: one has the call, the other is hung up', () => {
    const stage = new Stage();
    const out = stage.dial(stage.benDesk, '4020');
    const [web, mobile] = [stage.incoming(stage.annaWeb), stage.incoming(stage.annaMobile)];
    stage.annaWeb.answer(web);
    stage.annaMobile.answer(mobile);
    stage.world.advance(500);
    assert.deepEqual([web.state, mobile.state].sort(), ['answered', 'ended']);
    assert.ok(stage.areConnected(out, web.state === 'answered' ? web : mobile));
    assert.equal(stage.world.gateway.snapshot().calls, 1);
  });

  test('the caller hears one steady ringback', () => {
    const stage = new Stage();
    const out = stage.dial(stage.benDesk, '4020');
    stage.annaMobile.ring(stage.incoming(stage.annaMobile));
    stage.world.advance(5_000);
    assert.deepEqual(out.progress, [180]);
  });

  test('the caller gives up: every device stops', () => {
    const stage = new Stage();
    const out = stage.dial(stage.benDesk, '4020');
    stage.hangUp(stage.benDesk, out);
    assert.deepEqual(stage.ringing(), []);
    assert.equal(out.status, 487);
    assert.equal(stage.lastResult(), 'cancelled');
  });
});

describe('26. when a second call arrives, or a device answers busy, the busy settings decide', () => {
  test('a second call, whichever device has the first', () => {
    for (const busy of ['annaDesk', 'annaWeb', 'annaMobile'] as const) {
      const stage = new Stage();
      stage.annaChooses({ busy: 'busySignal' });
      stage.dial(stage.benDesk, '4020');
      stage.answer(stage[busy]);
      assert.equal(stage.dial(stage.carlaDesk, '4020').status, 486, busy);
    }
  });

  test('a device that answers busy, whichever it is', () => {
    for (const busy of ['annaDesk', 'annaWeb', 'annaMobile'] as const) {
      const stage = new Stage();
      stage.annaChooses({ busy: 'alternativeNumber', alternativeNumber: '4022' });
      stage.dial(stage.benDesk, '4020');
      stage.reject(stage[busy], 486);
      assert.deepEqual(stage.ringing(), ['carlaDesk'], busy);
    }
  });
});
