/** Calls of a `streams` job, their packets, and the search for the most calls that come through. */
import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../../statistics.ts';
import type { MediaResult, StreamsJob } from '../job.ts';
import type { AnchoredCall, MediaHandler } from './anchored-call.ts';
import { cpuShares, measureCpu } from './cpu-meter.ts';
import { setUpAll } from './set-up.ts';
import { type Stream, Streams, streamsOf } from './streams.ts';

/** Calls that are tried, as shares of what CPU time says: the first try, and each next after too much loss. */
const FIRST_GUESS = 0.95;
const NEXT_GUESS = 0.85;
const MOST_CALLS = 1_000;
const MAX_LOST_SHARE = 0.005;
/** Packets on their way when the interval ends are waited for. */
const DRAIN_MS = 500;

export class StreamLoad {
  readonly #job: StreamsJob;
  readonly #newCall: (onMedia: MediaHandler) => AnchoredCall;
  readonly #calls: AnchoredCall[] = [];
  readonly #streams: Stream[] = [];
  #running: Streams | undefined;

  constructor(job: StreamsJob, newCall: (onMedia: MediaHandler) => AnchoredCall) {
    this.#job = job;
    this.#newCall = newCall;
  }

  async run(): Promise<MediaResult> {
    const { calls, measureSec, isSearching } = this.#job;
    await this.#setUpTo(calls);
    const steady = await this.#measure(calls, measureSec);
    const most = isSearching ? await this.#search(steady.callsPerCore ?? 0) : {};
    await Promise.all(this.#calls.map((call) => call.end()));
    return { values: { ...steady, ...most }, problems: {} };
  }

  /** From what CPU time says downwards, until loss is low. The generator may be the one that cannot keep up. */
  async #search(callsPerCore: number): Promise<Record<string, number>> {
    const { calls: least, measureSec } = this.#job;
    let count = Math.max(least, Math.min(MOST_CALLS, Math.floor(callsPerCore * FIRST_GUESS)));
    await this.#setUpTo(count);
    for (;;) {
      const busy = await this.#measure(count, measureSec / 2);
      const isThrough = (busy.lostShare ?? 1) < MAX_LOST_SHARE;
      if (isThrough || count <= least) {
        return {
          reachedCalls: isThrough ? count : Number.NaN,
          reachedCallsPerCore: isThrough ? (busy.callsPerCore ?? Number.NaN) : Number.NaN,
          reachedServerShare: busy.serverShare ?? Number.NaN,
          reachedGeneratorShare: busy.generatorShare ?? Number.NaN,
        };
      }
      count = Math.max(least, Math.floor(count * NEXT_GUESS));
    }
  }

  async #setUpTo(count: number): Promise<void> {
    const onMedia: MediaHandler = (packet, octets) => this.#running?.take(packet, octets);
    const fresh = Array.from({ length: count - this.#calls.length }, () => this.#newCall(onMedia));
    await setUpAll(fresh);
    this.#calls.push(...fresh);
    this.#streams.push(...fresh.flatMap(streamsOf));
  }

  async #measure(calls: number, measureSec: number): Promise<Record<string, number>> {
    const streams = new Streams(this.#streams.slice(0, 2 * calls));
    this.#running = streams;
    streams.run();
    await delay(this.#job.warmupSec * 1000);
    const end = measureCpu(this.#job);
    streams.measureFrom(performance.now());
    await delay(measureSec * 1000);
    const use = end();
    streams.measureTo(performance.now());
    await delay(DRAIN_MS);
    streams.stop();
    const { sent, received, delaysMs, latestTickMs } = streams;
    const cameThrough = received / Math.max(1, sent);
    return {
      ...cpuShares(use),
      calls,
      packetCpuUs: (use.serverCpuSec * 1e6) / Math.max(1, received),
      callsPerCore: (calls * cameThrough * use.elapsedSec) / use.serverCpuSec,
      lostShare: 1 - cameThrough,
      delayP50Ms: percentile(delaysMs, 0.5),
      delayP99Ms: percentile(delaysMs, 0.99),
      latestTickMs,
    };
  }
}
