/** Everybody calls everybody across the border: browsers outside, phones inside, two codecs of security, one number each. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { findPeer, type PeerName, type Rtpengine, requirePeer, startRtpengine } from '../peers/index.ts';
import { type Border, startBorder } from './border.ts';
import { baresipParty, browserParty, linphonecParty, type Party } from './party.ts';

const NEEDED: readonly PeerName[] = ['chromium', 'firefox-esr', 'pulseaudio', 'baresip', 'linphonec'];
const NAMES = ['chromium', 'firefox', 'baresip', 'linphonec', 'baresip outside'] as const;
type Name = (typeof NAMES)[number];

/** What crosses the border is anchored by either engine; calls between two phones inside are by none. */
for (const engine of ['embedded', 'rtpengine'] as const)
  describe(`calls across the border by the ${engine} engine`, () => {
    const needed: readonly PeerName[] = engine === 'rtpengine' ? [...NEEDED, 'rtpengine'] : NEEDED;
    let border: Border;
    let rtpengine: Rtpengine | undefined;
    const parties = new Map<Name, Party>();

    before(async () => {
      if (!needed.every((peer) => findPeer(peer))) return;
      rtpengine = engine === 'rtpengine' ? await startRtpengine() : undefined;
      border = await startBorder({
        ...(rtpengine ? { media: [`rtpengine: ${rtpengine.control}`] } : {}),
        adapt: (data) => ({
          ...data,
          stations: data.stations.map((one) =>
            one.id === '4024' && one.device ? { ...one, device: { ...one.device, remote: true } } : one,
          ),
        }),
      });
      const { cast, system } = border;
      const [chromium, firefox, baresip, linphonec, outside] = await Promise.all([
        border.client('chromium', 'anna'),
        border.client('firefox', 'david'),
        cast.baresip(system.desk('4021'), 660),
        cast.linphonec(system.desk('4022'), 770),
        cast.baresip(border.remoteDesk('4024'), 550),
      ]);
      parties.set('chromium', browserParty(chromium, { name: 'chromium', number: '4020', toneHz: 440 }));
      parties.set('firefox', browserParty(firefox, { name: 'firefox', number: '4023', toneHz: 880 }));
      parties.set('baresip', baresipParty(baresip, { name: 'baresip', number: '4021', toneHz: 660 }));
      const seat = { name: 'linphonec', number: '4022', toneHz: 770 };
      parties.set('linphonec', linphonecParty(linphonec, seat, `127.0.0.1:${system.sipPort}`));
      parties.set('baresip outside', baresipParty(outside, { name: 'baresip outside', number: '4024', toneHz: 550 }));
    });
    after(async () => {
      await border?.close();
      await rtpengine?.close();
    });

    const crossing = NAMES.flatMap((from) =>
      NAMES.filter((to) => to !== from && !(isInside(from) && isInside(to))).map((to) => [from, to] as const),
    );
    for (const [from, to] of crossing) {
      test(`${from} calls ${to}: both hear each other's tone`, async (t) => {
        if (!requirePeer(t, ...needed)) return;
        const [caller, callee] = [parties.get(from), parties.get(to)];
        assert.ok(caller && callee);
        await Promise.all([caller.begin(), callee.begin()]);
        await caller.dial(callee.number);
        await callee.waitForRinging();
        await callee.answer();
        await caller.waitForAnswer();
        await Promise.all([caller.waitForTone(callee.toneHz), callee.waitForTone(caller.toneHz)]);
        await caller.hangUp();
        await Promise.all([caller.waitForEnd(), callee.waitForEnd()]);
      });
    }
  });

function isInside(name: Name): boolean {
  return name === 'baresip' || name === 'linphonec';
}
