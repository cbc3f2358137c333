import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Stage } from '../ua/testing.ts';

describe('a call (RFC 3261 §13)', () => {
  test('offer in the INVITE, answer in the 2xx, hung up by the caller', () => {
    const stage = new Stage();
    stage.a.call(stage.b);
    stage.run();
    const callee = stage.b.answer();
    stage.run();
    stage.a.party.session?.bye();
    stage.run();
    assert.deepEqual(stage.take(), [
      'a>b INVITE a1',
      'b>a 180 INVITE',
      'b>a 200 INVITE b1',
      'a>b ACK',
      'a>b BYE',
      'b>a 200 BYE',
    ]);
    assert.deepEqual(stage.a.party.events, ['progress 180', 'answer b1']);
    assert.deepEqual(stage.b.party.events, ['ack', 'bye']);
    assert.equal(callee.phase, 'terminated');
    stage.assertNothingLeft();
  });

  test('offer in the 2xx, answer in the ACK, hung up by the callee', () => {
    const stage = new Stage();
    stage.a.call(stage.b, { payload: undefined });
    stage.run();
    const callee = stage.b.answer();
    stage.run();
    assert.deepEqual(stage.take(), ['a>b INVITE', 'b>a 180 INVITE', 'b>a 200 INVITE b1', 'a>b ACK a2']);
    assert.deepEqual(stage.a.party.events, ['progress 180', 'answer b1']);
    assert.deepEqual(stage.b.party.events, ['ack a2']);
    assert.equal(callee.descriptions.state, 'stable');
    callee.bye();
    stage.run();
    assert.deepEqual(stage.take(), ['b>a BYE', 'a>b 200 BYE']);
    assert.deepEqual(stage.a.party.events.at(-1), 'bye');
    stage.assertNothingLeft();
  });

  for (const transport of ['tcp', 'tls'] as const) {
    test(`the same by ${transport}: one connection carries it all`, () => {
      const stage = new Stage({ transport });
      stage.a.call(stage.b);
      stage.run();
      stage.b.answer();
      stage.run();
      stage.b.party.session?.bye();
      stage.run();
      assert.deepEqual(stage.take().slice(-3), ['a>b ACK', 'b>a BYE', 'a>b 200 BYE']);
      assert.deepEqual(stage.a.party.events, ['progress 180', 'answer b1', 'bye']);
      stage.assertNothingLeft();
    });
  }

  test('refused: the caller hears the status, an early dialog is gone', () => {
    const stage = new Stage();
    stage.a.call(stage.b);
    stage.run();
    assert.equal(stage.a.ua.sessionCount, 1);
    stage.b.invite.reject(486, { reason: 'Somewhere Else', headers: [['Retry-After', '10']] });
    stage.run();
    assert.deepEqual(stage.a.party.events, ['progress 180', 'failure 486']);
    assert.equal(stage.a.ua.sessionCount, 0);
    assert.equal(stage.b.ua.sessionCount, 0);
    assert.equal(stage.last('486').headers.get('Retry-After'), '10');
    stage.assertNothingLeft();
  });

  test('nobody is there: the caller hears of it after 64×T1', () => {
    const stage = new Stage();
    stage.b.node.vanish();
    stage.a.call(stage.b);
    stage.run(31_999);
    assert.deepEqual(stage.a.party.events, []);
    stage.run(1);
    assert.deepEqual(stage.a.party.events, ['failure timeout']);
    stage.assertNothingLeft();
  });

  test('rings for longer than proxies like: 180 is repeated each minute, and the caller waits (§13.3.1.1)', () => {
    const stage = new Stage();
    stage.a.call(stage.b);
    stage.run(600_100);
    assert.deepEqual(
      stage.times('180').map((atMs) => Math.round(atMs / 1_000)),
      [0, 60, 120, 180, 240, 300, 360, 420, 480, 540, 600],
    );
    stage.b.answer();
    stage.run();
    assert.equal(stage.a.party.session?.phase, 'confirmed');
    stage.a.party.session?.bye();
    stage.assertNothingLeft();
  });

  test('rings, then vanishes: the caller gives up after four minutes of silence, and nothing is left', () => {
    const stage = new Stage();
    stage.a.call(stage.b);
    stage.run();
    stage.b.node.vanish();
    stage.b.ua.close();
    stage.run(239_000);
    assert.deepEqual(stage.a.party.events, ['progress 180']);
    stage.run(40_000);
    assert.deepEqual(stage.a.party.events, ['progress 180', 'failure timeout']);
    stage.assertNothingLeft();
  });

  test('an INVITE with Expires is refused 487 when it was not answered in time (§13.3.1)', () => {
    const stage = new Stage();
    stage.a.call(stage.b, { headers: [['Expires', '20']] });
    stage.run(19_000);
    assert.deepEqual(stage.a.party.events, ['progress 180']);
    stage.run(2_000);
    assert.deepEqual(stage.a.party.events, ['progress 180', 'failure 487']);
    assert.deepEqual(stage.b.party.events, ['cancel SIP;cause=487;text="Invitation Expired"']);
    stage.assertNothingLeft();
  });

  test('so is one that nobody has said anything about yet: the caller may be gone without a word', () => {
    const stage = new Stage();
    stage.b.onCall = () => {};
    stage.a.call(stage.b, { headers: [['Expires', '20']] });
    stage.run(1_000);
    stage.a.node.vanish();
    stage.a.ua.close();
    stage.run(18_500);
    assert.equal(stage.b.invites.at(-1)?.isOver, false);
    stage.run(1_500);
    assert.equal(stage.b.invites.at(-1)?.isOver, true);
  });

  test('what both say of themselves: Contact, Allow, Supported in requests and responses of the dialog', () => {
    const stage = new Stage();
    const { caller } = stage.connect();
    caller.request('INFO', {}, () => {});
    stage.run();
    const info = stage.last('INFO');
    assert.equal(info.contact?.uriText, 'sip:a@10.0.0.1:5060');
    assert.match(info.headers.get('Allow') ?? '', /UPDATE/);
    caller.bye([['Reason', 'SIP;cause=200']]);
    stage.run();
    const bye = stage.last('BYE');
    assert.equal(bye.headers.has('Contact'), false);
    assert.equal(bye.headers.get('Reason'), 'SIP;cause=200');
    stage.assertNothingLeft();
  });

  test('snapshot shows what is alive', () => {
    const stage = new Stage();
    stage.connect();
    const [session] = stage.a.ua.snapshot().sessions;
    assert.equal(session?.phase, 'confirmed');
    assert.equal(session?.remoteTarget, 'sip:b@10.0.0.2:5060');
    assert.equal(session?.offerAnswer, 'stable');
    assert.deepEqual(session?.refresh, { everySec: 1_800, by: 'us' });
    assert.deepEqual(stage.b.ua.snapshot().sessions[0]?.refresh, { everySec: 1_800, by: 'peer' });
    const { transactions } = stage.a.ua.snapshot();
    assert.deepEqual(
      transactions.map(({ side, method, state, peer }) => `${side} ${method} ${state} ${peer}`),
      ['client INVITE accepted udp 10.0.0.2:5060'],
    );
  });
});
