import type {
  Application,
  ClassOfService,
  Cluster,
  Gateway,
  Station,
  SystemData,
  TrunkGroup,
  UfipDevice,
  User,
} from './model/index.ts';
import type { RouteTree } from './routing/route-tree.ts';

/** Who signs in with a SIP username. */
export type AccountOwner =
  | { readonly kind: 'desk'; readonly station: string }
  | { readonly kind: 'client'; readonly ufipDevice: string }
  | { readonly kind: 'trunk'; readonly trunkGroup: string; readonly trunk: string };

/** What an internal number that may be called belongs to. */
export type NumberOwner =
  | { readonly kind: 'station'; readonly id: string }
  | { readonly kind: 'application'; readonly id: string };

/** A block of outside numbers whose last digits are the internal number. */
export interface DirectBlock {
  readonly trunkGroup: string;
  readonly prefix: string;
  readonly digits: number;
}

/** System data with an index for every question a call asks. Immutable: a change gives a new one. */
export interface System {
  readonly data: SystemData;
  readonly gateways: ReadonlyMap<string, Gateway>;
  readonly clusters: ReadonlyMap<string, Cluster>;
  readonly classesOfService: ReadonlyMap<string, ClassOfService>;
  readonly stations: ReadonlyMap<string, Station>;
  readonly users: ReadonlyMap<string, User>;
  readonly ufipDevices: ReadonlyMap<string, UfipDevice>;
  readonly applications: ReadonlyMap<string, Application>;
  readonly trunkGroups: ReadonlyMap<string, TrunkGroup>;
  /** Numbers that can be called: internal number → owner. Auxiliary numbers are not among them. */
  readonly numbers: ReadonlyMap<string, NumberOwner>;
  /** Auxiliary number → id of the UFIP device. */
  readonly auxiliaryNumbers: ReadonlyMap<string, string>;
  /** SIP username → owner. */
  readonly accounts: ReadonlyMap<string, AccountOwner>;
  /** `emailKey` → id of the user. */
  readonly usersByEmail: ReadonlyMap<string, string>;
  /** Id of a station → id of its user. */
  readonly userOfStation: ReadonlyMap<string, string>;
  /** Id of a user → id of the UFIP device. */
  readonly ufipDeviceOfUser: ReadonlyMap<string, string>;
  /** Outside number (E.164) → internal number, the exact ones. */
  readonly directNumbers: ReadonlyMap<string, string>;
  readonly directBlocks: readonly DirectBlock[];
  readonly routes: RouteTree;
}
