import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Labels = Readonly<Record<string, string | number>>;

/** Numbers about the running process, for Prometheus and the like. Names are `unisono_…` with their unit at the end. */
export interface Metrics {
  /** A count that only grows. */
  counter(name: string, about: string, labels?: readonly string[]): { add(labels?: Labels, count?: number): void };
  /** A value that is asked for when somebody looks. */
  gauge(name: string, about: string, read: () => number): void;
  /** How values are spread over the given upper bounds. */
  histogram(name: string, about: string, bounds: readonly number[]): { observe(value: number): void };
  /** Everything in the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** Metrics with the usual ones of the process (memory, CPU, event loop) unless `ofProcess` is false. */
export function createMetrics(ofProcess = true): Metrics {
  const registry = new Registry();
  if (ofProcess) collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    counter: (name, help, labelNames = []) => {
      const counter = new Counter({ name, help, labelNames: [...labelNames], registers });
      return { add: (labels = {}, count = 1) => counter.inc({ ...labels }, count) };
    },
    gauge: (name, help, read) => {
      new Gauge({ name, help, registers, collect: gaugeReader(read) });
    },
    histogram: (name, help, bounds) => {
      const histogram = new Histogram({ name, help, buckets: [...bounds], registers });
      return { observe: (value) => histogram.observe(value) };
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function gaugeReader(read: () => number): (this: Gauge) => void {
  return function () {
    this.set(read());
  };
}
