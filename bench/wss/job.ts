/** What the load of secure WebSockets is told to do, and what it answers. */
import type { Meter } from '../load/meter.ts';

export interface WssJob {
  readonly kind: 'wss';
  readonly server: ConstructorParameters<typeof Meter>[0]['server'];
  readonly core: number;
  /** Port of the door. */
  readonly doorPort: number;
  readonly domain: string;
  /** One connection each. */
  readonly clients: readonly { readonly user: string; readonly password: string }[];
  /** Connections that are opened at once, and registrations under way at once. */
  readonly concurrent: number;
  /** How long clients register again, on the connections that they have. */
  readonly measureSec: number;
  /** After all connections broke at once, each comes back at a random moment of so many seconds. */
  readonly spreadSec: number;
}

/** Lines the load prints, one JSON value each. After each but the last it waits for a line at its input. */
export type WssEvent =
  /** All clients are connected and registered. */
  | { readonly event: 'connected'; readonly count: number; readonly failed: number; readonly elapsedSec: number }
  /** Clients registered again and again. */
  | {
      readonly event: 'registered';
      readonly completed: number;
      readonly elapsedSec: number;
      readonly serverCpuSec: number;
      readonly foreignCpuSec: number;
      readonly generatorCpuSec: number;
      readonly problems: Readonly<Record<string, number>>;
    }
  /** All connections were broken at once, and clients came back. */
  | {
      readonly event: 'back';
      readonly count: number;
      readonly failed: number;
      /** From the break to the last registration. */
      readonly elapsedSec: number;
      readonly serverCpuSec: number;
    }
  | { readonly event: 'done' };
