import type { Clock } from '../time/clock.ts';
import type { ConnectionTable } from './connection-table.ts';
import type { TransportCounters } from './counters.ts';
import type { TransportProblem } from './errors.ts';
import type { LocalAddresses } from './local-address.ts';
import type { TransportLimits } from './options.ts';
import type { Receiver } from './receive.ts';
import type { SendFailure, TransportName } from './transport.ts';

/** What the parts of one transport share. */
export interface TransportContext {
  readonly clock: Clock;
  readonly limits: TransportLimits;
  readonly counters: TransportCounters;
  readonly receiver: Receiver;
  readonly connections: ConnectionTable;
  readonly localAddresses: LocalAddresses;
  admit(address: string, transport: TransportName): boolean;
  problem(problem: TransportProblem): void;
  /** Tells a sender, after the present call has returned, that its message was not sent. */
  fail(onFailure: (failure: SendFailure) => void, failure: SendFailure): void;
}
