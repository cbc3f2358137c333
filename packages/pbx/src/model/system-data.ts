import type { CallDefaults, Company, Licences, Numbering } from './company.ts';
import type { ClassOfService, Cluster, Gateway, Station, UfipDevice } from './devices.ts';
import type { User } from './people.ts';
import type { Route, TrunkGroup } from './trunks.ts';

/** The tones an announcement number can play (ITU-T E.180, E.182). */
export type Tone = 'dial' | 'ringback' | 'busy' | 'congestion' | 'information' | 'melody';

/** A number that a machine answers. */
export type Application =
  | { readonly id: string; readonly number: string; readonly name: string; readonly kind: 'echo' }
  /** People hear their messages there. */
  | { readonly id: string; readonly number: string; readonly name: string; readonly kind: 'mailbox' }
  | {
      readonly id: string;
      readonly number: string;
      readonly name: string;
      readonly kind: 'announcement';
      /** What is said; shown where it cannot be spoken. */
      readonly text?: string;
      /** Played instead of, or before, the text. */
      readonly tone?: Tone;
    };

/** The version of the format this package writes. */
export const SYSTEM_DATA_VERSION = 1;

/** Everything that is configured, as one plain value; ids are text and unique per list. */
export interface SystemData {
  readonly version: typeof SYSTEM_DATA_VERSION;
  readonly company: Company;
  readonly numbering: Numbering;
  readonly defaults: CallDefaults;
  readonly licences: Licences;
  readonly gateways: readonly Gateway[];
  readonly clusters: readonly Cluster[];
  readonly classesOfService: readonly ClassOfService[];
  readonly stations: readonly Station[];
  readonly users: readonly User[];
  readonly ufipDevices: readonly UfipDevice[];
  readonly applications: readonly Application[];
  readonly trunkGroups: readonly TrunkGroup[];
  readonly routes: readonly Route[];
}
