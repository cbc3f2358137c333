/** Packets of many calls, each way, evenly spread over the 20 ms between two of a stream. */
import { SRTP_MAX_TRAILER_OCTETS } from '@unisono/media';
import type { AnchoredCall } from './anchored-call.ts';

const PACKET_MS = 20;
const HEADER_OCTETS = 12;
const PAYLOAD_OCTETS = 160;
const PACKET_OCTETS = HEADER_OCTETS + PAYLOAD_OCTETS;
const TICK_MS = 1;
const PCMA = 8;

/** One direction of a call. Its numbers go on when it is taken up again. */
export interface Stream {
  readonly party: AnchoredCall['outside'];
  readonly ssrc: number;
  sequenceNumber: number;
  timestamp: number;
}

/** Both streams of a call. */
export function streamsOf({ outside, inside }: AnchoredCall): Stream[] {
  return [outside, inside].map((party, index) => ({ party, ssrc: index + 1, sequenceNumber: 0, timestamp: 0 }));
}

export class Streams {
  /** Packets sent and received whose time of sending is in the measured interval. */
  sent = 0;
  received = 0;
  delaysMs: number[] = [];
  /** Longest time between two ticks: the generator was late, and so are its packets. */
  latestTickMs = 0;
  readonly #streams: readonly Stream[];
  readonly #buffer = Buffer.alloc(PACKET_OCTETS + SRTP_MAX_TRAILER_OCTETS, 0xd5);
  #timer: NodeJS.Timeout | undefined;
  #beginMs = 0;
  #count = 0;
  #fromMs = Infinity;
  #toMs = Infinity;
  #lastTickMs = 0;

  constructor(streams: readonly Stream[]) {
    this.#streams = streams;
  }

  run(): void {
    this.#beginMs = this.#lastTickMs = performance.now();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  measureFrom(nowMs: number): void {
    this.#fromMs = nowMs;
    this.#toMs = Infinity;
    this.sent = this.received = this.latestTickMs = 0;
    this.delaysMs = [];
  }

  measureTo(nowMs: number): void {
    this.#toMs = nowMs;
  }

  /** Takes a packet that came through, in the clear. */
  take(packet: Buffer, octets: number): void {
    if (octets !== PACKET_OCTETS) return;
    const sentMs = packet.readDoubleBE(HEADER_OCTETS);
    if (!(sentMs >= this.#fromMs && sentMs < this.#toMs)) return;
    this.received++;
    this.delaysMs.push(performance.now() - sentMs);
  }

  #tick(): void {
    const nowMs = performance.now();
    this.latestTickMs = Math.max(this.latestTickMs, nowMs - this.#lastTickMs);
    this.#lastTickMs = nowMs;
    const streams = this.#streams;
    const due = ((nowMs - this.#beginMs) * streams.length) / PACKET_MS;
    for (; this.#count < due; this.#count++) {
      const stream = streams[this.#count % streams.length];
      if (stream) this.#send(stream);
    }
  }

  #send(stream: Stream): void {
    const buffer = this.#buffer;
    buffer[0] = 0x80;
    buffer[1] = PCMA;
    buffer.writeUInt16BE(stream.sequenceNumber, 2);
    buffer.writeUInt32BE(stream.timestamp, 4);
    buffer.writeUInt32BE(stream.ssrc, 8);
    stream.sequenceNumber = (stream.sequenceNumber + 1) & 0xffff;
    stream.timestamp = (stream.timestamp + PAYLOAD_OCTETS) >>> 0;
    const nowMs = performance.now();
    buffer.writeDoubleBE(nowMs, HEADER_OCTETS);
    if (nowMs >= this.#fromMs && nowMs < this.#toMs) this.sent++;
    stream.party.send(buffer, PACKET_OCTETS);
  }
}
