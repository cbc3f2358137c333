// What the simulation has found, each told again in as few steps as it takes. `docs/simulation.md` lists them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SipMessage } from '@unisono/sip';
import { Stage } from '../stories/stage.ts';
import { PROVIDER_ADDRESSES, SPARE_ACCOUNT } from './company.ts';
import { directionOf, mediaKeyOf } from './phone-media.ts';
import type { WireMessage } from './wire.ts';
import { GATEWAY_ADDRESS, type PhoneTraits } from './world.ts';

/** A phone that wants longer sessions than the gateway offers: it refuses the first INVITE with 422 (RFC 4028 §8.1). */
const PATIENT: PhoneTraits = { sessionTimer: { expiresSec: 3_600, minSec: 2_000 } };

/** A phone that knows neither UPDATE nor session timers: the gateway refreshes by re-INVITE. */
const PLAIN: PhoneTraits = { methods: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS'], extensions: [] };

/** Everything the gateway sends to one address from now on. */
function sentTo(stage: Stage, address: string): SipMessage[] {
  const sent: SipMessage[] = [];
  stage.world.wire.listen(({ message, direction, peer }: WireMessage) => {
    if (direction === 'out' && peer === address) sent.push(message);
  });
  return sent;
}

function originOf(message: SipMessage): string | undefined {
  return /^o=(.*)\r?$/m.exec(message.body.toString())?.[1];
}

/** Nothing of any call is left an instant after the last one ended and 64×T1 have passed. */
function assertNothingLeft(stage: Stage): void {
  stage.world.advance(40_000);
  const { calls, sessions, busyStations } = stage.world.gateway.snapshot();
  assert.deepEqual({ calls, sessions, busyStations }, { calls: 0, sessions: 0, busyStations: 0 });
  const timers = stage.world.gatewayClock
    .running()
    .filter((name) => /^(?:Session|SuccessRetr|Reliable|MediaChange)/.test(name));
  assert.deepEqual(timers, []);
}

test('after a transfer only the version of o= has changed (RFC 3264 §8)', () => {
  const stage = new Stage();
  const sent = sentTo(stage, stage.benDesk.address);
  const call = stage.connect(stage.benDesk, '4022', stage.carlaDesk);
  stage.carlaDesk.transfer(call.in, '4023');
  stage.world.advance(300);
  stage.answer(stage.davidMobile);
  stage.world.advance(500);
  const [before, after] = sent.map(originOf).filter((origin) => origin !== undefined);
  assert.equal(before?.replace(/^(\S+ \S+) 1 /, '$1 2 '), after);
});

test('a device whose INVITE was sent again after 422 stops when another answers (RFC 4028 §7.3)', () => {
  const stage = new Stage();
  const patient = stage.world.client('ufip-anna', 'udp', PATIENT);
  patient.register();
  stage.world.advance(500);
  stage.dial(stage.benDesk, '4020');
  assert.equal(patient.calls[0]?.state, 'ringing');
  stage.answer(stage.annaDesk);
  assert.equal(patient.calls[0]?.state, 'ended');
});

test('a 422 that crosses the end of the ringing does not begin it anew', () => {
  const stage = new Stage();
  const patient = stage.world.client('ufip-anna', 'udp', PATIENT);
  patient.register();
  stage.world.advance(500);
  // The INVITE reaches the phone when it is repeated, after the caller has given up.
  stage.world.network.cut(GATEWAY_ADDRESS, patient.address);
  const call = stage.dial(stage.benDesk, '4020');
  stage.hangUp(stage.benDesk, call);
  stage.world.network.restore(GATEWAY_ADDRESS, patient.address);
  stage.world.advance(1_000);
  assert.deepEqual(stage.ringing(), []);
  assert.deepEqual(patient.calls, []);
});

test('whoever rings for a transfer does not alert the call that was answered before', () => {
  const stage = new Stage();
  stage.carlaDesk.ringsAtOnce = false;
  const call = stage.connect(stage.benDesk, '4022', stage.carlaDesk);
  stage.carlaDesk.transfer(call.in, '4023');
  stage.world.advance(500);
  stage.answer(stage.davidMobile);
  stage.hangUp(stage.benDesk, call.out);
  const record = [...stage.world.records.closed.values()].at(-1);
  assert.equal(record?.alertingAtMs, undefined);
});

test('who is transferred while holding hears the new party, and the other way round', () => {
  const stage = new Stage();
  const call = stage.connect(stage.benDesk, '4022', stage.carlaDesk);
  stage.carlaDesk.transfer(call.in, '4023');
  stage.world.advance(300);
  const incoming = stage.incoming(stage.davidMobile);
  // The re-INVITE of who is transferred is open when the new party answers.
  stage.benDesk.hold(call.out, 'sendonly');
  stage.davidMobile.answer(incoming);
  stage.world.advance(8_000);
  assert.ok(stage.areConnected(call.out, incoming));
});

test('a call that is being transferred cannot be joined with another', () => {
  const stage = new Stage();
  const first = stage.connect(stage.carlaDesk, '4021', stage.benDesk);
  const second = stage.connect(stage.benDesk, '4020', stage.annaDesk);
  stage.benDesk.transfer(first.in, '4023');
  stage.world.advance(500);
  stage.benDesk.transferTo(second.out, first.in, '4022');
  stage.world.advance(1_000);
  assert.equal(second.out.referStatus, 491);
  const incoming = stage.answer(stage.davidMobile);
  assert.ok(stage.areConnected(first.out, incoming));
  assert.ok(stage.areConnected(second.out, second.in));
});

test('a takeover that cannot be asked for leaves no gap in the versions of o=', () => {
  const stage = new Stage();
  const call = stage.connect(stage.benDesk, '4020', stage.annaDesk);
  const sent = sentTo(stage, stage.benDesk.address);
  const dialog = call.in.session?.dialog;
  assert.ok(dialog);
  stage.benDesk.askForOffer(call.out);
  stage.world.advance(6);
  const replaces = `${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}`;
  stage.annaWeb.dial('4020', { headers: [['Replaces', replaces]] });
  stage.world.advance(500);
  stage.annaDesk.hold(call.in, 'sendonly');
  stage.world.advance(500);
  const versions = sent.flatMap((message) => originOf(message)?.split(' ')[2] ?? []);
  assert.deepEqual([...new Set(versions)].map(Number), [1, 2].slice(0, new Set(versions).size));
});

test('a takeover that is given up leaves the call where it was, and heard', () => {
  const stage = new Stage();
  const call = stage.connect(stage.benDesk, '4020', stage.annaDesk);
  const dialog = call.in.session?.dialog;
  assert.ok(dialog);
  const replaces = `${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}`;
  // The other party is asked a second time before it hears of the new device, which has given up by then.
  stage.world.network.cut(GATEWAY_ADDRESS, stage.benDesk.address);
  const pulled = stage.annaWeb.dial('4020', { headers: [['Replaces', replaces]] });
  stage.world.advance(50);
  stage.annaWeb.hangUp(pulled);
  stage.world.network.restore(GATEWAY_ADDRESS, stage.benDesk.address);
  stage.world.advance(5_000);
  assert.equal(pulled.state, 'ended');
  assert.ok(stage.areConnected(call.out, call.in));
});

test('a join whose first party hangs up leaves the second call as it was', () => {
  const stage = new Stage();
  const first = stage.connect(stage.carlaDesk, '4021', stage.benDesk);
  const second = stage.connect(stage.benDesk, '4020', stage.annaDesk);
  stage.benDesk.transferTo(first.in, second.out, '4020');
  stage.world.advance(7);
  stage.carlaDesk.hangUp(first.out);
  stage.world.advance(5_000);
  assert.equal(first.in.state, 'ended');
  assert.ok(stage.areConnected(second.out, second.in));
});

test('a conference that is over before somebody is in leaves the call as it was', async () => {
  const stage = new Stage();
  const call = stage.connect(stage.annaWeb, '4021', stage.benDesk);
  const conference = stage.annaWeb.dial('conference');
  await stage.world.pass(300);
  stage.annaWeb.merge(conference, call.out, '4021');
  await stage.world.pass(7);
  stage.annaWeb.hangUp(conference);
  await stage.world.pass(2_000);
  assert.equal(conference.state, 'ended');
  assert.ok(stage.areConnected(call.out, call.in));
});

test('a hold that is answered after its phone hung up brings nothing back to life', () => {
  const stage = new Stage();
  const call = stage.connect(stage.benDesk, '4022', stage.carlaDesk);
  stage.benDesk.hold(call.out, 'sendonly');
  stage.world.advance(8);
  stage.hangUp(stage.benDesk, call.out);
  assertNothingLeft(stage);
});

test('an answer without offer is acknowledged also when the caller vanishes before (RFC 3261 §13.2.2.4)', () => {
  const stage = new Stage();
  stage.benDesk.dial('4022', { lateOffer: true });
  stage.world.advance(300);
  const sent = sentTo(stage, stage.carlaDesk.address);
  stage.carlaDesk.answer(stage.incoming(stage.carlaDesk));
  stage.world.advance(4);
  stage.benDesk.vanish();
  stage.world.advance(40_000);
  const methods = sent.flatMap((message) => (message.kind === 'request' ? [message.method] : []));
  assert.deepEqual([methods.includes('ACK'), methods.includes('BYE')], [true, true]);
  assertNothingLeft(stage);
});

test('an UPDATE that crosses a re-INVITE is answered 491 (RFC 3311 §5.2)', () => {
  const stage = new Stage();
  const call = stage.connect(stage.benDesk, '4023', stage.davidMobile);
  const answers: number[] = [];
  stage.benDesk.hold(call.out, 'sendonly');
  stage.davidMobile.holdByUpdate(call.in, 'sendonly');
  stage.world.wire.listen(({ message, direction }) => {
    if (direction === 'out' && message.kind === 'response' && message.cseq.method === 'UPDATE')
      answers.push(message.status);
  });
  stage.world.advance(200);
  assert.equal(answers[0], 491);
});

test('holds that cross are sorted out in the end: both hold, both know', () => {
  const stage = new Stage();
  const call = stage.connect(stage.benDesk, '4022', stage.carlaDesk);
  stage.benDesk.hold(call.out, 'sendonly');
  stage.carlaDesk.hold(call.in, 'sendonly');
  stage.world.advance(15_000);
  for (const { media } of [call.out, call.in]) {
    assert.match(directionOf(media.local ?? ''), /sendonly|inactive/);
    assert.match(directionOf(media.remote ?? ''), /sendonly|inactive/);
  }
});

test('a late ACK does not undo the hold that the other party asked for meanwhile', () => {
  const stage = new Stage();
  const { world } = stage;
  const eva = world.deskPhone('4024', 'udp', PLAIN);
  eva.register();
  world.advance(500);
  const sent = sentTo(stage, eva.address);
  const call = stage.connect(eva, '4022', stage.carlaDesk);
  eva.hold(call.out, 'sendonly');
  world.advance(18);
  // The ACK gets lost; when it is repeated, the other party's hold is on its way.
  world.network.cut(GATEWAY_ADDRESS, eva.address);
  world.advance(4);
  world.network.restore(GATEWAY_ADDRESS, eva.address);
  world.advance(491);
  stage.carlaDesk.hold(call.in, 'sendonly');
  world.advance(1_000);
  const before = sent.length;
  // The gateway refreshes the session by telling again what it told last.
  world.advance(1_000_000);
  const versions = sent.flatMap((message) => originOf(message)?.split(' ')[2] ?? []);
  assert.ok(sent.length > before);
  assert.equal(versions.at(-1), versions.toSorted().at(-1));
});

test('whom a call is forwarded to after early media is heard: the answer is of another dialog (RFC 3261 §13.2.1)', () => {
  const stage = new Stage();
  stage.annaChooses({ routing: 'deskPhoneOnly', noAnswer: 'alternativeNumber', alternativeNumber: '4022' });
  stage.annaDesk.ringsAtOnce = false;
  const sent = sentTo(stage, stage.benDesk.address);
  const call = stage.dial(stage.benDesk, '4020');
  stage.annaDesk.ring(stage.incoming(stage.annaDesk), 183, true);
  stage.world.advance(300);
  stage.reject(stage.annaDesk, 480);
  const answered = stage.answer(stage.carlaDesk);
  assert.ok(stage.areConnected(call, answered));
  const described = sent.filter((message) => mediaKeyOf(message.body.toString()) !== undefined);
  assert.equal(described.length, 2);
  assert.notEqual(described[0]?.to.tag, described[1]?.to.tag);
});

test('early media that a phone repeats is relayed once', () => {
  const stage = new Stage();
  stage.annaChooses({ routing: 'deskPhoneOnly' });
  stage.annaDesk.ringsAtOnce = false;
  const call = stage.dial(stage.benDesk, '4020');
  const incoming = stage.incoming(stage.annaDesk);
  for (let i = 0; i < 3; i++) stage.annaDesk.ring(incoming, 183, true);
  stage.world.advance(300);
  assert.deepEqual(call.progress, [183]);
});

test('a caller that gives up while the answer waits for its PRACK leaves nothing (RFC 3262 §3)', () => {
  const stage = new Stage();
  const call = stage.benDesk.dial('4022', { headers: [['Require', '100rel']] });
  stage.world.advance(30);
  const incoming = stage.incoming(stage.carlaDesk);
  stage.carlaDesk.answer(incoming);
  stage.benDesk.hangUp(call);
  stage.world.advance(500);
  assert.equal(call.state, 'ended');
  assert.equal(incoming.state, 'ended');
  assertNothingLeft(stage);
});

test('a caller that vanishes before its PRACK leaves nothing', () => {
  const stage = new Stage();
  stage.benDesk.dial('4022', { headers: [['Require', '100rel']] });
  stage.world.advance(27);
  stage.benDesk.vanish();
  stage.world.advance(100);
  stage.carlaDesk.answer(stage.incoming(stage.carlaDesk));
  stage.world.advance(70_000);
  assertNothingLeft(stage);
});

test('a call that was forwarded to its own caller and away again still makes the caller busy', () => {
  const stage = new Stage();
  const carla = { routing: 'alternativeNumber', alternativeNumber: '4020' } as const;
  stage.world.system.apply({ kind: 'userSettings', user: 'carla', settings: carla });
  stage.annaChooses({ busy: 'busySignal' });
  const own = stage.dial(stage.annaWeb, '4022');
  stage.reject(stage.annaDesk, 302, 'sip:4023@lindner-optik.example');
  stage.answer(stage.davidMobile);
  assert.equal(own.state, 'answered');
  assert.equal(stage.dial(stage.benDesk, '4020').status, 486);
});

test('an emergency call is tried on every trunk, whatever the first one says', () => {
  const stage = new Stage();
  const spare = stage.world.provider(PROVIDER_ADDRESSES.spare);
  const call = stage.dial(stage.benDesk, '112');
  stage.reject(stage.provider, 404);
  stage.world.advance(1_000);
  stage.answer(spare);
  assert.equal(call.state, 'answered');
});

test('a provider that asks for proof of OPTIONS gets it in the next request of the same row (RFC 3261 §22.2)', () => {
  const stage = new Stage();
  stage.world.provider(PROVIDER_ADDRESSES.spare, 'udp', { account: SPARE_ACCOUNT });
  const sent = sentTo(stage, PROVIDER_ADDRESSES.spare);
  stage.world.restartGateway();
  stage.world.advance(10_000);
  const [first, second] = sent.filter(({ kind, cseq }) => kind === 'request' && cseq.method === 'OPTIONS');
  assert.deepEqual([first?.cseq.sequence, second?.cseq.sequence], [1, 2]);
  assert.equal(second?.callId, first?.callId);
  assert.equal(second?.from.tag, first?.from.tag);
});

test('a request that a stream could not carry keeps its number on UDP (RFC 3261 §12.2.1.1)', () => {
  const stage = new Stage();
  const spare = stage.world.provider(PROVIDER_ADDRESSES.spare, 'udp', { account: SPARE_ACCOUNT, ...PLAIN });
  const sent = sentTo(stage, spare.address);
  // Credentials and Diversion make the INVITE longer than a datagram should be.
  stage.annaChooses({ routing: 'alternativeNumber', alternativeNumber: '030901820' });
  const call = stage.dial(stage.benDesk, '4020');
  stage.reject(stage.provider, 503);
  stage.world.advance(2_000);
  stage.answer(spare);
  stage.benDesk.hold(call, 'sendonly');
  stage.world.advance(1_000);
  stage.hangUp(stage.benDesk, call);
  const isOfCall = ({ kind, cseq }: SipMessage) => kind === 'request' && /^(?:INVITE|BYE)$/.test(cseq.method);
  assert.deepEqual(
    sent.filter(isOfCall).map(({ cseq }) => cseq.sequence),
    [1, 2, 3, 4],
  );
});

test('a BYE that something sent later overtook is said once more (RFC 3261 §12.2.2)', () => {
  const stage = new Stage();
  const call = stage.connect(stage.carlaDesk, '4021', stage.benDesk);
  const dialog = call.in.session?.dialog;
  assert.ok(dialog);
  // As if a NOTIFY with the number after the BYE's had come already.
  dialog.remoteSequence = (dialog.remoteSequence ?? 0) + 2;
  stage.hangUp(stage.carlaDesk, call.out);
  assert.equal(call.in.state, 'ended');
});

test('phones stop ringing by themselves when the gateway is gone (RFC 3261 §13.3.1)', () => {
  const stage = new Stage();
  stage.dial(stage.benDesk, '4020');
  stage.world.stopGateway();
  stage.world.advance(30_000);
  assert.deepEqual(stage.ringing(), ['annaDesk', 'annaMobile', 'annaWeb']);
  stage.world.advance(10_000);
  assert.deepEqual(stage.ringing(), []);
});
