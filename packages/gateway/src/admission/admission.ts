import type { System } from '@unisono/pbx';
import { type Flow, makeResponse, type Random, type SipRequest, type SipResponse } from '@unisono/sip';
import { isEmergencyRequest } from './emergency.ts';
import { FairShare } from './fair-share.ts';
import type { LoadMeter } from './load-meter.ts';

export interface AdmissionOptions {
  readonly meter: LoadMeter;
  readonly random: Random;
  readonly nowMs: () => number;
  readonly system: () => System;
}

/** Refusals since the start. */
export interface AdmissionCounters {
  dropped: number;
  refused: number;
}

/** Longest wait that an overloaded node asks for. */
const MAX_RETRY_AFTER_SEC = 12;

/**
 * Decides early and cheaply what an overloaded node still takes on: requests of running calls and emergency calls always,
 * others while there is room, and of each source no more than its share (RFC 3261 §21.5.4, RFC 5390).
 */
export class AdmissionControl {
  readonly counters: AdmissionCounters = { dropped: 0, refused: 0 };
  readonly #options: AdmissionOptions;
  readonly #share = new FairShare();

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Asked before a datagram is parsed: false drops it. */
  admitDatagram(address: string): boolean {
    this.#share.isOverloaded = this.#options.meter.isOverloaded;
    if (this.#share.admits(address, this.#options.nowMs())) return true;
    this.counters.dropped++;
    return false;
  }

  /** Asked for each new request; the response refuses it. */
  screen(request: SipRequest, _flow: Flow): SipResponse | undefined {
    if (!this.#options.meter.isFull || request.to.tag !== undefined) return undefined;
    if (isEmergencyRequest(request, this.#options.system())) return undefined;
    this.counters.refused++;
    const response = makeResponse(request, 503, { toTag: this.#options.random.hex(8) });
    response.headers.append('Retry-After', String(2 + this.#options.random.int(MAX_RETRY_AFTER_SEC - 2)));
    return response;
  }
}
