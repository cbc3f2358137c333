import type { WavAudio } from '@unisono/media';
import type { Change, Mac, MacWith, System } from '@unisono/pbx';

/** System data as the gateway sees it: always a whole valid system, replaced on change. */
export interface SystemSource {
  current(): System;
  /** Applies a change made at a phone; the result is durable when it is ok. `by` says for the audit log where it was made. */
  apply(change: Change, by?: string): { readonly ok: true } | { readonly ok: false; readonly message: string };
  /** Calls back after each change with the system now in force. */
  onChange(listener: (system: System) => void): void;
}

/** One registered contact as it is kept over a restart. */
export interface StoredBinding {
  /** `desk:STATION` or `client:UFIP-DEVICE`. */
  readonly device: string;
  /** Unique within the device. */
  readonly key: string;
  readonly contactUri: string;
  readonly path: readonly string[];
  readonly instance: string | undefined;
  readonly regId: number | undefined;
  readonly callId: string;
  readonly sequence: number;
  readonly expiresAtMs: number;
  readonly userAgent: string;
  /** Where the REGISTER came from. */
  readonly transport: 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';
  readonly address: string;
  readonly port: number;
  /** Installation of a client that registered with credentials of its own. */
  readonly installation?: string | undefined;
  /** True when the contact's own address cannot be used: only the way it came leads back. */
  readonly flowOnly: boolean;
}

/** Keeps registrations over a restart. Writes may be gathered for a moment: phones register again if they are lost. */
export interface RegistrationStore {
  load(): readonly StoredBinding[];
  save(binding: StoredBinding): void;
  remove(device: string, key: string): void;
}

/** What a gateway needs to believe the time-limited credentials of clients (see `sealClaims` of the domain). */
export interface ClientKeys {
  /** Made with the key that issuer and gateways share. */
  readonly mac: Mac;
  readonly macWith: MacWith;
  /** True when this installation of a client may not sign in any more. */
  isRevoked(installation: string): boolean;
  /** Calls back when an installation was revoked. */
  onRevoked(listener: (installation: string) => void): void;
}

/** How a call ended, once and truthfully. */
export type CallResult =
  | 'answered'
  | 'cancelled'
  | 'busy'
  | 'declined'
  | 'noAnswer'
  | 'unreachable'
  | 'refused'
  | 'failed'
  | 'interrupted';

/** One end of a call: a station, an outside number, or a machine. Never an auxiliary number. */
export interface CallParty {
  readonly number: string | undefined;
  readonly name: string | undefined;
  readonly station: string | undefined;
  readonly user: string | undefined;
  /** Trunk group, when the party is outside. */
  readonly trunkGroup: string | undefined;
}

/** One attempt to reach a device, machine or trunk within a call. */
export interface CallLeg {
  /** `desk`, `client`, `trunk:GROUP/TRUNK` or `application:ID`. */
  readonly kind: string;
  /** Station whose device it is. */
  readonly station: string | undefined;
  readonly startedAtMs: number;
  readonly alertingAtMs: number | undefined;
  readonly answeredAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** SIP status of the leg's end, 200 for the one that had the call, undefined while open. */
  readonly status: number | undefined;
}

/** What a call was to one of its ends from some moment on: the other end had put it into a conference, and left. */
export interface CallConference {
  /** Which end sat in it. */
  readonly side: 'caller' | 'callee';
  readonly joinedAtMs: number;
  /** For people: with whom it was. */
  readonly name: string;
}

/** The one record of a call. Times in milliseconds since 1970. */
export interface CallRecord {
  readonly id: string;
  readonly caller: CallParty;
  /** What was dialled, in normal form. */
  readonly dialled: string;
  /** Who answered, or would have. */
  readonly callee: CallParty | undefined;
  /** Stations that sent the call on, with why, in order. */
  readonly diversions: readonly { readonly station: string; readonly reason: string }[];
  readonly startedAtMs: number;
  readonly alertingAtMs: number | undefined;
  readonly answeredAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly result: CallResult | undefined;
  /** A sentence for people: who hung up, why it failed. */
  readonly detail: string | undefined;
  readonly isEmergency: boolean;
  /** The caller does not want to be shown to who is called. */
  readonly isCallerWithheld?: boolean;
  readonly conference?: CallConference;
  readonly legs: readonly CallLeg[];
}

/** Keeps call records durably. A call that is open when the process dies is closed as `interrupted` at the next start. */
export interface CallRecordStore {
  /** The call began; what is known so far. */
  open(record: CallRecord): void;
  /** The call ended. */
  close(record: CallRecord): void;
}

/** A message in a mailbox. Times in milliseconds since 1970. */
export interface VoicemailMessage {
  readonly id: string;
  /** Whose mailbox it is in. */
  readonly user: string;
  /** Absent: withheld or unknown. */
  readonly callerNumber: string | undefined;
  readonly callerName: string | undefined;
  readonly receivedAtMs: number;
  readonly durationMs: number;
  readonly isHeard: boolean;
  /** Id of the call record. */
  readonly call: string;
}

/** Keeps mailboxes over a restart. What is read is what was written before; writes are durable a moment later. */
export interface VoicemailStore {
  /** Oldest first. */
  list(user: string): readonly VoicemailMessage[];
  add(message: VoicemailMessage, audio: WavAudio): void;
  audio(id: string): WavAudio | undefined;
  markHeard(id: string): void;
  remove(id: string): void;
  /** The user's own greeting. */
  greeting(user: string): WavAudio | undefined;
  setGreeting(user: string, audio: WavAudio | undefined): void;
  /** Calls back with the user whose mailbox was changed, by whatever process. */
  onChange(listener: (user: string) => void): void;
}

/** Tells whose clients are asleep and come when they are called: somebody wakes them who follows the calls of users. */
export interface SleepingClients {
  canBeWoken(user: string): boolean;
}

/** Structured log. Numbers handed to it are masked by the implementation at the default level. */
export interface Log {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void;
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** A log that keeps nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
