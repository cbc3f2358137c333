/** Everybody calls everybody across the border: browsers outside, phones inside, two codecs of security, one number each. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PORT_OFFSETS } from '../interop/unisono.ts';
import {
  findPeer,
  type PeerName,
  type PortBlock,
  type Rtpengine,
  requirePeer,
  reservePorts,
  startRtpengine,
} from '../peers/index.ts';
import { type Border, startBorder } from './border.ts';
import { withPhonesOutside } from './pair.ts';
import { baresipParty, browserParty, linphonecParty, type Party, sippParty } from './party.ts';

const NEEDED: readonly PeerName[] = ['chromium', 'firefox-esr', 'pulseaudio', 'baresip', 'linphonec', 'sipp'];
const NAMES = ['chromium', 'firefox', 'baresip', 'linphonec', 'baresip outside', 'sipp outside'] as const;
type Name = (typeof NAMES)[number];

/** What crosses the border is anchored by either engine; calls between two phones inside are by none. */
for (const engine of ['embedded', 'rtpengine'] as const)
  describe(`calls across the border by the ${engine} engine`, () => {
    const needed: readonly PeerName[] = engine === 'rtpengine' ? [...NEEDED, 'rtpengine'] : NEEDED;
    let border: Border;
    let ports: PortBlock;
    let rtpengine: Rtpengine | undefined;
    let sippPorts: PortBlock;
    const parties = new Map<Name, Party>();

    before(async () => {
      if (!needed.every((peer) => findPeer(peer))) return;
      rtpengine = engine === 'rtpengine' ? await startRtpengine() : undefined;
      ports = await reservePorts();
      const udp = ports.port(PORT_OFFSETS.doorPlain);
      border = await startBorder({
        ports,
        sbc: [`udp: ${udp}`],
        ...(rtpengine ? { media: [`rtpengine: ${rtpengine.control}`] } : {}),
        adapt: withPhonesOutside('4000', '4024'),
      });
      const { cast, system } = border;
      const reception = { ...system.desk('4000'), domain: `127.0.0.1:${udp}` };
      sippPorts = await reservePorts();
      const [chromium, firefox, baresip, linphonec, outside, sipp] = await Promise.all([
        border.client('chromium', 'anna'),
        border.client('firefox', 'david'),
        cast.baresip(system.desk('4021'), 660),
        cast.linphonec(system.desk('4022'), 770),
        cast.baresip(border.remoteDesk('4024'), 550),
        sippParty(reception, '4000', sippPorts),
      ]);
      parties.set('chromium', browserParty(chromium, { name: 'chromium', number: '4020', toneHz: 440 }));
      parties.set('firefox', browserParty(firefox, { name: 'firefox', number: '4023', toneHz: 880 }));
      parties.set('baresip', baresipParty(baresip, { name: 'baresip', number: '4021', toneHz: 660 }));
      const seat = { name: 'linphonec', number: '4022', toneHz: 770 };
      parties.set('linphonec', linphonecParty(linphonec, seat, `127.0.0.1:${system.sipPort}`));
      parties.set('baresip outside', baresipParty(outside, { name: 'baresip outside', number: '4024', toneHz: 550 }));
      parties.set('sipp outside', sipp);
    });
    after(async () => {
      await border?.close();
      sippPorts?.release();
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
        await Promise.all([caller.waitForTone(toneFor(caller, callee)), callee.waitForTone(toneFor(callee, caller))]);
        await caller.hangUp();
        await Promise.all([caller.waitForEnd(), callee.waitForEnd()]);
      });
    }
  });

/** What a party hears of another one: its tone, or itself. */
function toneFor(listener: Party, speaker: Party): number {
  const tone = speaker.toneHz === 'echo' ? listener.toneHz : speaker.toneHz;
  return tone === 'echo' ? 0 : tone;
}

function isInside(name: Name): boolean {
  return name === 'baresip' || name === 'linphonec';
}
