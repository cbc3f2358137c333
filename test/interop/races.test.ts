/** Calls gone wrong on the wire: lost messages, crossing ones, late offers, nonsense. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { SystemData } from '@unisono/pbx';
import {
  headerOf,
  type PortBlock,
  plainSdp,
  requirePeer,
  reservePorts,
  runSipp,
  type SippOptions,
} from '../peers/index.ts';
import { Cast } from './cast.ts';
import { bodyOf, composeResponse, methodOf, statusOf } from './scripted/messages.ts';
import type { ScriptedPhone } from './scripted/phone.ts';
import { startUnisono, type Unisono } from './unisono.ts';

const OUTSIDE = '+49899999';

/** SIPp calls as a trunk does, known by its port: it is not challenged. */
function withSippAsTrunk(data: SystemData, port: number): SystemData {
  const peer = { host: '127.0.0.1', port, transport: 'udp' } as const;
  return {
    ...data,
    routes: [],
    trunkGroups: [
      {
        id: 'sipp',
        enabled: true,
        callerNumber: 'ownNumber',
        numberFormat: 'e164',
        inbound: [{ prefix: OUTSIDE, digits: 4 }],
        trunks: [{ id: 'sipp-1', enabled: true, peer, sourceAddresses: [], optionsIntervalSec: 0 }],
      },
    ],
  };
}

describe('on the wire', () => {
  let system: Unisono;
  let cast: Cast;
  let callerPorts: PortBlock;
  let ben: ScriptedPhone;

  before(async () => {
    callerPorts = await reservePorts();
    system = await startUnisono({ adapt: (data) => withSippAsTrunk(data, callerPorts.port(0)), lifetimeSec: 240 });
    cast = new Cast(system);
    ben = await cast.scripted(system.desk('4021'));
  });
  after(async () => {
    await cast?.close();
    await system?.close();
    callerPorts?.release();
  });

  /** Runs calls of SIPp over the trunk to a station. */
  async function callBySipp(scenario: SippOptions['scenario'], station: string, options: Partial<SippOptions> = {}) {
    const target = OUTSIDE + station;
    const common = { remote: `127.0.0.1:${system.sipPort}`, port: callerPorts.port(0), timeoutSec: 40 };
    const result = await runSipp({ scenario, ...common, rows: [{ user: '+49301234567', target }], ...options });
    assert.ok(result.ok, result.errors);
    return result;
  }

  function guestsOf(t: TestContext): Cast {
    const guests = new Cast(system);
    t.after(() => guests.close());
    return guests;
  }

  for (const [name, callee, caller, calls] of [
    ['a call without an offer: the answer comes in the ACK', 'uas', 'uac-late-offer', 10],
    ['the ACK is lost, again and again: the answer is repeated until it comes', 'uas', 'uac-lost-ack', 6],
    ['the answer of the called phone is lost: it is taken when it comes again', 'uas-lost-200', 'uac', 6],
    ['a caller holds and resumes', 'uas-held', 'uac-hold', 5],
    ['the caller gives up at the first ring, two hundred times', 'uas-rings', 'uac-cancel-ringing', 200],
  ] as const) {
    test(name, async (t) => {
      if (!requirePeer(t, 'sipp')) return;
      const guests = guestsOf(t);
      await guests.sipp(system.desk('4020'), { scenario: callee, timeoutSec: 60 });
      // One after the other: a third call would hear busy.
      const result = await callBySipp(caller, '4020', { calls, ratePerSec: 100, concurrentCalls: 2 });
      assert.equal(result.calls.successful, calls);
    });
  }

  test('the caller gives up as soon as something was heard, before anything rings', async (t) => {
    if (!requirePeer(t, 'sipp')) return;
    const result = await callBySipp('uac-cancel-early', '4021', { calls: 20, ratePerSec: 100, concurrentCalls: 1 });
    assert.equal(result.calls.successful, 20);
    const cancelled = () => ben.inbox.received.filter(({ text }) => methodOf(text) === 'CANCEL').length;
    await ben.inbox.waitFor('the last CANCEL', () => cancelled() === 20, { fromIndex: 0 });
  });

  test('requests that cannot be read are answered 400, and the next good one is served', async (t) => {
    if (!requirePeer(t, 'sipp')) return;
    await callBySipp('malformed', '4020', { calls: 5 });
  });

  test('two devices answer in the same moment: one has the call, the other is acknowledged and hung up', async (t) => {
    const guests = guestsOf(t);
    const first = await guests.scripted(system.desk('4020'));
    const second = await guests.scripted(system.client('anna'));
    const wins = new Map([first, second].map((phone) => [phone, 0]));
    for (let round = 0; round < 20; round++) {
      const call = await ben.call('4020');
      const ringing = await Promise.all([first.nextCall(), second.nextCall()]);
      for (const one of round % 2 ? ringing : ringing.toReversed()) one.answer();
      const answer = await call.answered();
      await Promise.all(ringing.map((one) => one.waitForRequest('ACK')));
      const loser = await Promise.race(ringing.map((one) => one.waitForRequest('BYE').then(() => one)));
      const winner = ringing.find((one) => one !== loser)!;
      assert.match(headerOf((await loser.waitForRequest('BYE')).text, 'Reason') ?? '', /^SIP;cause=200;/);
      wins.set(winner.phone, (wins.get(winner.phone) ?? 0) + 1);
      assert.match(bodyOf(answer.text), /m=audio/);
      await call.bye();
      await winner.waitForRequest('BYE');
      assert.equal(winner.messages().filter(({ text }) => methodOf(text) === 'BYE').length, 1);
      // The caller has seen one answer, of one phone.
      const answers = call.messages().filter(({ text }) => statusOf(text) === 200 && / INVITE$/m.test(text));
      assert.equal(new Set(answers.map(({ text }) => headerOf(text, 'To'))).size, 1);
    }
    assert.deepEqual(
      [...wins.values()].reduce((all, one) => all + one),
      20,
    );
  });

  test('an answer crosses the cancellation: it is acknowledged and hung up, and the caller hears 487', async (t) => {
    const anna = await guestsOf(t).scripted(system.desk('4020'));
    anna.asksTest.add('CANCEL');
    for (let round = 0; round < 20; round++) {
      const call = await ben.call('4020');
      const incoming = await anna.nextCall();
      incoming.ring();
      await call.response(180);
      call.cancel();
      if (round % 2) await incoming.cancelled();
      incoming.answer();
      const final = await call.final();
      assert.ok([200, 487].includes(statusOf(final.text) ?? 0));
      await incoming.waitForRequest('ACK');
      if (statusOf(final.text) === 200) {
        await call.answered();
        await call.bye();
      }
      await incoming.waitForRequest('BYE');
    }
  });

  test('a phone that answers twice, from two of its dialogs, is kept on the first and hung up on the second', async (t) => {
    const anna = await guestsOf(t).scripted(system.desk('4020'));
    const call = await ben.call('4020');
    const incoming = await anna.nextCall();
    const other = { ...incoming.invite, text: incoming.invite.text };
    incoming.answer();
    await call.answered();
    anna.wire.send(
      composeResponse(other.text, '200 OK', { toTag: 'another', contact: anna.contact, sdp: plainSdp(4000) }),
    );
    const isForOther = (text: string) => /;tag=another/.test(headerOf(text, 'To') ?? '');
    await anna.inbox.waitFor('ACK of the second answer', ({ text }) => methodOf(text) === 'ACK' && isForOther(text));
    await anna.inbox.waitFor('BYE of the second answer', ({ text }) => methodOf(text) === 'BYE' && isForOther(text));
    assert.equal(statusOf((await call.bye()).text), 200);
    await incoming.waitForRequest('BYE');
  });

  test('the caller acknowledges late: the answer is repeated until then', async (t) => {
    const anna = await guestsOf(t).scripted(system.desk('4020'));
    const call = await ben.call('4020');
    await (await anna.nextCall()).connect();
    await call.response(200);
    const isRepeated = () => call.statuses().filter((status) => status === 200).length >= 3;
    await ben.inbox.waitFor('a third 200', isRepeated);
    await call.answered();
    await call.bye();
  });

  test('both hold at the same time: the one who comes second hears 491, and the call goes on', async (t) => {
    const anna = await guestsOf(t).scripted(system.desk('4020'));
    const call = await ben.call('4020');
    const incoming = await anna.nextCall();
    await Promise.all([incoming.connect(), call.answered()]);
    anna.asksTest.add('INVITE');
    const held = `${plainSdp()}a=sendonly\r\n`;
    const benHolds = call.reinvite(held);
    const reinvite = await incoming.waitForRequest('INVITE', anna.inbox.received.indexOf(incoming.invite) + 1);
    assert.equal(statusOf((await incoming.reinvite(held)).text), 491);
    anna.respond(reinvite, '200 OK', { sdp: plainSdp().concat('a=recvonly\r\n') });
    assert.equal(statusOf((await benHolds).text), 200);
    anna.asksTest.delete('INVITE');
    assert.equal(statusOf((await incoming.reinvite(held)).text), 200);
    assert.equal(statusOf((await call.bye()).text), 200);
  });

  test('after all this nobody is taken for busy: two more calls ring', async (t) => {
    if (!requirePeer(t, 'sipp')) return;
    const guests = guestsOf(t);
    const anna = await guests.scripted(system.desk('4020'));
    const calls = [await ben.call('4020'), await ben.call('4020')];
    for (const call of calls) {
      (await anna.nextCall()).ring();
      await call.response(180);
    }
    for (const call of calls) call.cancel();
    await Promise.all(calls.map((call) => call.response(487)));
  });
});
