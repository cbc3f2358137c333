import type { ConnectionData } from '@unisono/contract';

/** A Unify Phone user of the tenant's directory, as far as synchronising needs to know. */
export interface DirectoryPerson {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
}

/** A user of the PBX with what their clients would be given. */
export interface Device {
  /** Id of the user. */
  readonly user: string;
  readonly name: string;
  readonly email: string;
  /** Id of the UFIP device; absent: the user has none. */
  readonly ufipDevice: string | undefined;
  /** Desk number; absent: no desk station. */
  readonly number: string | undefined;
  readonly isSignedOff: boolean;
  /** Absent: there is nothing to upload, for one of the reasons above. */
  readonly connection: { readonly data: ConnectionData; readonly digest: string } | undefined;
}

/** What the Connector holds for a person, as last acknowledged. */
export interface Upload {
  /** Id of the user it was made from; empty: unknown. */
  readonly user: string;
  /** Empty: withdrawn. */
  readonly digest: string;
  readonly version: number;
}

/**
 * Everybody is in exactly one:
 * - `inStep`: matched, and the Connector has what it should have;
 * - `toAdd`, `changed`: matched, and the connection data is to be uploaded, for the first time or anew;
 * - `toWithdraw`: the match has ended, and the Connector still has the data;
 * - `withoutDevice`: in the directory, but no UFIP device has this address;
 * - `withoutPerson`: a UFIP device whose address no Unify Phone user has;
 * - `conflict`: they would match, and something stands in the way.
 */
export const SYNC_CLASSES = [
  'inStep',
  'toAdd',
  'changed',
  'toWithdraw',
  'withoutDevice',
  'withoutPerson',
  'conflict',
] as const;
export type SyncClass = (typeof SYNC_CLASSES)[number];

/** Why somebody is in their class; `REASONS` has the sentences. */
export type ReasonCode =
  | 'matched'
  | 'newMatch'
  | 'dataChanged'
  | 'personGone'
  | 'deviceGone'
  | 'unknownAddress'
  | 'noDevice'
  | 'noDeviceNoLicence'
  | 'noPerson'
  | 'twoPersons'
  | 'twoDevices'
  | 'signedOff'
  | 'noDeskStation'
  | 'noLicence'
  | 'refusedByConnector';

export interface SyncRow {
  readonly class: SyncClass;
  readonly reason: ReasonCode;
  readonly name: string;
  readonly email: string;
  /** Id in the directory. */
  readonly person?: string;
  /** Id of the user in the PBX. */
  readonly user?: string;
  /** What the reason is about: a desk number, another name, the answer of the Connector. */
  readonly about?: string;
}

/** One thing to tell the Connector. */
export type SyncStep =
  | {
      readonly op: 'put';
      readonly person: string;
      readonly user: string;
      readonly version: number;
      readonly data: ConnectionData;
      readonly digest: string;
    }
  | { readonly op: 'withdraw'; readonly person: string; readonly version: number; readonly reason: string };

export interface SyncPlan {
  readonly rows: readonly SyncRow[];
  readonly steps: readonly SyncStep[];
}
