/** Counts what happens in the measured interval, and what it cost the server. */
import { coreBusySec, groupCpuSec } from '../processes.ts';
import { percentile } from '../statistics.ts';
import type { Job, LoadResult } from './job.ts';

/** What the parties of a call tell. */
export interface CallMeter {
  complete(): void;
  fail(problem: string): void;
  retransmission(): void;
  ring(ms: number): void;
  setup(ms: number): void;
}

export class Meter implements CallMeter {
  readonly #job: Pick<Job, 'server' | 'core'>;
  #isOn = false;
  #completed = 0;
  #failed = 0;
  #retransmitted = 0;
  #ringMs: number[] = [];
  #setupMs: number[] = [];
  #problems = new Map<string, number>();
  #startMs = 0;
  #startCpuSec = 0;
  #startServerCoreSec = 0;
  #startOwnCoreSec = 0;
  #startOwn = process.cpuUsage();

  constructor(job: Pick<Job, 'server' | 'core'>) {
    this.#job = job;
  }

  begin(): void {
    this.#startMs = performance.now();
    this.#startCpuSec = groupCpuSec(this.#job.server.groupId);
    this.#startServerCoreSec = coreBusySec(this.#job.server.core);
    this.#startOwnCoreSec = coreBusySec(this.#job.core);
    this.#startOwn = process.cpuUsage();
    this.#isOn = true;
  }

  complete(): void {
    if (this.#isOn) this.#completed++;
  }

  fail(problem: string): void {
    if (!this.#isOn) return;
    this.#failed++;
    this.#problems.set(problem, (this.#problems.get(problem) ?? 0) + 1);
  }

  retransmission(): void {
    if (this.#isOn) this.#retransmitted++;
  }

  ring(ms: number): void {
    if (this.#isOn) this.#ringMs.push(ms);
  }

  setup(ms: number): void {
    if (this.#isOn) this.#setupMs.push(ms);
  }

  end(): LoadResult {
    this.#isOn = false;
    const serverCpuSec = groupCpuSec(this.#job.server.groupId) - this.#startCpuSec;
    const own = process.cpuUsage(this.#startOwn);
    const generatorCpuSec = (own.user + own.system) / 1e6;
    const besideServer = coreBusySec(this.#job.server.core) - this.#startServerCoreSec - serverCpuSec;
    const besideGenerator = coreBusySec(this.#job.core) - this.#startOwnCoreSec - generatorCpuSec;
    return {
      completed: this.#completed,
      failed: this.#failed,
      retransmitted: this.#retransmitted,
      elapsedSec: (performance.now() - this.#startMs) / 1000,
      serverCpuSec,
      foreignCpuSec: Math.max(0, besideServer, besideGenerator),
      generatorCpuSec,
      ringP50: percentile(this.#ringMs, 0.5),
      ringP99: percentile(this.#ringMs, 0.99),
      setupP50: percentile(this.#setupMs, 0.5),
      setupP99: percentile(this.#setupMs, 0.99),
      problems: Object.fromEntries(this.#problems),
    };
  }
}
