/** The auxiliary number of a UFIP device: nobody can call it, and nothing of the device is ever seen. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SystemData, TrunkGroup } from '@unisono/pbx';
import { headerOf, plainSdp, type SipTap, sipRequest, startSipTap } from '../peers/index.ts';
import { Cast } from './cast.ts';
import { secretsOf, withLongAuxiliaryNumbers } from './company.ts';
import { bodyOf, reasonPhraseOf, statusOf } from './scripted/messages.ts';
import type { ScriptedPhone } from './scripted/phone.ts';
import { callRecords, startUnisono, type Unisono } from './unisono.ts';

const AUXILIARY = '880077020';
const UNKNOWN = '880077999';

/** A tie line whose far end is a socket of the test; what it sends are internal numbers. */
function withTieLine(data: SystemData, port: number): SystemData {
  const tieLine: TrunkGroup = {
    id: 'tieline',
    enabled: true,
    callerNumber: 'ownNumber',
    numberFormat: 'e164',
    inbound: [
      { prefix: '', digits: AUXILIARY.length },
      { prefix: '', digits: 4 },
      { prefix: '+49899', digits: AUXILIARY.length },
    ],
    trunks: [
      {
        id: 'tieline-1',
        enabled: true,
        peer: { host: '127.0.0.1', port, transport: 'udp' },
        sourceAddresses: [],
        optionsIntervalSec: 0,
      },
    ],
  };
  return { ...data, trunkGroups: [tieLine], routes: [] };
}

describe('the auxiliary number', () => {
  let system: Unisono;
  let cast: Cast;
  let tieLine: SipTap;
  let ben: ScriptedPhone;
  let carla: ScriptedPhone;
  let annaDesk: ScriptedPhone;
  let annaClient: ScriptedPhone;

  before(async () => {
    tieLine = await startSipTap();
    system = await startUnisono({ adapt: (data) => withTieLine(withLongAuxiliaryNumbers(data), tieLine.port) });
    cast = new Cast(system);
    ben = await cast.scripted(system.desk('4021'));
    carla = await cast.scripted(system.desk('4022'));
    annaDesk = await cast.scripted(system.desk('4020'));
    annaClient = await cast.scripted(system.client('anna'));
  });
  after(async () => {
    await cast?.close();
    await system?.close();
    await tieLine?.close();
  });

  function assertNobodyRang(): void {
    for (const phone of [ben, carla, annaDesk, annaClient]) assert.ok(!phone.hasRung, `${phone.account.user} rang`);
  }

  /** What a refusal says, without what differs from call to call. */
  function sayingOf(response: string): string {
    return response
      .split('\r\n\r\n', 1)[0]!
      .split('\r\n')
      .filter((line) => !/^(?:Via|From|To|Call-ID|CSeq|Date):/i.test(line))
      .join('\n');
  }

  for (const [who, phone] of [
    ['a desk phone', () => ben],
    ['a client', () => annaClient],
    ['a client of the very user, from another device', () => annaDesk],
  ] as const) {
    test(`called by ${who}: 404, just as a number that does not exist, and nobody rings`, async () => {
      const refusal = (await (await phone().call(AUXILIARY)).final()).text;
      assert.equal(statusOf(refusal), 404);
      const unknown = (await (await phone().call(UNKNOWN)).final()).text;
      assert.equal(sayingOf(refusal), sayingOf(unknown));
      assertNobodyRang();
    });
  }

  test('called over a trunk, as digits and behind the block of outside numbers: 404, and nobody rings', async () => {
    for (const number of [AUXILIARY, `+49899${AUXILIARY}`]) {
      const uri = `sip:${encodeURIComponent(number)}@127.0.0.1:${system.sipPort}`;
      const callId = `tie-${number}`;
      const invite = sipRequest({
        method: 'INVITE',
        uri,
        from: '<sip:+49301234567@127.0.0.1>;tag=a',
        to: `<${uri}>`,
        tap: tieLine,
        callId,
        sdp: plainSdp(),
      });
      tieLine.send(invite, system.sipPort);
      const final = await tieLine.waitFor(
        ({ text }) => headerOf(text, 'Call-ID') === callId && (statusOf(text) ?? 0) >= 200,
      );
      assert.equal(statusOf(final.text), 404);
    }
    assertNobodyRang();
  });

  test('as the target of a transfer: the phone is told 404, and the call stays where it was', async () => {
    const call = await ben.call('4022');
    const incoming = await carla.nextCall();
    await Promise.all([incoming.connect(), call.answered()]);
    const refer = await call.request('REFER', {
      headers: [`Refer-To: <sip:${AUXILIARY}@127.0.0.1:${system.sipPort}>`, `Contact: ${ben.contact}`],
    });
    assert.equal(statusOf(refer.text), 202);
    const isResult = (text: string) => text.startsWith('NOTIFY') && /^SIP\/2\.0 [2-6]/.test(bodyOf(text));
    const notify = await ben.inbox.waitFor('the result of the transfer', ({ text }) => isResult(text));
    assert.match(bodyOf(notify.text), /^SIP\/2\.0 404 /);
    assertNobodyRang();
    assert.equal(statusOf((await call.bye()).text), 200);
    await incoming.waitForRequest('BYE');
  });

  test('as the number a phone sends its call to: it leads nowhere, so the mailbox takes the call, and nobody rings', async () => {
    const call = await ben.call('4022');
    const incoming = await carla.nextCall();
    incoming.refuse('302 Moved Temporarily', [`Contact: <sip:${AUXILIARY}@127.0.0.1:${system.sipPort}>`]);
    const answer = await call.answered();
    assert.ok(!answer.octets.includes(AUXILIARY), answer.text);
    assertNobodyRang();
    assert.equal(statusOf((await call.bye()).text), 200);
    const diversions = (await callRecords(system)).flatMap(
      (one) => one.diversions as { station: string; reason: string }[],
    );
    assert.partialDeepStrictEqual(diversions, [{ station: '4022', reason: 'declined' }]);
  });

  test('as alternative number dialled at a phone: refused, and calls still ring as before', async () => {
    for (const code of ['*21', '*61', '*67']) {
      const refusal = await (await carla.call(`${code}*${AUXILIARY}#`)).final();
      assert.equal(statusOf(refusal.text), 403, reasonPhraseOf(refusal.text));
    }
    const call = await ben.call('4022');
    const incoming = await carla.nextCall();
    call.cancel();
    await incoming.cancelled();
    assertNobodyRang();
  });

  test('a client that names its account wherever it can is seen by others as the desk number alone', async () => {
    const names = `"anna-clients" <sip:${AUXILIARY}@127.0.0.1>`;
    const told = [
      `P-Asserted-Identity: ${names}`,
      `P-Preferred-Identity: ${names}`,
      `Remote-Party-ID: ${names};party=calling`,
      'User-Agent: phone of anna-clients',
      'Server: phone of anna-clients',
      'Organization: anna-clients',
      `Call-Info: <sip:${AUXILIARY}@127.0.0.1>;purpose=info`,
    ];
    const sdp = plainSdp()
      .replace('o=tap', 'o=anna-clients')
      .replace('s=-', `s=anna-clients\r\ni=${AUXILIARY}`)
      .concat(`a=ssrc:1 cname:anna-clients@127.0.0.1\r\n`);
    annaClient.sdp = sdp;
    const before = ben.inbox.received.length;

    // It calls, talks, holds, hangs up.
    const out = await annaClient.call('4021', { headers: told });
    const atBen = await ben.nextCall();
    assert.match(headerOf(atBen.invite.text, 'From') ?? '', /^"Anna Lindner" <sip:4020@/);
    await Promise.all([atBen.connect(), out.answered()]);
    await out.reinvite(sdp.replace('a=ssrc', 'a=sendonly\r\na=ssrc'));
    assert.match(
      bodyOf((await atBen.waitForRequest('INVITE', ben.inbox.received.indexOf(atBen.invite) + 1)).text),
      /a=sendonly/,
    );
    await out.request('BYE', { headers: told });
    await atBen.waitForRequest('BYE');

    // It is called: rings, answers, holds, hangs up.
    const call = await ben.call('4020');
    const incoming = await annaClient.nextCall();
    annaClient.respond(incoming.invite, '183 Session Progress', { headers: told, sdp });
    annaClient.respond(incoming.invite, '200 OK', { headers: told, sdp });
    const answer = await call.answered();
    assert.match(headerOf(answer.text, 'P-Asserted-Identity') ?? '', /^"Anna Lindner" <sip:4020@/);
    await incoming.waitForRequest('ACK');
    await incoming.reinvite(sdp.replace('a=ssrc', 'a=inactive\r\na=ssrc'));
    await incoming.request('BYE', { headers: told });
    await call.waitForRequest('BYE');

    // It declines.
    const declined = await ben.call('4020');
    const second = await annaClient.nextCall();
    second.refuse('603 anna-clients does not want', told);
    await declined.final();

    const shown = ben.inbox.received.slice(before);
    assert.ok(shown.length > 10);
    for (const secret of secretsOf(system.data)) {
      const leaks = shown.filter(({ octets }) => octets.includes(secret)).map(({ text }) => text);
      assert.deepEqual(leaks, [], `${secret} was shown`);
    }
    const records = JSON.stringify((await callRecords(system)).map(({ dialled: _, ...record }) => record));
    for (const secret of secretsOf(system.data).filter((one) => one !== AUXILIARY)) {
      assert.ok(!records.includes(secret), `${secret} stands in the call records`);
    }
  });
});
