import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { rms, toneShare } from '../analysis/energy.ts';
import { AudioClip } from '../audio/clip.ts';
import type { WavAudio } from '../audio/wav.ts';
import { sdpOf } from '../testing/lab.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { SystemMediaClock } from '../time.ts';
import { createEcho } from './echo.ts';
import type { MediaEndpoint } from './endpoint.ts';
import { MediaHost } from './host.ts';
import { createPlayer } from './player.ts';
import { createRecorder } from './recorder.ts';
import type { RtpSocket } from './socket.ts';
import { UdpRtpSockets } from './udp.ts';

/*
 *   player ──RTP──► echo ──RTP──► player's socket          real sockets on 127.0.0.1,
 *   recorder ◄─RTP── player                                real time, one host
 */

function loopbackHost(address = '127.0.0.1'): MediaHost {
  return new MediaHost({
    sockets: new UdpRtpSockets(),
    clock: new SystemMediaClock(),
    random: new SeededRandom(process.pid),
    bindAddress: address,
    ports: { min: 42_000, max: 49_000 },
    onError: (error) => assert.fail(String(error)),
  });
}

async function join(offerer: MediaEndpoint, answerer: MediaEndpoint): Promise<void> {
  const offer = sdpOf(await offerer.offer());
  const accepted = offerer.accept(sdpOf(await answerer.answer(offer)));
  assert.ok(accepted.ok, JSON.stringify(accepted));
}

async function hasIpv6(): Promise<boolean> {
  const result = await new UdpRtpSockets().bind('::1', 0);
  if (result.ok) result.socket.close();
  return result.ok;
}

describe('over real sockets', () => {
  for (const address of ['127.0.0.1', '::1']) {
    it(`half a second of 440 Hz arrives whole at ${address}`, async (t) => {
      if (address === '::1' && !(await hasIpv6())) return t.skip('no IPv6 here');
      const host = loopbackHost(address);
      const recorder = createRecorder(host);
      const ended = new Promise<void>((resolve) => {
        const player = createPlayer(host, {
          items: [{ clip: AudioClip.ofTone([{ frequenciesHz: [440], durationMs: 500 }]) }],
          onEnd: resolve,
        });
        t.after(() => player.close());
        t.after(() => recorder.close());
        void join(player, recorder);
      });
      await ended;
      const recorded = recorder.recorded();
      assert.ok(recorded);
      assertToneOrSilence(recorded, 440);
    });
  }

  it('an echo answers a plain socket with a source of its own', async () => {
    const host = loopbackHost();
    const echo = createEcho(host);
    const bound = await new UdpRtpSockets().bind('127.0.0.1', 0);
    assert.ok(bound.ok);
    const offer = `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ${bound.socket.port} RTP/AVP 8\r\n`;
    const answer = sdpOf(await echo.answer(offer));
    const port = Number(/m=audio (\d+)/.exec(answer)?.[1]);
    const back = received(bound.socket);
    const packet = Buffer.concat([Buffer.from('800800010000000000000001', 'hex'), Buffer.alloc(160, 0xd5)]);
    bound.socket.send(packet, packet.length, port, '127.0.0.1');
    const echoed = await back;
    assert.deepEqual(echoed.subarray(12), packet.subarray(12));
    assert.notEqual(echoed.readUInt32BE(8), 1);
    echo.close();
    bound.socket.close();
    assert.deepEqual([host.snapshot().portPairsUsed, host.snapshot().running], [0, 0]);
  });

  it('a port in use and an address that is not ours are values', async () => {
    const sockets = new UdpRtpSockets();
    const first = await sockets.bind('127.0.0.1', 0);
    assert.ok(first.ok);
    const second = await sockets.bind('127.0.0.1', first.socket.port);
    assert.ok(!second.ok && second.code === 'in-use');
    first.socket.close();
    first.socket.close();
    const elsewhere = await sockets.bind('192.0.2.1', 0);
    assert.ok(!elsewhere.ok && elsewhere.code === 'failed');
  });

  it('the ports are free again after the end', async () => {
    const host = loopbackHost();
    const [player, echo] = [createPlayer(host, { items: [] }), createEcho(host)];
    await join(player, echo);
    const ports = [player, echo].map((endpoint) => endpoint.snapshot().stream?.localPort ?? 0);
    const sockets = new UdpRtpSockets();
    const bindAll = () =>
      Promise.all(ports.flatMap((port) => [port, port + 1]).map((port) => sockets.bind('127.0.0.1', port)));
    assert.deepEqual(
      (await bindAll()).map((result) => result.ok),
      [false, false, false, false],
    );
    player.close();
    echo.close();
    for (const result of await bindAll()) {
      assert.ok(result.ok);
      result.socket.close();
    }
  });
});

/** On a machine that stalls, time is left out; what was sent is whole nevertheless. */
function assertToneOrSilence({ pcm, sampleRateHz }: WavAudio, frequencyHz: number): void {
  const frame = sampleRateHz / 50;
  let tones = 0;
  for (let at = frame; at + frame <= pcm.length; at += frame) {
    const piece = pcm.subarray(at, at + frame);
    if (rms(piece) < 10) continue;
    assert.ok(toneShare(piece, sampleRateHz, frequencyHz) > 0.8, `frame at ${at}`);
    tones++;
  }
  assert.ok(tones >= 20, `${tones} frames of tone of the 25 that were sent`);
}

function received(socket: RtpSocket): Promise<Buffer> {
  return new Promise((resolve) => socket.receive((datagram) => resolve(datagram)));
}
