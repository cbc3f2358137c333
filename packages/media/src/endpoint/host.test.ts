import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../testing/seeded-random.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { MediaHost } from './host.ts';
import { MemoryRtpNetwork } from './memory-network.ts';

describe('MediaHost', () => {
  function host(bindAddress: string, announcedAddress?: string) {
    const clock = new VirtualClock();
    const random = new SeededRandom(1);
    return new MediaHost({
      sockets: new MemoryRtpNetwork(clock, random),
      clock,
      random,
      bindAddress,
      ...(announcedAddress === undefined ? {} : { announcedAddress }),
      ports: { min: 40_000, max: 40_010 },
    });
  }

  it('refuses addresses that peers cannot send to', () => {
    assert.throws(() => host('0.0.0.0'), /0\.0\.0\.0 is no address/);
    assert.throws(() => host('::'), TypeError);
    assert.throws(() => host('192.0.2.1', 'pbx.example'), TypeError);
    assert.throws(() => host('0.0.0.0', '2001:db8::1'), /different families/);
    assert.equal(host('0.0.0.0', '192.0.2.1').announcedAddress, '192.0.2.1');
    assert.equal(host('2001:db8::1').family, 'IP6');
  });
});
