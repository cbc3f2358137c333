/** Nothing of the inside is sent outside, and nobody outside is carried anywhere but to the gateways. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { replacesOf } from '../../../packages/gateway/src/simulation/dialog-watch.ts';
import { BorderStage, OUTSIDE } from './border-stage.ts';

const INSIDE_ADDRESS = /10\.0\.\d+\.\d+|192\.0\.0\.8/;

for (const joint of ['link', 'sockets'] as const) {
  test(`no octet of an inside address leaves the border in a day of calls (${joint})`, async () => {
    const stage = new BorderStage({ joint });
    const anna = stage.client('ufip-anna');
    const carla = stage.remotePhone('4022');
    const ben = stage.world.deskPhone('4021');
    await stage.register(anna, carla, ben);
    const { out } = await stage.connect(anna, '4021', ben);
    anna.hold(out, 'sendonly');
    await stage.pass(500);
    anna.transfer(out, '4022');
    await stage.pass(500);
    await stage.answer(carla);
    const back = await stage.dial(ben, '4999');
    assert.equal(back.state, 'ended');
    carla.hangUp(carla.running[0] ?? assert.fail());
    await stage.pass(1_000);
    const { out: second } = await stage.connect(ben, '4020', anna);
    await stage.hangUp(ben, second);
    assert.ok(stage.sentOut.length >= 15, String(stage.sentOut.length));
    for (const { text } of stage.sentOut) assert.doesNotMatch(text, INSIDE_ADDRESS);
    await stage.assertQuiet();
  });
}

test('a Call-ID with an inside address is a token outside, and a client takes that call over by it', async () => {
  const stage = new BorderStage();
  const anna = stage.client('ufip-anna');
  const [desk, ben] = [stage.world.deskPhone('4020'), stage.world.deskPhone('4021')];
  desk.ua.newCallId = () => '4e7f-1@10.0.0.77';
  await stage.register(anna, desk, ben);
  const watch = anna.watch('4020');
  await stage.pass(300);
  const { out, in: incoming } = await stage.connect(desk, '4021', ben);
  assert.equal(out.session?.dialog.callId, '4e7f-1@10.0.0.77');
  const [seen] = watch.in('confirmed');
  assert.ok(seen?.callId);
  for (const { text } of stage.sentOut) assert.doesNotMatch(text, INSIDE_ADDRESS);
  const taken = anna.dial('4020', { headers: [['Replaces', replacesOf(seen)]] });
  await stage.pass(1_000);
  assert.deepEqual([taken.state, out.state, incoming.state], ['answered', 'ended', 'answered']);
  await stage.hangUp(ben, incoming);
  assert.equal(taken.state, 'ended');
  watch.subscription?.unsubscribe();
  await stage.assertQuiet();
});

describe('attempts from outside', () => {
  const request = (uri: string, extra = '', to = '<sip:x@y>') =>
    Buffer.from(
      `OPTIONS ${uri} SIP/2.0\r\nVia: SIP/2.0/TLS 198.51.100.66:5061;branch=z9hG4bK${uri.length}${extra.length};rport\r\nMax-Forwards: 70\r\nFrom: <sip:mallory@y>;tag=m\r\nTo: ${to}\r\nCall-ID: mallory-${uri.length}-${extra.length}\r\nCSeq: 1 OPTIONS\r\n${extra}Content-Length: 0\r\n\r\n`,
    );
  const CASES: [name: string, bytes: Buffer, status: number][] = [
    ['a Route that leads elsewhere', request('sip:victim@192.0.2.9', 'Route: <sip:192.0.2.9;lr>\r\n'), 403],
    ['a Route to a gateway', request('sip:a@b', 'Route: <sip:10.0.0.1:5060;lr>\r\n'), 403],
    ['a forged token within a dialog', request(`sip:${'A'.repeat(120)}@203.0.113.1`, '', '<sip:x@y>;tag=t'), 481],
    ['an extension that a proxy must understand', request('sip:a@b', 'Proxy-Require: foo\r\n'), 420],
  ];
  for (const [name, bytes, status] of CASES) {
    test(`${name}: ${status}`, async () => {
      const stage = new BorderStage();
      const heard: string[] = [];
      const node = stage.world.network.attach(
        '198.51.100.66',
        5061,
        {
          onMessage: (message) => void (message.kind === 'response' && heard.push(String(message.status))),
          onMalformed() {},
          onFlowClosed() {},
        },
        ['tls'],
      );
      node.send(bytes, { transport: 'tls', ...OUTSIDE }, () => {});
      await stage.pass(500);
      assert.deepEqual(heard, [String(status)]);
      await stage.assertQuiet();
    });
  }
});
