import type { SipAccount } from './devices.ts';

export type Transport = 'udp' | 'tcp' | 'tls';

/** Whose number goes out on a trunk group. `passthrough`: of a deflected call the original caller's. */
export type CallerNumberPolicy = 'ownNumber' | 'mainNumber' | 'withheld' | 'passthrough';

/** How numbers are written on the trunk: `+4989…`, or `089…` and `0044…`. */
export type NumberFormat = 'e164' | 'national';

/** Where the other side is. */
export interface TrunkPeer {
  /** Host name or IP address. */
  readonly host: string;
  /** Absent: RFC 3263 decides. */
  readonly port?: number;
  readonly transport: Transport;
}

/** What we answer the peer's 401 and 407 with. */
export interface TrunkCredentials {
  readonly username: string;
  readonly password: string;
  /** Absent: any realm. */
  readonly realm?: string;
}

/** We register at the provider (RFC 3261 §10). */
export interface TrunkRegistration {
  /** User part of the address of record; absent: the username of the credentials. */
  readonly user?: string;
  /** Domain of the address of record; absent: the peer's host. */
  readonly domain?: string;
  readonly expiresSec: number;
}

/** One connection to a provider or another system. */
export interface Trunk {
  readonly id: string;
  readonly enabled: boolean;
  readonly peer: TrunkPeer;
  readonly credentials?: TrunkCredentials;
  readonly registration?: TrunkRegistration;
  /** What the peer signs in with here; absent: it is known by its source address alone. */
  readonly inboundAccount?: SipAccount;
  /** IP addresses and CIDR blocks the peer's requests come from; empty: the addresses of its host. */
  readonly sourceAddresses: readonly string[];
  /** Supervision by OPTIONS; 0: none. */
  readonly optionsIntervalSec: number;
  /** Calls at once; absent: no limit of its own. Emergency calls do not ask. */
  readonly channels?: number;
  /** Id of the gateway the trunk is pinned to; absent: any. */
  readonly gateway?: string;
}

/**
 * Which inbound numbers are accepted and where they lead: one number to one internal number (`number`, `to`), or a
 * block whose last digits are the internal number (`prefix`, `digits`). All E.164.
 */
export type InboundRule =
  | { readonly number: string; readonly to: string }
  | { readonly prefix: string; readonly digits: number };

/** Trunks that are alike for routing, tried in order. */
export interface TrunkGroup {
  readonly id: string;
  readonly name?: string;
  readonly enabled: boolean;
  /** The group's main number, E.164. */
  readonly mainNumber?: string;
  readonly callerNumber: CallerNumberPolicy;
  readonly numberFormat: NumberFormat;
  /** Calls at once over all its trunks; absent: no limit. Emergency calls do not ask. */
  readonly channels?: number;
  readonly inbound: readonly InboundRule[];
  readonly trunks: readonly Trunk[];
}

/**
 * One way of a route. The number starts in the group's format; then `replace` puts another number in its place, or
 * `strip` takes digits off its beginning and `prepend` puts digits before it.
 */
export interface RouteElement {
  /** Id of the trunk group. */
  readonly trunkGroup: string;
  readonly strip: number;
  readonly prepend: string;
  readonly replace?: string;
}

/**
 * Least-cost routing: numbers that begin with the pattern go over the first element that can carry the call. The
 * pattern is the beginning of a canonical number (`+49`, `+`, `118`), `X` is any digit, `*` everything. The most
 * specific pattern wins.
 */
export interface Route {
  readonly id: string;
  readonly pattern: string;
  readonly elements: readonly RouteElement[];
}
