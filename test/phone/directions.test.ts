/** A call in every direction: the client with desk phones, the public network, other clients and the machines of the phone system. */
import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { after, afterEach, before, describe, type TestContext, test } from 'node:test';
import { watch } from '../interop/watch.ts';
import {
  type Baresip,
  findPeer,
  headerOf,
  plainSdp,
  requirePeer,
  type SipTap,
  startBaresip,
  startSipTap,
} from '../peers/index.ts';
import { TENANT } from './company.ts';
import type { PhonePage } from './phone-page.ts';
import { callIn, PhoneWorld } from './world.ts';

const ANNA = { number: '4020', hz: 440, outside: '+498999998020' } as const;
const BEN = { number: '4021', hz: 880 } as const;
const CARLA = { number: '4022', hz: 620 } as const;
/** Somebody in the public network, whom the shared contacts know. */
const OUTSIDER = { number: '+49301234567', hz: 990, name: 'Optik Berlin' } as const;

describe('a call in every direction', () => {
  let world: PhoneWorld | undefined;
  let anna: PhonePage;
  let carla: PhonePage;
  let ben: Baresip;
  let outsider: Baresip;
  /** A provider that takes no call. */
  let refusing: SipTap;

  before(async () => {
    if (!findPeer('chromium') || !findPeer('baresip')) return;
    world = await PhoneWorld.open(240);
    refusing = await startSipTap();
    const domain = `127.0.0.1:${world.system.sipPort}`;
    outsider = await startBaresip({
      // Describes its audio before it answers.
      account: { user: OUTSIDER.number, domain, registerIntervalSec: 0, answerMode: 'early' },
      moreAccounts: [{ user: '112', domain, registerIntervalSec: 0 }],
      audio: { sineHz: OUTSIDER.hz },
      name: 'outsider',
    });
    await connectTrunks(world, outsider.sipPort, refusing.port);
    await importContact(world);
    [ben, anna, carla] = await Promise.all([
      world.cast.baresip(world.system.desk(BEN.number), BEN.hz, { name: 'ben' }),
      world.signedIn('anna', ANNA.hz),
      world.signedIn('carla', CARLA.hz),
    ]);
  });
  after(async () => {
    await outsider?.close();
    await refusing?.close();
    await world?.close();
  });
  afterEach(async () => {
    if (!world) return;
    for (const phone of [ben, outsider]) await phone.hangup().catch(() => {});
    for (const page of [anna, carla]) await page.clear();
  });

  const isThere = (t: TestContext) => requirePeer(t, 'chromium', 'baresip');

  test('client to desk station: rings, is answered, both hear each other', async (t) => {
    if (!isThere(t)) return;
    const now = watch(ben);
    const { callId } = await anna.must<{ callId: string }>('calls.dial', BEN.number);
    const { event } = await now.event('CALL_INCOMING');
    assert.match(event.peeruri ?? '', /^sip:4020@/);
    await anna.waitFor('to hear that it rings', callIn('alerting', BEN.number));
    await ben.answer();
    await Promise.all([anna.waitForTone(callId, BEN.hz), ben.waitForTone(ANNA.hz)]);
    const [call] = (await anna.state()).calls;
    assert.deepEqual([call?.phase, call?.party.name, call?.dialled], ['active', 'Ben Okafor', BEN.number]);
    await anna.must('calls.hangUp', callId);
    await now.event('CALL_CLOSED');
  });

  test('desk station to client: rings with the name, is answered, both hear each other', async (t) => {
    if (!isThere(t)) return;
    const now = watch(ben);
    await ben.dial(ANNA.number);
    const { id, party } = await anna.waitFor('the call to ring', callIn('incoming', BEN.number));
    assert.equal(party.name, 'Ben Okafor');
    await now.event('CALL_RINGING');
    await anna.must('calls.answer', id);
    await Promise.all([anna.waitForTone(id, BEN.hz), ben.waitForTone(ANNA.hz)]);
    await ben.hangup();
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpThere');
  });

  test('client to client: both hear each other', async (t) => {
    if (!isThere(t)) return;
    const { callId } = await anna.must<{ callId: string }>('calls.dial', CARLA.number);
    const there = await carla.waitFor('the call to ring', callIn('incoming', ANNA.number));
    assert.equal(there.party.name, 'Anna Lindner');
    await carla.must('calls.answer', there.id);
    await Promise.all([anna.waitForTone(callId, CARLA.hz), carla.waitForTone(there.id, ANNA.hz)]);
  });

  test('client to trunk: dialled as at home, described before it is answered, and both hear each other', async (t) => {
    if (!isThere(t)) return;
    const now = watch(outsider);
    const { callId } = await anna.must<{ callId: string }>('calls.dial', '030 1234567');
    await now.event('CALL_RTPESTAB');
    const invite = now.messages().find(({ text }) => text.startsWith('INVITE'))?.text ?? '';
    assert.ok(headerOf(invite, 'To')?.startsWith(`<sip:${OUTSIDER.number}@`), invite);
    assert.ok(headerOf(invite, 'From')?.startsWith(`"Anna Lindner" <sip:${ANNA.outside}@`), invite);
    const early = await anna.waitFor('to ring', callIn('alerting'));
    assert.equal(early.answeredAtMs, undefined, 'a description is no answer');
    assert.deepEqual([early.dialled, early.party.name], ['0301234567', OUTSIDER.name]);
    await outsider.answer();
    await anna.waitFor('the answer', callIn('active'));
    await Promise.all([anna.waitForTone(callId, OUTSIDER.hz), outsider.waitForTone(ANNA.hz)]);
    await anna.must('calls.hangUp', callId);
    await now.event('CALL_CLOSED');
    await anna.waitFor('it in the history', ({ history: { entries } }) => {
      const [latest] = entries;
      return latest?.direction === 'outgoing' && latest.result === 'answered' && latest.party.name === OUTSIDER.name;
    });
  });

  test('trunk to client: rings with the name from the contacts, and both hear each other', async (t) => {
    if (!isThere(t) || !world) return;
    const now = watch(outsider);
    await outsider.dial(ANNA.outside);
    const ringing = await anna.waitFor('the call to ring, with a name', ({ calls }) =>
      calls.find(({ phase, party }) => phase === 'incoming' && party.name === OUTSIDER.name),
    );
    assert.equal(ringing.party.number, OUTSIDER.number);
    await anna.must('calls.answer', ringing.id);
    await now.event('CALL_ESTABLISHED');
    await Promise.all([anna.waitForTone(ringing.id, OUTSIDER.hz), outsider.waitForTone(ANNA.hz)]);
    await outsider.hangup();
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpThere');
  });

  for (const [what, status, reason] of [
    ['busy', '486 Busy Here', 'busy'],
    ['an unknown number', '404 Not Found', 'notFound'],
    ['a number that is out of use', '410 Gone', 'notFound'],
    ['declined', '603 Decline', 'declined'],
    ['nobody who answers', '480 Temporarily Unavailable', 'unreachable'],
    ['a provider that cannot', '503 Service Unavailable', 'failed'],
  ] as const)
    test(`the public network says ${what}: that is what is told`, async (t) => {
      if (!isThere(t)) return;
      const known = refusing.received.length;
      const [invite] = await Promise.all([
        refusing.waitFor((one) => refusing.received.indexOf(one) >= known && one.text.startsWith('INVITE')),
        anna.must('calls.dial', '+44201234567'),
      ]);
      refusing.reply(invite, status);
      const { end } = await anna.waitFor('the end', callIn('ended'));
      assert.equal(end?.reason, reason, JSON.stringify(end));
      assert.equal(end?.isMissed, false);
    });

  test('what the public network says before it refuses is heard, and is no answer', async (t) => {
    if (!isThere(t)) return;
    const network = await echoingSocket();
    t.after(() => network.close());
    const known = refusing.received.length;
    const [invite, { callId }] = await Promise.all([
      refusing.waitFor((one) => refusing.received.indexOf(one) >= known && one.text.startsWith('INVITE')),
      anna.must<{ callId: string }>('calls.dial', '+44201234567'),
    ]);
    refusing.reply(invite, '183 Session Progress', { sdp: plainSdp(network.address().port) });
    await anna.waitForTone(callId, ANNA.hz);
    const [early] = (await anna.state()).calls;
    assert.deepEqual([early?.phase, early?.answeredAtMs], ['alerting', undefined]);
    refusing.reply(invite, '404 Not Found');
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'notFound');
  });

  test('an emergency call goes out as one', async (t) => {
    if (!isThere(t)) return;
    const now = watch(outsider);
    const { callId } = await anna.must<{ callId: string }>('calls.dial', '112');
    await now.event('CALL_INCOMING');
    const [call] = (await anna.state()).calls;
    assert.equal(call?.isEmergency, true);
    await outsider.answer();
    await Promise.all([anna.waitForTone(callId, OUTSIDER.hz), outsider.waitForTone(ANNA.hz)]);
  });

  test('client to the echo: it hears itself', async (t) => {
    if (!isThere(t)) return;
    const { callId } = await anna.must<{ callId: string }>('calls.dial', '4100');
    await anna.waitForTone(callId, ANNA.hz);
  });

  test('client to the mailbox: it speaks, and takes keys', async (t) => {
    if (!isThere(t)) return;
    const { callId } = await anna.must<{ callId: string }>('calls.dial', '4102');
    await anna.waitFor('the answer', callIn('active', '4102'));
    await anna.waitForSound(callId);
    // It ends the call.
    await anna.must('calls.sendDigits', callId, '#');
    assert.equal((await anna.waitFor('the end', callIn('ended'))).end?.reason, 'hungUpThere');
  });
});

/** Audio comes back from it to where it came from. */
async function echoingSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (packet, { port, address }) => socket.send(packet, port, address));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
}

/** Everything outside goes to the outsider; London goes to who takes no call. */
async function connectTrunks(world: PhoneWorld, outsiderPort: number, refusingPort: number): Promise<void> {
  const trunk = (id: string, port: number) => ({
    id,
    enabled: true,
    peer: { host: '127.0.0.1', port, transport: 'udp' },
    sourceAddresses: [],
    optionsIntervalSec: 0,
  });
  const refusing = {
    id: 'refusing',
    enabled: true,
    mainNumber: '+498999998000',
    callerNumber: 'ownNumber',
    numberFormat: 'e164',
    inbound: [],
    trunks: [trunk('refusing-1', refusingPort)],
  };
  const provider = { enabled: true, trunks: [trunk('provider-1', outsiderPort)] };
  await world.administer('trunks', 'set', 'provider', JSON.stringify(provider));
  await world.administer('trunks', 'add', JSON.stringify(refusing));
  const elements = [{ trunkGroup: 'refusing', strip: 0, prepend: '' }];
  await world.administer('routes', 'add', JSON.stringify({ id: 'london', pattern: '+4420', elements }));
}

/** As an administrator does who has an API key. */
async function importContact(world: PhoneWorld): Promise<void> {
  const printed = await world.administer('connector', 'add-key', TENANT, '--scope', 'admin');
  const key = /^(uk_\S+)$/m.exec(printed)?.[1] ?? '';
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(`https://127.0.0.1:${world.system.connectorPort}/v1/admin/contacts/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'text/csv' },
      ca: readFileSync(world.system.caFile),
    });
    sent.on('response', (answer) => resolve(answer.resume().statusCode));
    sent.on('error', reject);
    sent.end(`name,company,email,work,mobile,home\n${OUTSIDER.name},,,${OUTSIDER.number},,\n`);
  });
  assert.equal(status, 200);
}
