import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Baresip, findPeer, requirePeer } from '../peers/index.ts';
import { Cast } from './cast.ts';
import { callRecords, startUnisono, type Unisono } from './unisono.ts';
import { watch } from './watch.ts';

const [LINPHONE_HZ, BEN_HZ] = [660, 880];
/** A station for each transport. */
const STATIONS = { udp: '4020', tcp: '4022', tls: '4024' } as const;

describe('linphonec as desk phone', { concurrency: 1 }, () => {
  let system: Unisono;
  let cast: Cast;
  let ben: Baresip;

  before(async () => {
    system = await startUnisono();
    cast = new Cast(system);
    if (findPeer('baresip')) ben = await cast.baresip(system.desk('4021'), BEN_HZ);
  });
  after(async () => {
    await cast?.close();
    await system?.close();
  });

  for (const [transport, station] of Object.entries(STATIONS) as [keyof typeof STATIONS, string][]) {
    test(`over ${transport.toUpperCase()}: it registers, calls, and is called`, async (t) => {
      if (!requirePeer(t, 'linphonec', 'baresip')) return;
      // Linphone does not look for addresses in certificates.
      const domain = `localhost:${transport === 'tls' ? system.tlsPort : system.sipPort}`;
      const phone = await cast.linphonec({ ...system.desk(station, transport), domain }, LINPHONE_HZ);
      const calls = watch(ben);
      await phone.call(`sip:4021@${domain};transport=${transport}`);
      const { event } = await calls.event('CALL_INCOMING');
      assert.ok(event.peeruri?.startsWith(`sip:${station}@`), event.peeruri);
      await phone.waitForCall('OutgoingRinging');
      await ben.answer();
      await Promise.all([phone.waitForTone(BEN_HZ), ben.waitForTone(LINPHONE_HZ)]);
      await phone.terminate();
      await calls.event('CALL_CLOSED');

      const isCalled = watch(ben);
      await ben.dial(station);
      const { destination } = await phone.waitForCall('IncomingReceived');
      assert.match(destination, /^"Ben Okafor" <sip:4021@/);
      await isCalled.event('CALL_RINGING');
      await phone.answer();
      await isCalled.event('CALL_ESTABLISHED');
      await Promise.all([phone.waitForTone(BEN_HZ), ben.waitForTone(LINPHONE_HZ)]);
      await ben.hangup();
      await phone.waitForNoCall();
    });
  }

  test('every call was answered and has its record', async (t) => {
    if (!requirePeer(t, 'linphonec', 'baresip')) return;
    const records = await callRecords(system);
    assert.deepEqual(
      records.map(({ dialled, result }) => `${dialled} ${result}`),
      Object.values(STATIONS).flatMap((station) => ['4021 answered', `${station} answered`]),
    );
  });
});
