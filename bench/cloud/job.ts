/** What the load of the Connector is told to do, and what it answers. */
import type { Meter } from '../load/meter.ts';

interface CloudJobBase {
  readonly server: ConstructorParameters<typeof Meter>[0]['server'];
  readonly core: number;
  readonly port: number;
  /** File of the authority that its certificate is of. */
  readonly ca: string;
  /** People who are signed in. */
  readonly tokens: readonly string[];
  readonly measureSec: number;
  readonly warmupSec: number;
}

export type CloudJob = CloudJobBase &
  (
    | { readonly kind: 'connection-data'; readonly concurrent: number }
    | { readonly kind: 'settings' }
    | { readonly kind: 'events'; readonly concurrent: number }
  );

/** Lines the load prints, one JSON value each. */
export type CloudEvent =
  | {
      readonly event: 'answered';
      readonly count: number;
      readonly failed: number;
      readonly elapsedSec: number;
      readonly serverCpuSec: number;
      readonly foreignCpuSec: number;
      readonly p50Ms: number;
      readonly p99Ms: number;
      readonly problems: Readonly<Record<string, number>>;
    }
  /** All connections are open; the load waits for a line, then for what all of them are told. */
  | {
      readonly event: 'connected';
      readonly count: number;
      readonly failed: number;
      readonly elapsedSec: number;
      readonly problems: Readonly<Record<string, number>>;
    }
  /** All were told of one thing. */
  | { readonly event: 'told'; readonly count: number; readonly elapsedSec: number }
  | { readonly event: 'done' };
