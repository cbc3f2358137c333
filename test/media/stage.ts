/** An embedded engine on loopback, and RTP endpoints that play, listen and echo behind it. */
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import {
  AudioClip,
  createEcho,
  createEmbeddedEngine,
  createPlayer,
  createRecorder,
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
  type MediaEndpoint,
  type MediaEngineResult,
  MediaHost,
  type RecorderEndpoint,
  SystemMediaClock,
  UdpRtpSockets,
} from '@unisono/media';
import { measureTone } from '../peers/audio.ts';
import { ownAddress } from '../peers/own-address.ts';
import { reservePorts } from '../peers/ports.ts';

export interface Stage {
  readonly engine: EmbeddedEngine;
  readonly host: MediaHost;
  readonly lost: { readonly callId: string; readonly loss: string; readonly message: string }[];
  /** An endpoint that plays a tone for as long as it lives. */
  tone(frequencyHz: number): MediaEndpoint;
  echo(): MediaEndpoint;
  recorder(): RecorderEndpoint;
  /** Waits until half a second of the tone is recorded; fails with what is there instead. */
  waitForRecording(endpoint: RecorderEndpoint, frequencyHz: number): Promise<void>;
  close(): Promise<void>;
}

const RECORDING_MS = 10_000;

export async function startStage(options: Partial<EmbeddedEngineOptions> = {}): Promise<Stage> {
  const blocks = await Promise.all([reservePorts(), reservePorts(), reservePorts()]);
  const [outside, inside, endpoints] = blocks.map((block) => ({ min: block.port(0), max: block.last }));
  assert.ok(outside && inside && endpoints);
  const lost: Stage['lost'] = [];
  const engine = await createEmbeddedEngine({
    workers: 1,
    sides: {
      outside: { addresses: [{ bindAddress: ownAddress() }], ports: outside },
      inside: { addresses: [{ bindAddress: '127.0.0.1' }], ports: inside },
    },
    events: { onCallLost: (callId, loss, message) => lost.push({ callId, loss, message }) },
    ...options,
  });
  const host = new MediaHost({
    sockets: new UdpRtpSockets(),
    clock: new SystemMediaClock(),
    random: { int: (bound) => Math.floor(Math.random() * bound) },
    bindAddress: '127.0.0.1',
    ports: endpoints,
  });
  const open: MediaEndpoint[] = [];
  const keep = <Endpoint extends MediaEndpoint>(endpoint: Endpoint): Endpoint => {
    open.push(endpoint);
    return endpoint;
  };
  return {
    engine,
    host,
    lost,
    tone: (frequencyHz) => {
      const clip = AudioClip.ofTone([{ frequenciesHz: [frequencyHz], durationMs: 1_000 }]);
      return keep(createPlayer(host, { items: [{ clip, times: Number.POSITIVE_INFINITY }] }));
    },
    echo: () => keep(createEcho(host)),
    recorder: () => keep(createRecorder(host)),
    waitForRecording,
    close: async () => {
      for (const endpoint of open) endpoint.close();
      await engine.close();
      for (const block of blocks) block.release();
    },
  };
}

async function waitForRecording(endpoint: RecorderEndpoint, frequencyHz: number): Promise<void> {
  const untilMs = performance.now() + RECORDING_MS;
  for (;;) {
    const { pcm, sampleRateHz } = endpoint.recorded() ?? { pcm: new Int16Array(0), sampleRateHz: 8_000 };
    const samples = Float64Array.from(pcm, (sample) => sample / 32_768);
    const tone = measureTone({ sampleRateHz, samples }, frequencyHz);
    if (tone.seconds > 0.5) return;
    assert.ok(performance.now() < untilMs, `recorded ${samples.length} samples with ${JSON.stringify(tone)}`);
    await delay(100);
  }
}

export function sdpOf(result: MediaEngineResult | { ok: boolean; sdp?: string }): string {
  assert.ok(result.ok && result.sdp !== undefined, JSON.stringify(result));
  return result.sdp;
}
