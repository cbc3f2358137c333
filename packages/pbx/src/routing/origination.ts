import type { Change } from '../change/change.ts';
import type { Application, Trunk } from '../model/index.ts';
import type { PostDial } from '../numbering/index.ts';
import type { Deflection, Refusal } from './plan.ts';

/** Who places a call; the ids are of `System`. */
export type Caller =
  | { readonly from: 'desk'; readonly station: string }
  | { readonly from: 'client'; readonly ufipDevice: string }
  | {
      readonly from: 'trunk';
      readonly trunkGroup: string;
      /** As received; absent: none or withheld. */
      readonly number?: string;
      readonly name?: string;
    };

/** What others see of a caller. Never an auxiliary number. */
export interface CallerIdentity {
  /** Desk number, or E.164 of an outside caller; absent: withheld or unknown. */
  readonly number?: string;
  readonly name?: string;
  /** Id of the station of an inside caller. */
  readonly station?: string;
  /** Id of the user of an inside caller. */
  readonly user?: string;
}

/** One try to leave over a trunk group. */
export interface TrunkAttempt {
  /** Id of the trunk group. */
  readonly trunkGroup: string;
  /** Enabled trunks of the group, to be tried in this order. */
  readonly trunks: readonly Trunk[];
  /** Request-URI and To. */
  readonly number: string;
  /** P-Asserted-Identity, and From unless withheld; absent: the group has no number to show. */
  readonly callerNumber?: string;
  readonly callerName?: string;
  /** True: From is anonymous and Privacy: id is set (RFC 3323, RFC 3325). */
  readonly isWithheld: boolean;
  /** The sender of a deflected call, in the group's format, for Diversion and History-Info. */
  readonly divertedBy?: string;
}

/** What was dialled means a station. Ask `terminate` at the home of its user. */
export interface ToStation {
  readonly kind: 'station';
  readonly caller: CallerIdentity;
  /** Id of the station. */
  readonly station: string;
  readonly postDial: readonly PostDial[];
  readonly diversion?: Deflection;
}

/** A machine answers. */
export interface ToApplication {
  readonly kind: 'application';
  readonly caller: CallerIdentity;
  readonly application: Application;
  readonly postDial: readonly PostDial[];
  readonly diversion?: Deflection;
}

/** A feature code: apply the change and confirm it, or refuse with the error. */
export interface ToFeature {
  readonly kind: 'feature';
  readonly caller: CallerIdentity;
  readonly change: Change;
}

/** Out over trunks: the attempts in order, the next when one cannot carry the call. Never empty. */
export interface ToTrunk {
  readonly kind: 'trunk';
  readonly caller: CallerIdentity;
  /** Canonical: E.164, or digits of a service number. */
  readonly number: string;
  readonly attempts: readonly TrunkAttempt[];
  readonly postDial: readonly PostDial[];
  readonly diversion?: Deflection;
}

/** Out over any trunk, beyond every limit. Empty attempts: no trunk is configured at all. */
export interface ToEmergency {
  readonly kind: 'emergency';
  readonly caller: CallerIdentity;
  readonly number: string;
  readonly attempts: readonly TrunkAttempt[];
}

/** What a dialled number means for this caller. */
export type Origination = ToStation | ToApplication | ToFeature | ToTrunk | ToEmergency | Refusal;
