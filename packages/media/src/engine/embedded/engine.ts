import { createDtlsCertificate, type DtlsCertificate } from '../../dtls/certificate.ts';
import { UdpRtpSockets } from '../../endpoint/udp.ts';
import { aliasesOf } from '../../same-host.ts';
import { SystemMediaClock } from '../../time.ts';
import type {
  AnswerRequest,
  MediaCallStatistics,
  MediaEngine,
  MediaEngineErrorCode,
  MediaEngineResult,
  MediaEngineSnapshot,
  MediaKey,
  MediaLoss,
  OfferRequest,
} from '../engine.ts';
import { withoutBranch, withParty } from './call-state.ts';
import type { LegPorts } from './control.ts';
import { type ExchangeContext, planOffer, takeAnswer } from './exchange.ts';
import {
  bindingsOf,
  DEFAULT_CONNECT_MS,
  DEFAULT_CONTROL_MS,
  DEFAULT_INACTIVITY_MS,
  defaultWorkers,
  type EmbeddedEngineOptions,
  facesOf,
  portPairsTotal,
  SYSTEM_RANDOM,
  SYSTEM_SECRETS,
} from './options.ts';
import { type CallState, configOf, NEW_CALL } from './party.ts';
import { Queues } from './queues.ts';
import type { RelayRoomOptions } from './relay/room.ts';
import { callStatistics } from './statistics.ts';
import { WorkerPool } from './workers/pool.ts';
import { ThreadWorker } from './workers/thread.ts';
import type { RelayWorker } from './workers/worker.ts';

interface Call {
  readonly worker: RelayWorker;
  readonly startedAtMs: number;
  state: CallState;
}

/**
 * Makes an engine with a certificate of its own and starts its workers. Throws a TypeError for options that cannot work.
 * The code that carries packets is loaded here only when there are no threads that load it for themselves.
 */
export async function createEmbeddedEngine(options: EmbeddedEngineOptions): Promise<EmbeddedEngine> {
  const inline = options.workers === 0 ? await import('./workers/inline.ts') : undefined;
  return new EmbeddedEngine(options, createDtlsCertificate(), inline && ((room) => new inline.InlineWorker(room)));
}

/** Makes a worker without a thread. */
type StartInline = (options: RelayRoomOptions) => RelayWorker;

/**
 * The media engine that needs nothing installed: descriptions are read and written here, packets pass through workers.
 * One certificate serves every call of the process.
 */
export class EmbeddedEngine implements MediaEngine {
  readonly #options: EmbeddedEngineOptions;
  readonly #context: ExchangeContext;
  readonly #pool: WorkerPool;
  readonly #calls = new Map<string, Call>();
  /** The end of what is being done to a call. */
  readonly #queues = new Queues();
  readonly #portPairsTotal: number;
  readonly #startInline: StartInline | undefined;
  #isClosed = false;

  /** Use `createEmbeddedEngine`. Without `startInline` there are always threads. */
  constructor(options: EmbeddedEngineOptions, certificate: DtlsCertificate, startInline?: StartInline) {
    this.#options = options;
    this.#startInline = startInline;
    const secrets = options.secrets ?? SYSTEM_SECRETS;
    this.#context = { faces: facesOf(options), fingerprint: certificate.fingerprint, secrets };
    this.#portPairsTotal = portPairsTotal(options);
    const count = options.workers ?? defaultWorkers();
    this.#pool = new WorkerPool({
      size: Math.max(1, count),
      nowMs: () => performance.now(),
      start: (place, onDeath) => this.#startWorker(count, place, certificate, onDeath),
      onDeath: (worker, reason) => this.#bury(worker, reason),
    });
  }

  offer(request: OfferRequest): Promise<MediaEngineResult> {
    return this.#queues.add(request.callId, () => this.#offer(request));
  }

  answer(request: AnswerRequest): Promise<MediaEngineResult> {
    return this.#queues.add(request.callId, () => this.#answer(request));
  }

  delete(key: Pick<MediaKey, 'callId'> & Partial<MediaKey>): Promise<void> {
    return this.#queues.add(key.callId, () => this.#delete(key));
  }

  async query(callId: string): Promise<MediaCallStatistics | undefined> {
    const call = this.#calls.get(callId);
    if (!call) return undefined;
    const reports = await call.worker.report(callId);
    return { callId, startedAtMs: call.startedAtMs, legs: callStatistics(call.state, reports) };
  }

  snapshot(): MediaEngineSnapshot {
    let portsUsed = 0;
    for (const { state } of this.#calls.values()) portsUsed += 2 * state.parties.length;
    return {
      kind: 'embedded',
      calls: this.#calls.size,
      portsUsed,
      portsTotal: 2 * this.#portPairsTotal,
      available: this.#pool.available,
      configured: this.#pool.configured,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#calls.clear();
    await this.#pool.close();
  }

  /** The workers, for tests that kill one. */
  get workers(): readonly RelayWorker[] {
    return this.#pool.workers;
  }

  async #offer(request: OfferRequest): Promise<MediaEngineResult> {
    if (this.#isClosed) return failure('unavailable', 'the media engine is closed');
    const known = this.#calls.get(request.callId);
    const plan = planOffer(known?.state ?? NEW_CALL, request, this.#context);
    if (!plan.ok) return plan;
    const call = known ?? this.#newCall();
    if (!call) return failure('unavailable', 'no media worker is up');
    let state = plan.call;
    if (plan.isLarger) {
      const applied = await call.worker.apply(request.callId, configOf(state, this.#timing));
      if (!applied.ok)
        return applied.code === 'no-ports'
          ? failure('no-ports', applied.message)
          : this.#drop(request.callId, applied.message);
      state = withPorts(state, applied.ports);
    }
    const { call: next, sdp } = plan.finish(state);
    if (!this.#keep(request.callId, call, known)) return failure('unavailable', 'the media engine is closed');
    call.state = next;
    return { ok: true, sdp };
  }

  async #answer(request: AnswerRequest): Promise<MediaEngineResult> {
    const call = this.#calls.get(request.callId);
    if (!call) return failure('unknown-call', `no exchange is known by Call-ID ${request.callId}`);
    const taken = takeAnswer(call.state, request, this.#context);
    if (!taken.ok) return taken;
    const applied = await call.worker.apply(request.callId, configOf(taken.call, this.#timing));
    if (!applied.ok) return failure(applied.code, applied.message);
    if (!this.#isStill(request.callId, call)) return failure('unavailable', 'the call has ended meanwhile');
    call.state = taken.call;
    return { ok: true, sdp: taken.sdp };
  }

  async #delete(key: Pick<MediaKey, 'callId'> & Partial<MediaKey>): Promise<void> {
    const call = this.#calls.get(key.callId);
    if (!call) return;
    const isWhole = key.toTag === undefined && key.viaBranch === undefined;
    const state = isWhole ? NEW_CALL : withoutBranch(call.state, key);
    if (state.pairs.length === 0) return await this.#forget(key.callId, call);
    if (state.pairs.length === call.state.pairs.length) return;
    call.state = state;
    await call.worker.apply(key.callId, configOf(state, this.#timing));
    this.#isStill(key.callId, call);
  }

  get #timing() {
    return { inactivityMs: this.#options.inactivityMs ?? DEFAULT_INACTIVITY_MS, aliasesOf };
  }

  #newCall(): Call | undefined {
    const worker = this.#pool.pick();
    if (!worker) return undefined;
    const startedAtMs = (this.#options.wallClockMs ?? Date.now)();
    return { worker, startedAtMs, state: NEW_CALL };
  }

  /** False when the call was lost while its worker was asked, which then may hold it anew: it is told to forget it. */
  #isStill(callId: string, call: Call): boolean {
    const isStill = this.#calls.get(callId) === call;
    if (!isStill) void call.worker.remove(callId);
    return isStill;
  }

  /** False when the world has changed while the worker was asked: then the worker forgets the call too. */
  #keep(callId: string, call: Call, known: Call | undefined): boolean {
    if (this.#isClosed || !call.worker.isAlive || (known && this.#calls.get(callId) !== known)) {
      void call.worker.remove(callId);
      return false;
    }
    if (!known) {
      this.#calls.set(callId, call);
      call.worker.calls++;
    }
    return true;
  }

  /** The worker did not answer: what it holds of a new call is not known, so it is told to forget it. */
  #drop(callId: string, message: string): MediaEngineResult {
    const worker = this.#calls.get(callId)?.worker;
    if (!worker) for (const each of this.#pool.workers) void each.remove(callId);
    return failure('unavailable', message);
  }

  async #forget(callId: string, call: Call): Promise<void> {
    this.#calls.delete(callId);
    call.worker.calls--;
    await call.worker.remove(callId);
  }

  #startWorker(count: number, place: number, certificate: DtlsCertificate, onDeath: (reason: string) => void) {
    const { connectMs = DEFAULT_CONNECT_MS, controlMs = DEFAULT_CONTROL_MS, inline } = this.#options;
    const settings = { bindings: bindingsOf(this.#options, place, Math.max(1, count)), certificate, connectMs };
    const onLost = (callId: string, loss: MediaLoss, message: string) => this.#lose(callId, loss, message);
    if (!this.#startInline) return new ThreadWorker({ settings, controlMs, onLost, onDeath });
    const machine = inline ?? { sockets: new UdpRtpSockets(), clock: new SystemMediaClock(), random: SYSTEM_RANDOM };
    return this.#startInline({ ...settings, ...machine, onLost });
  }

  #lose(callId: string, loss: MediaLoss, message: string): void {
    const call = this.#calls.get(callId);
    if (!call) return;
    void this.#forget(callId, call);
    this.#options.events?.onCallLost?.(callId, loss, message);
  }

  #bury(worker: RelayWorker, reason: string): void {
    for (const [callId, call] of [...this.#calls]) {
      if (call.worker === worker) this.#lose(callId, 'engine-lost', `the media worker of the call has died: ${reason}`);
    }
  }
}

function withPorts(state: CallState, ports: readonly LegPorts[]): CallState {
  return state.parties.reduce((call, party) => {
    const own = ports.find(({ id }) => id === party.id);
    return own ? withParty(call, { ...party, ports: own }) : call;
  }, state);
}

function failure(code: MediaEngineErrorCode, message: string): MediaEngineResult {
  return { ok: false, error: { code, message } };
}
