import assert from 'node:assert/strict';
import { audioCodec } from '../codec/codec.ts';
import type { MemoryRtpNetwork } from '../endpoint/memory-network.ts';
import type { RtpSocket } from '../endpoint/socket.ts';
import { emptyRtpHeader, RTP_HEADER_OCTETS, type RtpHeader, readRtp, writeRtpHeader } from '../rtp/packet.ts';
import { type RtcpPacket, readRtcp } from '../rtp/rtcp.ts';
import { writeTelephoneEvent } from '../rtp/telephone-event.ts';
import type { CodecName } from '../sdp/negotiation.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A packet as it arrived. */
export interface Heard {
  readonly atMs: number;
  readonly header: RtpHeader;
  readonly payload: Buffer;
  readonly from: { readonly address: string; readonly port: number };
}

const NUMBERS: Readonly<Record<CodecName, number>> = { PCMU: 0, PCMA: 8, G722: 9 };

/** The far end in tests: it sends what it is told, keeps what it hears, and knows nothing of our endpoints. */
export class Phone {
  readonly address: string;
  readonly heard: Heard[] = [];
  readonly reports: RtcpPacket[][] = [];
  readonly #clock: VirtualClock;
  readonly #rtp: RtpSocket;
  readonly #rtcp: RtpSocket;
  readonly #codec: CodecName;
  readonly ssrc: number;
  #sequence = 65_500;
  #timestamp = 0xffff_f000;

  constructor(
    network: MemoryRtpNetwork,
    clock: VirtualClock,
    codec: CodecName = 'PCMA',
    address = '192.0.2.10',
    port = 5_004,
  ) {
    this.address = address;
    this.#clock = clock;
    this.#codec = codec;
    this.ssrc = 0x1000 + port;
    this.#rtp = bound(network, address, port);
    this.#rtcp = bound(network, address, port + 1);
    this.#rtp.receive((datagram, from, fromPort) => this.#hear(datagram, from, fromPort));
    this.#rtcp.receive((datagram) => this.reports.push(readRtcp(datagram) ?? assert.fail('no RTCP')));
  }

  get port(): number {
    return this.#rtp.port;
  }

  /** An offer of its one codec; `change` is a last word on the text. */
  offer(change: (sdp: string) => string = (sdp) => sdp): string {
    const number = NUMBERS[this.#codec];
    const family = this.address.includes(':') ? 'IP6' : 'IP4';
    return change(
      [
        'v=0',
        `o=phone 1 1 IN ${family} ${this.address}`,
        's=-',
        `c=IN ${family} ${this.address}`,
        't=0 0',
        `m=audio ${this.port} RTP/AVP ${number} 101`,
        `a=rtpmap:${number} ${this.#codec}/8000`,
        'a=rtpmap:101 telephone-event/8000',
        'a=sendrecv',
        '',
      ].join('\r\n'),
    );
  }

  /** Sends a tone to that port in frames of 20 ms, moving the clock on. */
  talk(to: { address: string; port: number }, frequencyHz: number, durationMs: number): void {
    const { sampleRateHz, createEncoder } = audioCodec(this.#codec);
    const encoder = createEncoder();
    const samples = sampleRateHz / 50;
    for (let frame = 0; frame < durationMs / 20; frame++) {
      const pcm = Int16Array.from({ length: samples }, (_, i) =>
        Math.round(8_000 * Math.sin((2 * Math.PI * frequencyHz * (frame * samples + i)) / sampleRateHz)),
      );
      const packet = Buffer.alloc(RTP_HEADER_OCTETS + 160);
      encoder.encode(pcm, 0, samples, packet, RTP_HEADER_OCTETS);
      this.#send(packet, packet.length, NUMBERS[this.#codec], this.#timestamp, to);
      this.#timestamp = (this.#timestamp + 160) >>> 0;
      this.#clock.advance(20);
    }
  }

  /** Presses a key for 100 ms. */
  press(to: { address: string; port: number }, event: number): void {
    const start = this.#timestamp;
    for (const [duration, isEnd] of [
      [160, false],
      [480, false],
      [800, true],
      [800, true],
      [800, true],
    ] as const) {
      const packet = Buffer.alloc(RTP_HEADER_OCTETS + 4);
      writeTelephoneEvent(packet, RTP_HEADER_OCTETS, event, isEnd, 10, duration);
      this.#send(packet, packet.length, 101, start, to);
      this.#clock.advance(20);
    }
    this.#timestamp = (start + 1_600) >>> 0;
  }

  /** Sends octets as they are, to RTP or to RTCP. */
  raw(to: { address: string; port: number }, octets: Buffer): void {
    this.#rtp.send(octets, octets.length, to.port, to.address);
  }

  rawRtcp(to: { address: string; port: number }, octets: Buffer): void {
    this.#rtcp.send(octets, octets.length, to.port + 1, to.address);
  }

  /** All audio heard so far, in the order of arrival. */
  pcm(): Int16Array {
    const { sampleRateHz, createDecoder } = audioCodec(this.#codec);
    const payload = Buffer.concat(this.audio().map((packet) => packet.payload));
    const pcm = new Int16Array((payload.length * sampleRateHz) / 8_000);
    createDecoder().decode(payload, 0, payload.length, pcm, 0);
    return pcm;
  }

  audio(): Heard[] {
    return this.heard.filter((packet) => packet.header.payloadType !== 101);
  }

  close(): void {
    this.#rtp.close();
    this.#rtcp.close();
  }

  #send(packet: Buffer, octets: number, payloadType: number, timestamp: number, to: { address: string; port: number }) {
    this.#sequence = (this.#sequence + 1) & 0xffff;
    writeRtpHeader(packet, false, payloadType, this.#sequence, timestamp, this.ssrc);
    this.#rtp.send(packet, octets, to.port, to.address);
  }

  #hear(datagram: Buffer, address: string, port: number): void {
    const header = emptyRtpHeader();
    assert.equal(readRtp(datagram, header), 'ok');
    const payload = datagram.subarray(header.payloadStart, header.payloadEnd);
    this.heard.push({ atMs: this.#clock.nowMs(), header, payload, from: { address, port } });
  }
}

function bound(network: MemoryRtpNetwork, address: string, port: number): RtpSocket {
  const result = network.bindNow(address, port);
  assert.ok(result.ok);
  return result.socket;
}
