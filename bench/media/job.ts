/** What a media load is told to do, and what it answers. */

/** What the outside party of each call speaks; the inside party speaks plain RTP. */
export type OutsideSecurity = 'plain' | 'dtls';

/** How the engine is reached: by our own server's line protocol, or by rtpengine's. */
export type MediaControl = 'line' | 'ng';

export interface MediaServer {
  readonly control: MediaControl;
  readonly port: number;
  /** The process group whose CPU time is read, and the core it is bound to. */
  readonly groupId: number;
  readonly core: number;
}

interface MediaJobBase {
  readonly server: MediaServer;
  /** The core the generator is bound to. */
  readonly core: number;
  readonly outside: OutsideSecurity;
  readonly warmupSec: number;
  readonly measureSec: number;
}

/** So many calls of 50 packets a second each way. */
export interface StreamsJob extends MediaJobBase {
  readonly kind: 'streams';
  readonly calls: number;
  /** Afterwards the most calls are looked for, of which nearly all packets come through. */
  readonly isSearching: boolean;
}

/** Calls set up until their media is secured, and ended again, so many at once. */
export interface SetupsJob extends MediaJobBase {
  readonly kind: 'setups';
  readonly concurrent: number;
}

/** So many calls set up and held until a line arrives at the input, then ended. As many come and go before. */
export interface AnchorsJob extends MediaJobBase {
  readonly kind: 'anchors';
  readonly calls: number;
}

export type MediaJob = StreamsJob | SetupsJob | AnchorsJob;

export interface MediaResult {
  readonly values: Readonly<Record<string, number>>;
  readonly problems: Readonly<Record<string, number>>;
}

/** Lines the load prints, one JSON value each. */
export type MediaEvent =
  /** The first calls of an `anchors` job are gone; it waits for a line. */
  | { readonly event: 'empty' }
  /** Its calls are up; it waits for a line. */
  | { readonly event: 'held' }
  | { readonly event: 'done'; readonly result: MediaResult };
