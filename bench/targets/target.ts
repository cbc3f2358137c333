/** The servers that are measured, behind one face. */
import type { DeviceAccount } from '../load/job.ts';

/** What a server is started for. */
export interface Stage {
  readonly kind: 'register' | 'calls' | 'forks' | 'clients';
  /** Devices to have accounts for. */
  readonly accounts: readonly Omit<DeviceAccount, 'contact'>[];
  /** People who are called: one each of `calls`, three devices each of `forks`; `clients` have web clients beside a desk phone. */
  readonly people: number;
  readonly callerPort: number;
  readonly devicePort: number;
  /** The core the server is bound to. */
  readonly cpus: string;
}

/** A running server. */
export interface Target {
  readonly address: string;
  readonly port: number;
  /** Port of its door for secure WebSockets; 0 when there is none. */
  readonly doorPort: number;
  /** Its process group. */
  readonly pid: number;
  readonly domain: string;
  /** What the devices of the stage register with; empty when the server needs no registration to reach them. */
  readonly devices: readonly DeviceAccount[];
  /** The numbers that are called; the n-th rings at the contacts that end with n. */
  readonly numbers: readonly string[];
  /** Gives memory back that is only waiting for its collection. */
  settle(): void;
  /** Octets that it holds when all garbage is collected, whatever of its memory is resident; only a server on Node can tell. */
  readonly liveOctets?: () => Promise<number>;
  stop(): Promise<void>;
}

export interface TargetKind {
  readonly name: string;
  /** Why it cannot be measured here; undefined when it can. */
  missing(): string | undefined;
  start(stage: Stage): Promise<Target>;
}
