import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { describe, it } from 'node:test';
import { canonicalAddress } from '../canonical-address.ts';
import { Peer } from './peer.ts';

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

  it('of this machine is heard from loopback too: a phone that is tried beside the system announces the network card', (t) => {
    const [card] = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).filter((one) => !one.internal));
    if (card === undefined) return t.skip('this machine has no network card');
    const it = new Peer();
    it.retarget({ ...remote, address: card.address }, [card.address]);
    assert.equal(it.accepts('127.0.0.1', 5_000), true);
    assert.deepEqual([it.address, it.port], ['127.0.0.1', 5_000]);
    it.retarget({ ...remote, address: '198.51.100.7' }, []);
    assert.equal(it.accepts('127.0.0.1', 5_000), false, 'of another machine it is not');
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

  it('after a transfer it does not latch to the party before, which goes on sending for a moment from the same address', () => {
    for (const formerPort of [5_000, 6_000]) {
      const it = peer();
      it.accepts('192.0.2.1', formerPort);
      it.retarget({ ...remote, port: 5_002 }, []);
      assert.equal(it.accepts('192.0.2.1', formerPort), false);
      assert.equal(it.port, 5_002, 'where the new one was announced');
      assert.equal(it.accepts('192.0.2.1', 7_000), true, 'the new one behind another NAT port');
    }
  });

  it('who comes back to where it was is heard again; a pause without a target changes nothing', () => {
    const it = peer();
    it.accepts('192.0.2.1', 5_000);
    it.retarget({ ...remote, port: 5_002 }, []);
    it.retarget(remote, []);
    assert.equal(it.accepts('192.0.2.1', 5_000), true);
    it.accepts('192.0.2.1', 5_000);
    it.retarget(null, []);
    it.retarget(remote, []);
    assert.equal(it.accepts('192.0.2.1', 6_000), true);
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
