import type { Language } from './company.ts';

/**
 * Incoming call routing. `other` is a fixed target set at the PBX by the administrator; users see it and can
 * leave it, but not choose it.
 */
export type Routing = 'default' | 'deskPhoneOnly' | 'clientsOnly' | 'alternativeNumber' | 'voicemail' | 'other';

/** What a second call meets while routing is `default`. */
export type BusySetting = 'default' | 'busySignal' | 'alternativeNumber' | 'voicemail';

/** What happens when nobody answers within the ring time. */
export type NoAnswerRule = 'none' | 'alternativeNumber' | 'voicemail';

/** Who rings first; `afterSec` is when the others join. */
export type RingOrder =
  | { readonly order: 'simultaneous' }
  | { readonly order: 'deskFirst'; readonly afterSec: number }
  | { readonly order: 'clientsFirst'; readonly afterSec: number };

/** A user's own call settings, changed at run time from client, feature code or administration. */
export interface UserSettings {
  readonly routing: Routing;
  readonly busy: BusySetting;
  readonly noAnswer: NoAnswerRule;
  readonly ringOrder: RingOrder;
  /** Absent: `CallDefaults.ringSec`. */
  readonly ringSec?: number;
  /** The one alternative number of routing, busy and no answer: internal digits or E.164. */
  readonly alternativeNumber?: string;
  /** Remembered ones, newest first, at most `MAX_EARLIER_ALTERNATIVE_NUMBERS`. */
  readonly earlierAlternativeNumbers: readonly string[];
  /** The target of routing `other`, present exactly then. */
  readonly fixedTarget?: string;
}

/** A person. */
export interface User {
  readonly id: string;
  readonly name: string;
  /** Unique, compared by `emailKey`; the only key by which people are matched with the cloud. */
  readonly email: string;
  /** Absent: the company's. */
  readonly language?: Language;
  /** Id of the desk station; absent: the person has no number yet. */
  readonly deskStation?: string;
  /** Whether the mailbox exists. */
  readonly mailbox: boolean;
  /**
   * Digits that open the mailbox. Without it the messages are heard from devices of the own station only; with it
   * it is asked for everywhere.
   */
  readonly mailboxPin?: string;
  readonly settings: UserSettings;
}
