import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { beep, Lab, portOf, SERVER, sdpOf } from '../testing/lab.ts';
import { createEcho } from './echo.ts';
import { createPlayer } from './player.ts';

describe('watching the peer', () => {
  it('reports silence once, and again only after the peer was heard', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const silences: number[] = [];
    const echo = createEcho(lab.host, { inactivityMs: 5_000, onInactive: (ms) => silences.push(ms) });
    const there = await lab.connect(echo, phone.offer());
    phone.talk(there, 440, 4_000);
    lab.clock.advance(4_700);
    assert.equal(silences.length, 0);
    lab.clock.advance(20_000);
    assert.equal(silences.length, 1);
    assert.ok(silences[0]! >= 5_000 && silences[0]! <= 5_300, `${silences[0]}`);
    phone.talk(there, 440, 100);
    lab.clock.advance(6_000);
    assert.equal(silences.length, 2);
    echo.close();
    lab.assertEmpty();
  });

  it('a phone that is mute but reports or probes lives', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host, { inactivityMs: 5_000, onInactive: () => assert.fail('reported') });
    const there = await lab.connect(echo, phone.offer());
    const report = Buffer.from('80c9000100000001', 'hex');
    const stun = Buffer.from('000100002112a442ded9668b452a7a9a7144a776', 'hex');
    for (const send of [
      () => phone.rawRtcp(there, report),
      () => phone.raw(there, stun),
      () => phone.rawRtcp(there, stun),
    ]) {
      lab.clock.advance(4_000);
      send();
    }
    lab.clock.advance(4_000);
    assert.deepEqual(echo.snapshot().stream?.dropped, {
      malformed: 0,
      otherProtocol: 2,
      foreign: 0,
      unknownPayload: 0,
      unwanted: 0,
    });
    echo.close();
    lab.assertEmpty();
  });

  it('expects nothing from who is on hold or only listens', async () => {
    for (const direction of ['recvonly', 'inactive']) {
      const lab = new Lab();
      const phone = lab.phone();
      const echo = createEcho(lab.host, { inactivityMs: 5_000, onInactive: () => assert.fail(direction) });
      await lab.connect(
        echo,
        phone.offer((sdp) => sdp.replace('sendrecv', direction)),
      );
      lab.clock.advance(60_000);
      echo.close();
      lab.assertEmpty();
    }
  });

  it('inactivity can be switched off', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host, { inactivityMs: 0, onInactive: () => assert.fail('reported') });
    await lab.connect(echo, phone.offer());
    lab.clock.advance(600_000);
    echo.close();
    lab.assertEmpty();
  });
});

describe('the end', () => {
  it('closing twice, before the start, or while the port is being bound leaves nothing behind', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const never = createEcho(lab.host);
    never.close();
    never.close();
    const refused = await never.answer(phone.offer());
    assert.ok(!refused.ok && refused.code === 'closed');
    const hasty = createEcho(lab.host);
    const pending = hasty.answer(phone.offer());
    hasty.close();
    const late = await pending;
    assert.ok(!late.ok && late.code === 'closed');
    assert.equal(hasty.snapshot().state, 'closed');
    lab.assertEmpty();
  });

  it('the last figures can be read after the end', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    phone.talk(await lab.connect(echo, phone.offer()), 440, 1_000);
    echo.close();
    assert.equal(echo.snapshot().stream?.received?.packets, 50);
    phone.close();
    lab.assertEmpty();
  });

  it('closing in the middle of a listener is fine', async () => {
    const lab = new Lab();
    const phone = lab.phone();
    const player = createPlayer(lab.host, { items: [beep(440, 100)], onEnd: () => player.close() });
    await lab.connect(player, phone.offer());
    lab.clock.advance(1_000);
    assert.equal(player.snapshot().state, 'closed');
    assert.equal(phone.heard.length, 5, 'all of it, and nothing more');
    lab.assertEmpty();
  });
});

describe('running out', () => {
  it('of ports is an error value, and a closed endpoint gives its pair back', async () => {
    const lab = new Lab({ ports: { min: 40_001, max: 40_006 } });
    const phone = lab.phone();
    const echoes = Array.from({ length: 3 }, () => createEcho(lab.host));
    const results = await Promise.all(echoes.map((echo) => echo.answer(phone.offer())));
    assert.deepEqual(results.map((r) => (r.ok ? portOf(r.sdp) : r.code)).sort(), [40_002, 40_004, 'no-ports']);
    const refused = results.findIndex((r) => !r.ok);
    echoes[refused === 0 ? 1 : 0]?.close();
    assert.ok((await echoes[refused]?.answer(phone.offer()))?.ok, 'works once a pair is free');
    for (const echo of echoes) echo.close();
    lab.assertEmpty();
  });

  it('ports that others took are passed over', async () => {
    const lab = new Lab({ ports: { min: 40_000, max: 40_005 } });
    const foreign = [lab.network.bindNow(SERVER, 40_000), lab.network.bindNow(SERVER, 40_003)];
    const phone = lab.phone();
    const echo = createEcho(lab.host);
    assert.equal(portOf(sdpOf(await echo.answer(phone.offer()))), 40_004);
    echo.close();
    for (const result of foreign) if (result.ok) result.socket.close();
    lab.assertEmpty();
  });
});
