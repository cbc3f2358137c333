/** What a load generator is told to do, and what it answers. */

interface Server {
  readonly address: string;
  readonly port: number;
  /** The process group whose CPU time is read, and the core it is bound to. */
  readonly groupId: number;
  readonly core: number;
}

/** Either as fast as it goes with so many at once, or at a steady rate. */
export type Pace = { readonly concurrent: number } | { readonly perSec: number };

interface JobBase {
  readonly server: Server;
  /** The core the generator is bound to. */
  readonly core: number;
  /** Where the generator calls from and registers from. */
  readonly callerPort: number;
  readonly devicePort: number;
  readonly pace: Pace;
  readonly warmupSec: number;
  readonly measureSec: number;
}

/** A device that is registered before the calls begin. */
export interface DeviceAccount {
  /** The user of the address of record. */
  readonly user: string;
  readonly authUser: string;
  readonly password: string;
  /** The user part of its contact, by which it knows itself: `answer-17`, `ring-17-1`. */
  readonly contact: string;
}

export interface EchoJob extends JobBase {
  readonly kind: 'echo';
  readonly datagramOctets: number;
}

/** REGISTER, 401, REGISTER, 200 of one account after the other. */
export interface RegisterJob extends JobBase {
  readonly kind: 'register';
  readonly accounts: readonly DeviceAccount[];
  readonly domain: string;
}

/** INVITE, 100, 180, 200, ACK, BYE, 200. With `ringing` > 1 the first device answers once all of them ring. */
export interface CallsJob extends JobBase {
  readonly kind: 'calls';
  readonly accounts: readonly DeviceAccount[];
  readonly domain: string;
  /** The numbers called in turn; the n-th rings at contacts that end with its index. */
  readonly targets: readonly string[];
  readonly ringing: number;
}

/** So many calls set up and held until a line arrives at the input, then ended. */
export interface HoldJob extends JobBase {
  readonly kind: 'hold';
  readonly accounts: readonly DeviceAccount[];
  readonly domain: string;
  readonly targets: readonly string[];
  readonly calls: number;
}

/** All accounts registered once (nothing measured), and unregistered again when `expiresSec` is 0. */
export interface EnrolJob extends JobBase {
  readonly kind: 'enrol';
  readonly accounts: readonly DeviceAccount[];
  readonly domain: string;
  readonly expiresSec: number;
}

export type Job = EchoJob | RegisterJob | CallsJob | HoldJob | EnrolJob;

/** Counts of one measured interval. Times are in ms. */
export interface LoadResult {
  readonly completed: number;
  readonly failed: number;
  /** Requests sent again by the generator, and requests and responses that came again from the server. */
  readonly retransmitted: number;
  readonly elapsedSec: number;
  readonly serverCpuSec: number;
  /** What else ran on the server's core, or on the generator's if that was more. */
  readonly foreignCpuSec: number;
  readonly generatorCpuSec: number;
  /** INVITE sent to 180 received. */
  readonly ringP50: number;
  readonly ringP99: number;
  /** INVITE sent to INVITE received at the last device. */
  readonly setupP50: number;
  readonly setupP99: number;
  /** What went wrong, each kind with its count. */
  readonly problems: Readonly<Record<string, number>>;
}

/** Lines the generator prints, one JSON value each. */
export type LoadEvent =
  | { readonly event: 'held'; readonly calls: number }
  | { readonly event: 'done'; readonly result: LoadResult };
