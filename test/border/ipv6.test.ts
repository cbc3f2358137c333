/** Clients outside by IPv6, everything inside by IPv4: at every door, with audio. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, describe, type TestContext, test } from 'node:test';
import { PORT_OFFSETS } from '../interop/unisono.ts';
import { watch } from '../interop/watch.ts';
import {
  type Baresip,
  type BrowserPhone,
  findPeer,
  type PeerName,
  type PortBlock,
  requirePeer,
  reservePorts,
} from '../peers/index.ts';
import { type Border, startBorder } from './border.ts';

const NEEDED: readonly PeerName[] = ['chromium', 'baresip'];
const [ANNA_HZ, BEN_HZ, EVA_HZ] = [440, 660, 550];
const HAS_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((info) => info?.address === '::1');

describe('doors at an IPv6 address', () => {
  let border: Border;
  let ports: PortBlock;
  let ben: Baresip;
  let web: BrowserPhone;

  before(async () => {
    if (!HAS_IPV6 || !NEEDED.every((peer) => findPeer(peer))) return;
    ports = await reservePorts();
    const plain = ports.port(PORT_OFFSETS.doorPlain);
    border = await startBorder({
      ports,
      sbc: ['listen: "::1"', `udp: ${plain}`, `tcp: ${plain}`],
      adapt: (data) => ({
        ...data,
        stations: data.stations.map((one) =>
          one.id === '4024' && one.device ? { ...one, device: { ...one.device, remote: true } } : one,
        ),
      }),
    });
    const { cast, system } = border;
    [ben, web] = await Promise.all([
      cast.baresip(system.desk('4021'), BEN_HZ),
      border.client('chromium', 'anna', { url: `wss://[::1]:${system.doorWssPort}/` }),
    ]);
  });
  after(async () => {
    await border?.close();
  });

  const isThere = (t: TestContext): boolean => {
    if (!HAS_IPV6) t.skip('this machine has no IPv6');
    return HAS_IPV6 && requirePeer(t, ...NEEDED);
  };

  test('a browser by WSS calls a phone inside, and is called by it', async (t) => {
    if (!isThere(t)) return;
    const seen = watch(ben);
    const id = await web.call('sip:4021@127.0.0.1', ANNA_HZ);
    await seen.event('CALL_INCOMING');
    await ben.answer();
    await Promise.all([web.waitForTone(id, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    await ben.hangup();
    await web.waitForState(id, 'ended');
    const known = (await web.view()).calls.length;
    await ben.dial('4020');
    const incoming = await web.waitForCall(known);
    await web.answer(incoming.id, ANNA_HZ);
    await Promise.all([web.waitForTone(incoming.id, BEN_HZ), ben.waitForTone(ANNA_HZ)]);
    await web.hangUp(incoming.id);
  });

  for (const transport of ['udp', 'tcp', 'tls'] as const) {
    test(`a phone by ${transport.toUpperCase()} registers, calls the browser and is called from inside`, async (t) => {
      if (!isThere(t)) return;
      const { system, cast } = border;
      const port = transport === 'tls' ? system.doorTlsPort : ports.port(PORT_OFFSETS.doorPlain);
      const eva = await cast.baresip(
        {
          ...system.desk('4024', transport),
          domain: `[::1]:${port}`,
          ...(transport === 'tls' ? { mediaEncryption: 'srtp-mand' as const } : {}),
        },
        EVA_HZ,
        { address: '::1' },
      );
      t.after(() => eva.close());
      const known = (await web.view()).calls.length;
      await eva.dial('4020');
      const { id } = await web.waitForCall(known);
      await web.answer(id, ANNA_HZ);
      await Promise.all([web.waitForTone(id, EVA_HZ), eva.waitForTone(ANNA_HZ)]);
      await web.hangUp(id);
      const [evaSees, benSees] = [watch(eva), watch(ben)];
      await ben.dial('4024');
      await evaSees.event('CALL_INCOMING');
      await eva.answer();
      await Promise.all([ben.waitForTone(EVA_HZ), eva.waitForTone(BEN_HZ)]);
      await eva.hangup();
      await benSees.event('CALL_CLOSED');
      const families = eva.sipMessages().flatMap(({ text }) => /^c=IN (IP\d)/m.exec(text)?.[1] ?? []);
      assert.deepEqual([...new Set(families)], ['IP6'], 'no address of the other family is shown outside');
    });
  }
});
