import type { LinkConfig } from '../control.ts';
import type { Leg } from './leg.ts';

/** One direction of a call: what comes from a leg goes to `to`, with its numbers. */
export class Link {
  readonly to: Leg;
  readonly isOpen: boolean;
  readonly #payloadTypes = Uint8Array.from({ length: 128 }, (_, payloadType) => payloadType);
  readonly #unitsPerMs: number;

  constructor(config: LinkConfig, to: Leg, clockRateHz: number) {
    this.to = to;
    this.isOpen = config.isOpen;
    this.#unitsPerMs = clockRateHz / 1000;
    for (const [incoming, outgoing] of config.payloadTypes) this.#payloadTypes[incoming & 0x7f] = outgoing & 0x7f;
  }

  /** Passes a packet in the clear on; `packet` may be changed. `second` is its second octet: marker and payload type. */
  pass(
    from: number,
    packet: Buffer,
    octets: number,
    second: number,
    sequenceNumber: number,
    timestamp: number,
    ssrc: number,
    nowMs: number,
  ): void {
    if (!this.isOpen) return;
    const { out } = this.to;
    if (!out.accept(from, ssrc, sequenceNumber, timestamp, nowMs, this.#unitsPerMs)) return;
    // RFC 3551 §4.1: the first packet of a talkspurt is marked, and so is that of another source.
    const marker = second >= 128 || out.isFirst;
    this.to.sendRtp(packet, octets, this.#payloadTypes[second & 0x7f] as number, marker);
  }
}
