/** Trunks known by address: Kamailio as the provider, with a baresip in the public network, and a second way out. */
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import type { SystemData, TrunkGroup } from '@unisono/pbx';
import {
  type Baresip,
  findPeer,
  headerOf,
  type Kamailio,
  type PortBlock,
  requirePeer,
  reservePorts,
  runSipp,
  type SipTap,
  startBaresip,
  startKamailio,
  startSipTap,
  type TappedMessage,
} from '../peers/index.ts';
import { Cast } from './cast.ts';
import { secretsOf, withLongAuxiliaryNumbers, withSettings } from './company.ts';
import { reasonPhraseOf, statusOf, uriIn } from './scripted/messages.ts';
import type { ScriptedPhone } from './scripted/phone.ts';
import { callRecords, PORT_OFFSETS, startUnisono, type Unisono } from './unisono.ts';
import { watch } from './watch.ts';

const OUTSIDER = '+49301234567';
/** Where Kamailio hears the network, within its block of ports. */
const NETWORK_PORT = 4;
const OUTSIDE_HZ = 990;
const ANNA_HZ = 440;
/** Whose calls go out by which policy. */
const POLICIES = ['ownNumber', 'mainNumber', 'withheld', 'passthrough'] as const;

function group(id: string, port: number, more: Partial<TrunkGroup> = {}, optionsIntervalSec = 0): TrunkGroup {
  const peer = { host: '127.0.0.1', port, transport: 'udp' } as const;
  const sourceAddresses = optionsIntervalSec > 0 ? ['127.0.0.1'] : [];
  return {
    id,
    enabled: true,
    mainNumber: '+498999998000',
    callerNumber: 'ownNumber',
    numberFormat: 'e164',
    inbound: [{ prefix: '+49899999', digits: 4 }],
    trunks: [{ id: `${id}-1`, enabled: true, peer, sourceAddresses, optionsIntervalSec }],
    ...more,
  };
}

/** Out over Kamailio, else over the spare trunk; +4411 to +4415 over groups that show the caller differently. */
function withProviders(data: SystemData, kamailio: number, spare: number): SystemData {
  const byPolicy = POLICIES.map((callerNumber) => group(callerNumber, spare, { callerNumber }));
  const national = group('national', spare, { numberFormat: 'national' });
  const via = (trunkGroup: string) => ({ trunkGroup, strip: 0, prepend: '' });
  return {
    ...data,
    stations: data.stations.map((one) => (one.id === '4022' ? { ...one, outsideNumber: '+498999990022' } : one)),
    trunkGroups: [group('kamailio', kamailio, { channels: 1 }, 1), group('spare', spare), ...byPolicy, national],
    routes: [
      { id: 'all', pattern: '*', elements: [via('kamailio'), via('spare')] },
      ...byPolicy.map(({ id }, index) => ({ id, pattern: `+441${index + 1}`, elements: [via(id)] })),
      { id: 'national', pattern: '+4415', elements: [via('national')] },
      { id: 'home', pattern: '+49441', elements: [via('national')] },
    ],
  };
}

describe('a provider known by its address', () => {
  let kamailioPorts: PortBlock;
  let kamailio: Kamailio;
  let outsider: Baresip;
  let spare: SipTap;
  let system: Unisono;
  let cast: Cast;
  let anna: ScriptedPhone;
  let carla: ScriptedPhone;

  const startProvider = () =>
    startKamailio({
      role: 'trunk',
      network: `127.0.0.1:${outsider.sipPort}`,
      customer: `127.0.0.1:${system.sipPort}`,
      ports: kamailioPorts,
    });

  before(async () => {
    if (!findPeer('kamailio') || !findPeer('baresip')) return;
    const ports = await reservePorts();
    kamailioPorts = await reservePorts();
    spare = await startSipTap();
    system = await startUnisono({
      adapt: (data) =>
        withSettings(withProviders(withLongAuxiliaryNumbers(data), kamailioPorts.port(0), spare.port), 'ben', {
          routing: 'alternativeNumber',
          alternativeNumber: '+441412345',
        }),
      ports,
      lifetimeSec: 240,
    });
    assert.equal(system.sipPort, ports.port(PORT_OFFSETS.sip));
    const domain = `127.0.0.1:${kamailioPorts.port(NETWORK_PORT)}`;
    const account = { user: OUTSIDER, domain, registerIntervalSec: 0 };
    outsider = await startBaresip({ account, audio: { sineHz: OUTSIDE_HZ }, name: 'outsider' });
    kamailio = await startProvider();
    cast = new Cast(system);
    anna = await cast.scripted(system.client('anna'));
    carla = await cast.scripted(system.desk('4022'));
    await supervisionSays('up');
  });
  after(async () => {
    await cast?.close();
    await system?.close();
    await Promise.all([outsider?.close(), kamailio?.close(), spare?.close()]);
    kamailioPorts?.release();
  });

  const isThere = (t: TestContext) => requirePeer(t, 'kamailio', 'baresip', 'sipp');

  let logMark = 0;
  async function supervisionSays(state: 'up' | 'down'): Promise<void> {
    const said = new RegExp(`"state":"${state}"[^\\n]*trunk supervision`);
    await system.process.waitForOutput(said, 20_000, logMark);
    logMark = system.process.output.length;
  }

  /** The next INVITE at the spare trunk, refused. */
  async function seenAtSpare(call: () => Promise<unknown>, status = '486 Busy Here'): Promise<string> {
    const known = spare.received.length;
    const isNew = (message: TappedMessage) =>
      message.text.startsWith('INVITE') && spare.received.indexOf(message) >= known;
    const [invite] = await Promise.all([spare.waitFor(isNew, 8_000), call()]);
    spare.reply(invite, status);
    return invite.text;
  }

  test('a call from outside rings at the station whose number was called, and both hear each other', async (t) => {
    if (!isThere(t)) return;
    const desk = watch(await cast.baresip(system.desk('4020'), ANNA_HZ));
    await outsider.dial('+498999994020');
    const { event } = await desk.event('CALL_INCOMING');
    assert.ok(event.peeruri?.startsWith(`sip:${OUTSIDER}@`), event.peeruri);
    const atClient = await anna.nextCall();
    assert.ok((headerOf(atClient.invite.text, 'From') ?? '').includes(OUTSIDER));
    await desk.phone.answer();
    await Promise.all([desk.phone.waitForTone(OUTSIDE_HZ), outsider.waitForTone(ANNA_HZ)]);
    await outsider.hangup();
    await desk.event('CALL_CLOSED');
  });

  test('a number that is dialled as at home goes out in E.164, and both hear each other', async (t) => {
    if (!isThere(t)) return;
    const desk = await cast.baresip(system.desk('4024'), ANNA_HZ);
    const [seen, atOutsider] = [watch(desk), watch(outsider)];
    await desk.dial('0301234567');
    const { event } = await atOutsider.event('CALL_INCOMING');
    assert.ok(event.peeruri?.startsWith('sip:+498999994024@'), event.peeruri);
    await seen.event('CALL_RINGING');
    await outsider.answer();
    await Promise.all([desk.waitForTone(OUTSIDE_HZ), outsider.waitForTone(ANNA_HZ)]);
    await desk.hangup();
    await atOutsider.event('CALL_CLOSED');
    const invite = atOutsider.messages().find(({ text }) => text.startsWith('INVITE'))?.text ?? '';
    assert.ok(headerOf(invite, 'To')?.startsWith(`<sip:${OUTSIDER}@`), invite);
    assert.match(headerOf(invite, 'P-Asserted-Identity') ?? '', /^"Eva Novak" <sip:\+498999994024@/);
  });

  test('a number of ours that nobody has is unknown', async (t) => {
    if (!isThere(t)) return;
    const remote = `127.0.0.1:${kamailio.networkPort}`;
    const result = await runSipp({ scenario: 'uac', remote, rows: [{ user: OUTSIDER, target: '+498999994777' }] });
    assert.match(result.errors, /SIP\/2\.0 404 Unknown number/);
  });

  test('what others see of the caller is what the trunk group says', async (t) => {
    if (!isThere(t)) return;
    const table: Record<string, readonly [from: string, asserted: string | undefined, privacy: string | undefined]> = {
      '+44110': ['"Carla Rossi" <sip:+498999990022@', '+498999990022', undefined],
      '+44120': ['"Carla Rossi" <sip:+498999998000@', '+498999998000', undefined],
      '+44130': ['"Anonymous" <sip:anonymous@anonymous.invalid>', '+498999990022', 'id'],
      '+44140': ['"Carla Rossi" <sip:+498999990022@', '+498999990022', undefined],
    };
    for (const [number, [from, asserted, privacy]] of Object.entries(table)) {
      const invite = await seenAtSpare(() => carla.call(number));
      assert.match(invite, new RegExp(`^INVITE sip:\\${number}@`));
      assert.ok(headerOf(invite, 'From')?.startsWith(from), `${number}: ${headerOf(invite, 'From')}`);
      assert.ok(uriIn(headerOf(invite, 'P-Asserted-Identity'))?.startsWith(`sip:${asserted}@`), number);
      assert.equal(headerOf(invite, 'Privacy'), privacy);
    }
  });

  test('a caller who withholds the number is anonymous on every trunk', async (t) => {
    if (!isThere(t)) return;
    const invite = await seenAtSpare(() => carla.call('+44110', { headers: ['Privacy: id'] }));
    assert.match(headerOf(invite, 'From') ?? '', /^"Anonymous" <sip:anonymous@anonymous\.invalid>/);
    assert.equal(headerOf(invite, 'Privacy'), 'id');
  });

  test('a group with national numbers writes them so: called, caller, at home and abroad', async (t) => {
    if (!isThere(t)) return;
    const abroad = await seenAtSpare(() => carla.call('+441512345'));
    assert.match(abroad, /^INVITE sip:00441512345@/);
    assert.match(headerOf(abroad, 'From') ?? '', /<sip:08999990022@/);
    const atHome = await seenAtSpare(() => carla.call('+4944112345'));
    assert.match(atHome, /^INVITE sip:044112345@/);
  });

  test('a call from outside that is sent outside again shows its first caller, and who sent it', async (t) => {
    if (!isThere(t)) return;
    const atOutsider = watch(outsider);
    const invite = await seenAtSpare(() => outsider.dial('+498999994021'));
    assert.match(invite, /^INVITE sip:\+441412345@/);
    assert.ok((headerOf(invite, 'From') ?? '').includes(`<sip:${OUTSIDER}@`), invite);
    assert.match(headerOf(invite, 'Diversion') ?? '', /<sip:\+498999994021@[^>]*>;reason=unconditional/);
    await atOutsider.event('CALL_CLOSED');
  });

  test('when its channels are taken calls go out over the next trunk, and calls from outside hear so', async (t) => {
    if (!isThere(t)) return;
    const atOutsider = watch(outsider);
    const call = await anna.call('0301234567');
    await atOutsider.event('CALL_INCOMING');
    await outsider.answer();
    await call.answered();
    const invite = await seenAtSpare(() => carla.call('0309999999'));
    assert.match(invite, /^INVITE sip:\+49309999999@/);
    const stranger = await cast.scripted({ user: OUTSIDER, domain: '127.0.0.1' }, { register: false });
    const refused = (await (await stranger.call('+498999994020')).final()).text;
    assert.equal(`${statusOf(refused)} ${reasonPhraseOf(refused)}`, '503 All Channels Busy');
    assert.match(headerOf(refused, 'Retry-After') ?? '', /^\d+$/);
    await call.bye();
    await atOutsider.event('CALL_CLOSED');
  });

  test('the provider goes away: it is found out, calls go out over the next trunk, and emergency calls try every way', async (t) => {
    if (!isThere(t)) return;
    await kamailio.close();
    await supervisionSays('down');
    const began = performance.now();
    const invite = await seenAtSpare(() => carla.call('0301234567'));
    assert.match(invite, /^INVITE sip:\+49301234567@/);
    assert.ok(performance.now() - began < 2_000, 'the trunk that is down was tried');
    const emergency = await seenAtSpare(() => carla.call('112', { headers: ['Privacy: id'] }));
    assert.match(emergency, /^INVITE sip:112@/);
    assert.match(headerOf(emergency, 'From') ?? '', /<sip:\+498999990022@/);
    assert.equal(headerOf(emergency, 'Privacy'), undefined);
  });

  test('the provider comes back: calls go out over it again', async (t) => {
    if (!isThere(t)) return;
    kamailio = await startProvider();
    await supervisionSays('up');
    const atOutsider = watch(outsider);
    const call = await carla.call('0301234567');
    await atOutsider.event('CALL_INCOMING');
    await outsider.answer();
    assert.equal(statusOf((await call.answered()).text), 200);
    await call.bye();
    await atOutsider.event('CALL_CLOSED');
  });

  test('a client that calls outside is its desk number there, and nothing of it was ever seen', async (t) => {
    if (!isThere(t)) return;
    const invite = await seenAtSpare(() => anna.call('+44110'));
    assert.match(headerOf(invite, 'From') ?? '', /^"Anna Lindner" <sip:\+498999994020@/);
    const atOutsider = outsider.sipMessages().filter(({ to }) => to.endsWith(`:${outsider.sipPort}`));
    const shown = [...spare.received, ...atOutsider].map(({ text }) => text);
    assert.ok(shown.length > 20);
    for (const secret of secretsOf(system.data)) {
      assert.deepEqual(
        shown.filter((text) => text.includes(secret)),
        [],
        `${secret} was shown`,
      );
    }
  });

  test('the records say over which trunk each call went', async (t) => {
    if (!isThere(t)) return;
    const records = await callRecords(system);
    const ways = records.map(({ dialled, legs }) => {
      const kinds = (legs as { kind: string }[]).map(({ kind }) => kind).filter((kind) => kind.startsWith('trunk:'));
      return `${dialled} ${kinds.join(' ')}`;
    });
    assert.ok(ways.includes('0301234567 trunk:kamailio/kamailio-1'), ways.join('\n'));
    assert.ok(ways.includes('0301234567 trunk:spare/spare-1'), ways.join('\n'));
    assert.ok(ways.includes('+44130 trunk:withheld/withheld-1'), ways.join('\n'));
  });
});
