import type { DtlsCertificate } from '../../../dtls/certificate.ts';
import type { RtpSocketFactory } from '../../../endpoint/socket.ts';
import type { MediaClock, MediaRandom } from '../../../time.ts';
import type { ApplyResult, CallConfig, CallLost, LegReport, RelayControl } from '../control.ts';
import { Queues } from '../queues.ts';
import { RelayCall } from './call.ts';
import { type Binding, RelayPorts } from './ports.ts';
import { ScratchBuffers } from './scratch.ts';

/** How often time-outs are looked at. */
export const CHECK_MS = 500;

/** What a relay is told at its start; plain data, so that it can be handed to a thread. */
export interface RelaySettings {
  readonly bindings: readonly Binding[];
  readonly certificate: DtlsCertificate;
  /** Longest time from a party's description to its connection by ICE and DTLS. */
  readonly connectMs: number;
}

export interface RelayRoomOptions extends RelaySettings {
  readonly sockets: RtpSocketFactory;
  readonly clock: MediaClock;
  readonly random: MediaRandom;
  readonly onLost: CallLost;
}

/** All calls of one worker: opens, joins and counts them; one timer for all, and none without calls. */
export class RelayRoom implements RelayControl {
  readonly #options: RelayRoomOptions;
  readonly #ports: RelayPorts;
  readonly #calls = new Map<string, RelayCall>();
  /** The end of what is being done to a call: one thing after the other. */
  readonly #queues = new Queues();
  readonly #scratch = new ScratchBuffers();
  #timer: { cancel(): void } | undefined;
  #isClosed = false;

  constructor(options: RelayRoomOptions) {
    this.#options = options;
    this.#ports = new RelayPorts(options.bindings, options.sockets, options.random);
  }

  apply(callId: string, config: CallConfig): Promise<ApplyResult> {
    return this.#queues.add(callId, () => this.#apply(callId, config));
  }

  async remove(callId: string): Promise<void> {
    this.#calls.get(callId)?.close();
    this.#calls.delete(callId);
    if (this.#calls.size === 0) this.#stopTimer();
  }

  async report(callId: string): Promise<readonly LegReport[]> {
    return this.#calls.get(callId)?.report() ?? [];
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopTimer();
    for (const call of this.#calls.values()) call.close();
    this.#calls.clear();
  }

  get calls(): number {
    return this.#calls.size;
  }

  /** Pairs of ports in use. */
  get portPairsUsed(): number {
    return this.#ports.used;
  }

  onTimer(): void {
    this.#timer = undefined;
    const nowMs = this.#options.clock.nowMs();
    for (const call of [...this.#calls.values()]) call.check(nowMs);
    if (this.#calls.size > 0) this.#startTimer();
  }

  async #apply(callId: string, config: CallConfig): Promise<ApplyResult> {
    if (this.#isClosed) return { ok: false, code: 'unavailable', message: 'the media engine is closed' };
    let call = this.#calls.get(callId);
    const isNew = !call;
    if (!call) {
      call = this.#newCall(callId);
      this.#calls.set(callId, call);
      this.#startTimer();
    }
    const result = await call.apply(config);
    if (!result.ok && isNew && this.#calls.get(callId) === call) await this.remove(callId);
    return result;
  }

  #newCall(callId: string): RelayCall {
    const { certificate, clock, connectMs, onLost } = this.#options;
    let isLost = false;
    const context = { certificate, connectMs, scratch: this.#scratch, clock };
    return new RelayCall(this.#ports, context, (loss, message) => {
      if (isLost) return;
      isLost = true;
      onLost(callId, loss, message);
    });
  }

  #startTimer(): void {
    this.#timer ??= this.#options.clock.startTimer(CHECK_MS, this, undefined);
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
