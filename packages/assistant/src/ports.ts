import type { HistoryEntry } from '@unisono/contract';
import type { Change, StationCalls, System, SystemError } from '@unisono/pbx';
import type { Statement } from './store/index.ts';

/** What came of a commit. */
export type Commit =
  | { readonly ok: true; readonly version: number; readonly system: System }
  /** The domain does not allow it: nothing was changed. */
  | { readonly ok: false; readonly reason: 'invalid'; readonly errors: readonly SystemError[] }
  /** Somebody else changed the system since `expectedVersion`: look again, then decide again. */
  | { readonly ok: false; readonly reason: 'overtaken' }
  /** The store did not take it (disk full, database locked): nothing was changed. */
  | { readonly ok: false; readonly reason: 'storage'; readonly message: string };

/** The system data in force, and the way to change them. */
export interface SystemPort {
  current(): System;
  readonly version: number;
  /**
   * Puts the changes in force, all or none, durable when it returns, in one transaction with the statements of `also`;
   * only when the version is still `expectedVersion`.
   */
  commit(changes: readonly Change[], expectedVersion: number, also: readonly Statement[]): Commit;
  /** Calls back after each change, from wherever it came. */
  onChange(listener: (system: System) => void): void;
}

/** Where a desk phone finds the gateway, over one transport. */
export interface PhonePlace {
  readonly transport: string;
  readonly host: string;
  readonly port: number;
}

/** One registered contact, as administrators see it. */
export interface Contact {
  /** `desk:STATION` or `client:UFIP-DEVICE`. */
  readonly device: string;
  readonly userAgent: string;
  readonly transport: string;
  /** Where it registered from. */
  readonly address: string;
  readonly expiresAtMs: number;
}

/** A call that is alerting or running. */
export interface CallNow {
  readonly id: string;
  readonly caller: string;
  readonly callee: string;
  readonly startedAtMs: number;
  readonly answeredAtMs: number | undefined;
  /** Ids of the users who take part. */
  readonly users: readonly string[];
}

/** Stations whose calls have changed, each with all that it has, and the mark to ask with next. */
export interface ChangedCalls {
  readonly mark: number;
  readonly stations: readonly StationCalls[];
}

/** How a trunk is: `trunk` is `GROUP/TRUNK`; those that are switched off are not told. */
export interface TrunkNow {
  readonly trunk: string;
  /** `unsupervised`, `unknown` (not heard of yet), `up`, `down` */
  readonly state: string;
  /** While it is down: whether `registration` or `options` failed, and what was heard, as `403 Forbidden` or `timeout`. */
  readonly problem?: { readonly step: string; readonly why: string };
  readonly channelsInUse: number;
}

/** What is going on at the gateways at this moment. */
export interface NowPort {
  readonly contacts: () => readonly Contact[];
  readonly calls: () => readonly CallNow[];
  /** Changes after a mark; 0: from now on. */
  readonly changedCalls: (mark: number) => ChangedCalls;
  readonly trunks: () => readonly TrunkNow[];
}

/** A call detail record as it is stored. */
export interface CallEntry {
  readonly id: string;
  readonly startedAtMs: number;
  readonly alertingAtMs?: number | undefined;
  readonly answeredAtMs?: number | undefined;
  readonly endedAtMs?: number | undefined;
  readonly caller: CallSide;
  readonly dialled: string;
  readonly callee?: CallSide | undefined;
  readonly result?: string | undefined;
  readonly detail?: string | undefined;
  readonly isEmergency: boolean;
  /** Stations that sent the call on, with why, in order. */
  readonly diversions?: readonly { readonly station: string; readonly reason: string }[];
  /** Each device, machine or trunk that was tried. */
  readonly legs?: readonly CallEntryLeg[];
}

interface CallEntryLeg {
  /** `desk`, `client`, `voicemail`, `trunk:GROUP/TRUNK` or `application:ID` */
  readonly kind: string;
  readonly station?: string | undefined;
  readonly startedAtMs: number;
  readonly alertingAtMs?: number | undefined;
  readonly answeredAtMs?: number | undefined;
  readonly endedAtMs?: number | undefined;
  /** SIP status of its end. */
  readonly status?: number | undefined;
}

interface CallSide {
  readonly number?: string | undefined;
  readonly name?: string | undefined;
}

export interface CallQuery {
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** A number or a part of a name of either side. */
  readonly text?: string | undefined;
  /** How it ended; `voicemail`: a message could be left, `answered`: somebody did. */
  readonly result?: string | undefined;
  readonly limit: number;
}

/** Reads call detail records, the latest first. */
export interface CallRecordPort {
  read(query: CallQuery): readonly CallEntry[];
  find(id: string): CallEntry | undefined;
}

/** Calls that have ended, in the order in which they were written down. */
export interface EndedCallsPort {
  /** Position of the last one there is. */
  latest(): number;
  /** Some of those behind a position, with where they end and what each user's history says; undefined: there are none. */
  after(
    position: number,
  ):
    | { readonly position: number; readonly told: readonly { readonly user: string; readonly entry: HistoryEntry }[] }
    | undefined;
}

/** A message in a mailbox. */
export interface MailboxMessage {
  readonly messageId: string;
  readonly party: { readonly number?: string; readonly name?: string };
  readonly receivedAtMs: number;
  readonly durationMs: number;
  readonly isHeard: boolean;
}

/** The mailboxes, as the gateways keep them. */
export interface MailboxPort {
  box(user: string): {
    readonly messages: readonly MailboxMessage[];
    readonly hasGreeting: boolean;
    readonly maxGreetingMs: number;
  };
  /** A WAV file: a message of that user, or the user's greeting; undefined when it is not there. */
  audio(user: string, messageId: string | undefined): Buffer | undefined;
  /** Durable when it resolves. */
  change(messageId: string, change: 'heard' | 'deleted'): Promise<void>;
  /** Resolves with what is wrong with the file; undefined: it is set, and durable. */
  setGreeting(user: string, wav: Buffer | undefined): Promise<string | undefined>;
  /** Calls back with the user whose mailbox was changed, by whatever process. */
  onChange(listener: (user: string) => void): void;
}

/** Time, handed in. */
export interface AssistantClock {
  epochMs(): number;
  /** Calls back once; gives the function that calls it off. */
  after(delayMs: number, callback: () => void): () => void;
}

/** Chance, handed in: octets that nobody can guess, and a number 0 ≤ n < 1 for spreading. */
export interface AssistantRandom {
  bytes(count: number): Buffer;
  fraction(): number;
}

export interface AssistantLog {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}
