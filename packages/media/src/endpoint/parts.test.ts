import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SeededRandom } from '../testing/seeded-random.ts';
import { VirtualClock } from '../testing/virtual-clock.ts';
import { MediaHost } from './host.ts';
import { MemoryRtpNetwork } from './memory-network.ts';
import { FRAME_MS, MAX_CATCH_UP_TICKS, Pacer } from './pacer.ts';
import { canonicalAddress, Peer } from './peer.ts';
import { PortPool } from './port-pool.ts';

describe('Pacer', () => {
  function started(onError: (error: unknown) => void = (error) => assert.fail(String(error))) {
    const clock = new VirtualClock();
    const pacer = new Pacer(clock, onError);
    const ticks: [number, number][] = [];
    const member = { tick: (nowMs: number, skippedMs: number) => void ticks.push([nowMs, skippedMs]) };
    pacer.add(member);
    return { clock, pacer, ticks, member, startMs: clock.nowMs() };
  }

  it('ticks every 20 ms with one timer for all', () => {
    const { clock, pacer, ticks, startMs } = started();
    pacer.add({ tick: () => {} });
    assert.equal(clock.pending, 1);
    clock.advance(100);
    assert.deepEqual(
      ticks.map(([ms]) => ms - startMs),
      [20, 40, 60, 80, 100],
    );
    assert.equal(clock.pending, 1);
  });

  it('does not drift when timers are late', () => {
    const { clock, ticks, startMs } = started();
    for (let i = 0; i < 100; i++) {
      clock.stall(7);
      clock.advance(30);
    }
    assert.equal(ticks.length, Math.floor((clock.nowMs() - startMs) / FRAME_MS));
  });

  it('makes a short stall good at once', () => {
    const { clock, ticks } = started();
    clock.stall(100);
    clock.advance(0);
    assert.equal(ticks.length, 5);
    assert.ok(ticks.every(([, skippedMs]) => skippedMs === 0));
  });

  it('drops what a long stall leaves beyond the limit, and says how much', () => {
    const { clock, ticks } = started();
    clock.stall(1_000);
    clock.advance(0);
    assert.equal(ticks.length, MAX_CATCH_UP_TICKS);
    assert.deepEqual(
      ticks.map(([, skippedMs]) => skippedMs),
      [1_000 - MAX_CATCH_UP_TICKS * FRAME_MS, 0, 0, 0, 0],
    );
  });

  it('runs no timer without members', () => {
    const { clock, pacer, member } = started();
    pacer.remove(member);
    assert.equal(clock.pending, 0);
    pacer.add(member);
    assert.equal(clock.pending, 1);
  });

  it('members may come and go within a tick', () => {
    const { clock, pacer, member, ticks } = started();
    const late: number[] = [];
    const other = { tick: (nowMs: number) => void late.push(nowMs) };
    const swap = {
      tick: () => {
        for (const leaving of [swap, member]) pacer.remove(leaving);
        pacer.add(other);
      },
    };
    pacer.add(swap);
    clock.advance(200);
    assert.equal(ticks.length, 1);
    assert.ok(late.length >= 9 && late.length <= 10, `${late.length}`);
    assert.equal(clock.pending, 1, 'one timer still');
    pacer.remove(other);
    assert.equal(clock.pending, 0);
  });

  it('a member that throws does not stop the others', () => {
    const errors: unknown[] = [];
    const { clock, pacer, ticks } = started((error) => errors.push(error));
    pacer.add({
      tick: () => {
        throw new Error('bug');
      },
    });
    clock.advance(60);
    assert.deepEqual([ticks.length, errors.length], [3, 3]);
  });
});

describe('PortPool', () => {
  it('hands out even ports, each once, then none', () => {
    const pool = new PortPool({ min: 40_001, max: 40_010 }, new SeededRandom(1));
    const ports = Array.from({ length: 5 }, () => pool.take());
    assert.deepEqual(ports.filter(Boolean).sort(), [40_002, 40_004, 40_006, 40_008]);
    assert.equal(ports[4], undefined);
    assert.deepEqual([pool.size, pool.used], [4, 4]);
  });

  it('lets a port rest for as long as others are free', () => {
    const pool = new PortPool({ min: 40_000, max: 40_019 }, new SeededRandom(2));
    const first = pool.take() ?? assert.fail();
    pool.release(first);
    const next = Array.from({ length: 9 }, () => pool.take());
    assert.ok(!next.includes(first));
    assert.equal(pool.take(), first);
  });

  it('bears with ports that were never taken and with double releases', () => {
    const pool = new PortPool({ min: 40_000, max: 40_003 }, new SeededRandom(3));
    const port = pool.take() ?? assert.fail();
    for (const odd of [port, port, port + 1, 1, 65_000]) pool.release(odd);
    assert.equal(pool.used, 0);
  });

  it('an empty range has nothing', () => {
    assert.equal(new PortPool({ min: 40_001, max: 40_001 }, new SeededRandom(4)).take(), undefined);
  });

  it('never goes beyond the last port', () => {
    const pool = new PortPool({ min: 65_532, max: 70_000 }, new SeededRandom(5));
    assert.deepEqual([pool.take(), pool.take(), pool.take()].sort(), [65_532, 65_534, undefined]);
  });
});

describe('Peer', () => {
  const remote = { address: '192.0.2.1', port: 5_000, rtcpPort: 5_001 };

  function peer(alsoFrom: string[] = []): Peer {
    const it = new Peer();
    it.retarget(remote, alsoFrom);
    return it;
  }

  it('sends to the announced target until it hears', () => {
    const it = peer();
    assert.deepEqual([it.address, it.port, it.rtcpPort], ['192.0.2.1', 5_000, 5_001]);
  });

  it('latches to the first port of the announced address and to no other', () => {
    const it = peer();
    assert.equal(it.accepts('192.0.2.1', 6_000), true);
    assert.equal(it.port, 6_000);
    assert.equal(it.accepts('192.0.2.1', 6_001), false);
    assert.equal(it.accepts('192.0.2.2', 5_000), false);
    assert.equal(it.port, 6_000);
  });

  it('the announced port always wins back', () => {
    const it = peer();
    it.accepts('192.0.2.1', 6_000);
    assert.equal(it.accepts('192.0.2.1', 5_000), true);
    assert.equal(it.port, 5_000);
    assert.equal(it.accepts('192.0.2.1', 6_000), false);
  });

  it('keeps the latch when the same target is signalled again, and forgets it for another', () => {
    const it = peer();
    it.accepts('192.0.2.1', 6_000);
    it.retarget({ ...remote }, []);
    assert.equal(it.port, 6_000);
    it.retarget({ ...remote, port: 5_002 }, []);
    assert.equal(it.port, 5_002);
  });

  it('takes packets from further signalled addresses and answers there', () => {
    const it = peer(['198.51.100.9']);
    assert.equal(it.accepts('198.51.100.9', 7_000), true);
    assert.deepEqual([it.address, it.port], ['198.51.100.9', 7_000]);
  });

  it('without a target nobody is heard', () => {
    const it = new Peer();
    it.retarget(null, ['192.0.2.1']);
    assert.equal(it.accepts('192.0.2.1', 5_000), false);
    assert.deepEqual([it.address, it.port, it.rtcpPort], ['', 0, 0]);
  });

  it('RFC 5761: with rtcp-mux reports follow the latched port', () => {
    const it = new Peer();
    it.retarget({ address: '192.0.2.1', port: 5_000, rtcpPort: 5_000 }, []);
    it.accepts('192.0.2.1', 6_000);
    assert.equal(it.rtcpPort, 6_000);
  });

  const spellings: readonly [string, string][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['not an address', 'not an address'],
  ];
  for (const [address, canonical] of spellings) {
    it(`${address} is ${canonical}`, () => assert.equal(canonicalAddress(address), canonical));
  }
});

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
