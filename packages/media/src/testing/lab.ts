import assert from 'node:assert/strict';
import { AudioClip } from '../audio/clip.ts';
import type { EndpointResult, MediaEndpoint, Signalled } from '../endpoint/endpoint.ts';
import { MediaHost, type MediaHostOptions } from '../endpoint/host.ts';
import { type MemoryNetworkConditions, MemoryRtpNetwork } from '../endpoint/memory-network.ts';
import { sequenceDistance } from '../rtp/sequence.ts';
import type { CodecName } from '../sdp/negotiation.ts';
import { parseSdp } from '../sdp/parse.ts';
import { type Heard, Phone } from './phone.ts';
import { SeededRandom } from './seeded-random.ts';
import { VirtualClock } from './virtual-clock.ts';

export const SERVER = '192.0.2.200';

/** A host, a network and a clock, all in memory. */
export class Lab {
  readonly clock = new VirtualClock();
  readonly random = new SeededRandom(42);
  readonly network: MemoryRtpNetwork;
  readonly host: MediaHost;
  readonly errors: unknown[] = [];
  readonly #phones: Phone[] = [];

  constructor(options: Partial<MediaHostOptions> = {}, conditions: Partial<MemoryNetworkConditions> = {}) {
    this.network = new MemoryRtpNetwork(this.clock, this.random, conditions);
    this.host = new MediaHost({
      sockets: this.network,
      clock: this.clock,
      random: this.random,
      bindAddress: SERVER,
      ports: { min: 40_000, max: 40_099 },
      onError: (error) => this.errors.push(error),
      ...options,
    });
  }

  phone(codec: CodecName = 'PCMA', address?: string, port?: number): Phone {
    const phone = new Phone(this.network, this.clock, codec, address, port);
    this.#phones.push(phone);
    return phone;
  }

  /** Has the endpoint answer and gives where to send to. */
  async connect(
    endpoint: MediaEndpoint,
    offer: string,
    signalled?: Signalled,
  ): Promise<{ address: string; port: number }> {
    const result = await endpoint.answer(offer, signalled);
    return { address: SERVER, port: portOf(sdpOf(result)) };
  }

  /** Nothing is left over: call at the end of a test, after all endpoints were closed. */
  assertEmpty(): void {
    for (const phone of this.#phones) phone.close();
    this.clock.advance(1_000);
    assert.equal(this.network.open, 0, 'sockets');
    assert.equal(this.clock.pending, 0, 'timers');
    assert.deepEqual({ ...this.host.snapshot(), portPairs: 0 }, { portPairs: 0, portPairsUsed: 0, running: 0 });
    assert.deepEqual(this.errors, []);
  }
}

export function sdpOf(result: EndpointResult): string {
  assert.ok(result.ok, JSON.stringify(result));
  return result.sdp;
}

export function portOf(sdp: string): number {
  const parsed = parseSdp(sdp);
  assert.ok(parsed.ok);
  return parsed.sdp.media.find((media) => media.port !== 0)?.port ?? assert.fail('all streams are rejected');
}

/** A tone to play. */
export function beep(frequencyHz: number, durationMs: number) {
  return { clip: AudioClip.ofTone([{ frequenciesHz: [frequencyHz], durationMs }]) };
}

/** Sequence numbers follow each other and timestamps grow by `units`, across every wrap. */
export function assertSteady(packets: readonly Heard[], units: number): void {
  for (let i = 1; i < packets.length; i++) {
    const [before, after] = [packets[i - 1]!.header, packets[i]!.header];
    assert.equal(sequenceDistance(before.sequenceNumber, after.sequenceNumber), 1, `packet ${i}`);
    assert.equal((after.timestamp - before.timestamp) >>> 0, units, `packet ${i}`);
    assert.equal(after.ssrc, before.ssrc);
  }
}
