import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isTone } from '../analysis/energy.ts';
import { Lab } from '../testing/lab.ts';
import { mutate } from '../testing/mutate.ts';
import { createEcho } from './echo.ts';

describe('strangers', () => {
  it('cannot feed a stream, nor take it over', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const stranger = lab.phone('PCMA', '203.0.113.66', 5_004);
    const neighbour = lab.phone('PCMA', '192.0.2.10', 9_000);
    const echo = createEcho(lab.host);
    const there = await lab.connect(echo, phone.offer());
    stranger.talk(there, 880, 100);
    phone.talk(there, 440, 1_000);
    stranger.talk(there, 880, 100);
    neighbour.talk(there, 880, 100);
    lab.clock.advance(10);
    assert.equal(stranger.heard.length + neighbour.heard.length, 0);
    assert.ok(isTone(phone.pcm(), 8_000, 440));
    assert.equal(phone.heard.length, 50);
    assert.equal(echo.snapshot().stream?.dropped.foreign, 15);
    echo.close();
    lab.assertEmpty();
  });

  it('a peer behind a NAT that changes ports is answered where it sends from', async () => {
    const lab = new Lab();
    const outside = lab.phone('PCMA', '192.0.2.10', 31_337);
    const echo = createEcho(lab.host);
    const there = await lab.connect(
      echo,
      outside.offer((sdp) => sdp.replace('31337', '5004')),
    );
    outside.talk(there, 440, 100);
    lab.clock.advance(10);
    assert.equal(outside.heard.length, 5);
    assert.deepEqual(echo.snapshot().stream?.remote, { address: '192.0.2.10', port: 31_337 });
    echo.close();
    lab.assertEmpty();
  });

  it('a phone that announces IPv6 and calls over IPv4 is reached where it called from', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    const ipv6 = phone.offer((sdp) => sdp.replaceAll('IP4 192.0.2.10', 'IP6 fd00::2'));
    const there = await lab.connect(echo, ipv6, { fromAddresses: ['::ffff:192.0.2.10'] });
    phone.talk(there, 440, 100);
    lab.clock.advance(10);
    assert.equal(phone.heard.length, 5);
    echo.close();
    lab.assertEmpty();
  });

  it('the address the signalling came from is the peer too', async () => {
    const lab = new Lab();
    const outside = lab.phone('PCMA', '198.51.100.7', 31_337);
    const echo = createEcho(lab.host);
    const privately = outside.offer((sdp) => sdp.replaceAll('198.51.100.7', '10.0.0.5'));
    const there = await lab.connect(echo, privately, { fromAddresses: ['198.51.100.7'] });
    outside.talk(there, 440, 100);
    lab.clock.advance(10);
    assert.equal(outside.heard.length, 5);
    echo.close();
    lab.assertEmpty();
  });

  it('noise on the port is counted and does no harm', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    const there = await lab.connect(echo, phone.offer());
    const seed = Buffer.from('b1080001000000000000000100000000bede000111223344d5d5d5d50002', 'hex');
    for (let i = 0; i < 3_000; i++) {
      phone.raw(there, mutate(seed, lab.random));
      phone.rawRtcp(there, mutate(seed, lab.random));
    }
    lab.clock.advance(10);
    const dropped = echo.snapshot().stream?.dropped;
    assert.ok(dropped && dropped.malformed > 500 && dropped.unknownPayload > 10, JSON.stringify(dropped));
    phone.heard.length = 0;
    phone.talk(there, 440, 200);
    lab.clock.advance(10);
    assert.equal(phone.heard.length, 10);
    echo.close();
    lab.assertEmpty();
  });
});
