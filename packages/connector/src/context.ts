import type { Store } from './database/tables.ts';
import type { Clock, Log, Mailer, Random, Signals } from './ports.ts';
import type { Seal } from './secrets/secrets.ts';

/** What every part of the Connector works with. */
export interface Context {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly seal: Seal;
  readonly signals: Signals;
  readonly mailer: Mailer;
  readonly log: Log;
  /** Where people reach the service, without a slash at its end: `https://cloud.example.com`. */
  readonly publicUrl: string;
  /** Where people open the client app, likewise: links in mails and QR codes lead there. */
  readonly phoneUrl: string;
  /** Other origins that pages of the client app are served from. */
  readonly pageOrigins: readonly string[];
  /** Name and version of the program. */
  readonly software: string;
  readonly policy: Policy;
}

/** Times and limits, with what holds where nothing else is said in `DEFAULT_POLICY`. */
export interface Policy {
  readonly sessionDays: number;
  readonly invitationDays: number;
  readonly passwordResetMin: number;
  readonly pairingSec: number;
  /** Connection data that a client has is good for so long without the cloud. */
  readonly connectionDays: number;
  readonly historyMonths: number;
  readonly departedDays: number;
  readonly eventHours: number;
  readonly linkPingSec: number;
  /** How often a link looks into the database by itself, in case a signal was lost. */
  readonly linkLookMs: number;
}

export const DEFAULT_POLICY: Policy = {
  sessionDays: 90,
  invitationDays: 7,
  passwordResetMin: 60,
  pairingSec: 120,
  connectionDays: 30,
  historyMonths: 24,
  departedDays: 90,
  eventHours: 24,
  linkPingSec: 25,
  linkLookMs: 1000,
};

export const SEC_MS = 1000;
export const MIN_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
