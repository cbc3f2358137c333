/**
 * How a device proves itself: exactly one of `password` and `ha1`. The HA1 values are hex of
 * H(username:realm:password) for the realm of the company (RFC 7616 §3.4.2).
 */
export interface SipAccount {
  /** Unique over desk devices, UFIP devices and trunks that sign in here. */
  readonly username: string;
  readonly password?: string;
  readonly ha1?: { readonly md5?: string; readonly sha256?: string };
}

/**
 * `signedOff` is no fault but a decision: the number is not in use, calls to and from it are refused, and no
 * UFIP device may hang on it. `outOfService` is a phone that does not work: the user's clients still ring.
 */
export type StationState = 'inService' | 'outOfService' | 'signedOff';

/** The physical SIP phone of a station. It may use any transport. */
export interface DeskDevice {
  readonly account: SipAccount;
  readonly maxContacts: number;
  /** True when it may register from outside, through the border. */
  readonly remote: boolean;
}

/** An extension number, with or without a phone behind it. Takes one Flex licence. */
export interface Station {
  readonly id: string;
  readonly number: string;
  /** Shown to others as the caller's name. */
  readonly name: string;
  readonly state: StationState;
  /** Id of the class of service. */
  readonly classOfService: string;
  readonly device?: DeskDevice;
  /** Own outside number, E.164: reaches this station and is shown outside. */
  readonly outsideNumber?: string;
  /** Id of the gateway the station is pinned to; absent: any. */
  readonly gateway?: string;
  /** Colleagues do not find it in the directory; absent: they do. */
  readonly unlisted?: boolean;
}

/**
 * The auxiliary device through which a user's web and mobile clients attach. Takes a Unify Phone licence and no
 * Flex licence. Its number can be called by nobody and is shown nowhere.
 */
export interface UfipDevice {
  readonly id: string;
  readonly number: string;
  /** Id of the user. */
  readonly user: string;
  readonly account: SipAccount;
  readonly maxContacts: number;
  /** Exactly one of gateway and cluster. */
  readonly gateway?: string;
  readonly cluster?: string;
}

export type GatewayKind = 'softgate' | 'stmix' | 'stmiy';

/** How much a gateway carries. */
export interface Capacity {
  /** Desk and UFIP devices. */
  readonly devices: number;
  readonly mediaChannels: number;
}

/** A node of the PBX. */
export interface Gateway {
  readonly id: string;
  readonly name?: string;
  readonly kind: GatewayKind;
  /** Own figures instead of those of the kind (`CAPACITY_PROFILES`). */
  readonly capacity: Capacity;
}

/** Gateways over which UFIP devices are spread. */
export interface Cluster {
  readonly id: string;
  readonly name?: string;
  /** Ids of the gateways. */
  readonly gateways: readonly string[];
}

/** A kind of destination that a class of service allows or not. Emergency numbers are beside it: always allowed. */
export type CallClass = 'internal' | 'national' | 'international' | 'premium' | 'services' | 'featureCodes';

/** What a station may dial. */
export interface ClassOfService {
  readonly id: string;
  readonly name?: string;
  readonly allow: readonly CallClass[];
  /** May see whether other stations are in a call (busy lamps); absent: no. */
  readonly watch?: boolean;
}
