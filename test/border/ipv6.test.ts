/** Clients outside by IPv6, everything inside by IPv4: at every door, with audio. */
import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { after, before, describe, type TestContext, test } from 'node:test';
import { PORT_OFFSETS } from '../interop/unisono.ts';
import { watch } from '../interop/watch.ts';
import { findPeer, type PortBlock, requirePeer, reservePorts } from '../peers/index.ts';
import { type Border, startBorder } from './border.ts';
import { BEN_HZ, EVA_HZ, PAIR_PEERS, type Pair, startPair, withPhonesOutside } from './pair.ts';

const HAS_IPV6 = Object.values(networkInterfaces())
  .flat()
  .some((info) => info?.address === '::1');

describe('doors at an IPv6 address', () => {
  let border: Border;
  let ports: PortBlock;
  let pair: Pair;

  before(async () => {
    if (!HAS_IPV6 || !PAIR_PEERS.every((peer) => findPeer(peer))) return;
    ports = await reservePorts();
    const plain = ports.port(PORT_OFFSETS.doorPlain);
    border = await startBorder({
      ports,
      sbc: ['listen: "::1"', `udp: ${plain}`, `tcp: ${plain}`],
      adapt: withPhonesOutside('4024'),
    });
    const { cast, system } = border;
    pair = await startPair(
      cast,
      system,
      border.client('chromium', 'anna', { url: `wss://[::1]:${system.doorWssPort}/` }),
    );
  });
  after(async () => {
    await border?.close();
  });

  const isThere = (t: TestContext): boolean => {
    if (!HAS_IPV6) t.skip('this machine has no IPv6');
    return HAS_IPV6 && requirePeer(t, ...PAIR_PEERS);
  };

  test('a browser by WSS calls a phone inside, and is called by it', async (t) => {
    if (!isThere(t)) return;
    await (await pair.annaCalls()).phoneHangsUp();
    await (await pair.benCalls()).annaHangsUp();
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
      await (await pair.isCalledBy(eva, EVA_HZ)).annaHangsUp();
      const { ben } = pair;
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
