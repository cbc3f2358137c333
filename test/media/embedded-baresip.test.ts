/** baresip through the embedded engine: plain RTP, SDES and DTLS-SRTP, calling and called. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type MediaProfile, PLAIN, SDES } from '@unisono/media';
import {
  type Baresip,
  findPeer,
  requirePeer,
  type SipTap,
  sipRequest,
  startBaresip,
  startSipTap,
} from '../peers/index.ts';
import { type Stage, sdpOf, startStage } from './stage.ts';

const OUTSIDE = { side: 'outside', signalledFrom: ['127.0.0.1'] } as const;
const INSIDE = { side: 'inside', signalledFrom: ['127.0.0.1'] } as const;
const DTLS: MediaProfile = { security: 'dtls', ice: false, rtcpMux: 'offer' };

/** baresip's `mediaenc`, and what a description then says. */
const KINDS = [
  { name: 'plain RTP', mediaenc: '', profile: PLAIN, protocol: /RTP\/AVP/, security: 'plain' },
  { name: 'SDES', mediaenc: ';mediaenc=srtp-mand', profile: SDES, protocol: /RTP\/SAVP/, security: 'sdes' },
  {
    name: 'DTLS-SRTP',
    mediaenc: ';mediaenc=dtls_srtp',
    profile: DTLS,
    protocol: /UDP\/TLS\/RTP\/SAVPF?/,
    security: 'dtls',
  },
] as const;

for (const kind of KINDS) {
  describe(`baresip with ${kind.name} through the embedded engine`, () => {
    let stage: Stage;
    let tap: SipTap;
    let phone: Baresip | undefined;

    before(async () => {
      if (!findPeer('baresip')) return;
      [stage, tap] = await Promise.all([startStage(), startSipTap()]);
      const domain = `${tap.address}:${tap.port}`;
      const extraParameters = `;regint=0${kind.mediaenc}`;
      phone = await startBaresip({ account: { user: '4711', domain, password: 'x', extraParameters } });
    });
    after(async () => {
      await phone?.close();
      await stage?.close();
      await tap?.close();
    });

    test('it calls an echo and hears its own tone', async (t) => {
      if (!requirePeer(t, 'baresip') || !phone) return;
      const { engine } = stage;
      await phone.dial(`sip:echo@${tap.address}:${tap.port}`);
      const invite = await tap.waitFor(/^INVITE/);
      const sdp = bodyOf(invite.text);
      assert.match(sdp, kind.protocol);
      const key = { callId: `calls ${kind.name}`, fromTag: 'baresip', viaBranch: 'z9hG4bK1' };
      const offered = sdpOf(await engine.offer({ ...key, sdp, from: OUTSIDE, to: INSIDE, profile: PLAIN }));
      const answered = sdpOf(await stage.echo().answer(offered));
      tap.reply(invite, '200 OK', {
        sdp: sdpOf(await engine.answer({ ...key, toTag: 'echo', sdp: answered, from: INSIDE })),
      });
      await phone.waitForTone(440);
      await assertLegs(key.callId);
      await phone.hangup();
      tap.reply(await tap.waitFor(/^BYE/), '200 OK');
      await engine.delete(key);
    });

    test('it is called, and hears a tone', async (t) => {
      if (!requirePeer(t, 'baresip') || !phone) return;
      const { engine } = stage;
      const tone = stage.tone(600);
      const key = { callId: `called ${kind.name}`, fromTag: 'tone', viaBranch: 'z9hG4bK2' };
      const offer = { ...key, sdp: sdpOf(await tone.offer()), from: INSIDE, to: OUTSIDE, profile: kind.profile };
      const uri = `sip:4711@127.0.0.1:${phone.sipPort}`;
      const from = `<sip:100@${tap.address}:${tap.port}>;tag=tap`;
      const sdp = sdpOf(await engine.offer(offer));
      const mark = phone.events.length;
      tap.send(sipRequest({ method: 'INVITE', uri, from, to: `<${uri}>`, tap, sdp }), phone.sipPort);
      await phone.waitForAfter(mark, (event) => event.type === 'CALL_INCOMING');
      await phone.answer();
      const accepted = await tap.waitFor(/^SIP\/2\.0 200[\s\S]*CSeq: 1 INVITE/);
      const answer = await engine.answer({ ...key, toTag: 'baresip', sdp: bodyOf(accepted.text), from: OUTSIDE });
      assert.ok(tone.accept(sdpOf(answer)).ok);
      await phone.waitForTone(600);
      await assertLegs(key.callId);
      assert.equal(stage.lost.length, 0, JSON.stringify(stage.lost));
      await engine.delete(key);
    });

    async function assertLegs(callId: string): Promise<void> {
      const legs = (await stage.engine.query(callId))?.legs ?? [];
      const outside = legs.find(({ side }) => side === 'outside');
      assert.equal(outside?.security, kind.security);
      for (const leg of legs) assert.ok(leg.packetsReceived > 10 && leg.packetsSent > 10, JSON.stringify(leg));
    }
  });
}

function bodyOf(message: string): string {
  return message.slice(message.indexOf('\r\n\r\n') + 4);
}
