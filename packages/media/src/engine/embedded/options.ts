import { randomBytes, randomInt } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import { availableParallelism } from 'node:os';
import type { PortRange } from '../../endpoint/port-pool.ts';
import type { RtpSocketFactory } from '../../endpoint/socket.ts';
import { isBlackHoleAddress } from '../../sdp/scan.ts';
import type { MediaClock, MediaRandom } from '../../time.ts';
import type { MediaEngineEvents, MediaSide } from '../engine.ts';
import type { Binding } from './relay/ports.ts';

/** One address of a side. A side may have one of each family; the first is used where the other party leaves it open. */
export interface SideAddress {
  /** Address to bind to; 0.0.0.0 or :: for all. */
  readonly bindAddress: string;
  /** Address that parties are told; `bindAddress` when not given. Behind a NAT it is the NAT's. */
  readonly announcedAddress?: string | undefined;
}

export interface SideOptions {
  readonly addresses: readonly [SideAddress, ...SideAddress[]];
  /** Ports for RTP and RTCP: two for each party, shared out among the workers. */
  readonly ports: PortRange;
}

export interface EmbeddedEngineOptions {
  readonly sides: Readonly<Record<MediaSide, SideOptions>>;
  /** Threads that carry packets. Default: one for each core but one, at least 1. 0: this thread, as tests want it. */
  readonly workers?: number | undefined;
  readonly events?: Partial<MediaEngineEvents> | undefined;
  /** Longest time from an answer to the connection by ICE and DTLS. Default: `DEFAULT_CONNECT_MS`. */
  readonly connectMs?: number | undefined;
  /** Silence of a party that ends a call, 0: never. Default: `DEFAULT_INACTIVITY_MS`. */
  readonly inactivityMs?: number | undefined;
  /** Longest time a worker may take for an answer. Default: `DEFAULT_CONTROL_MS`. */
  readonly controlMs?: number | undefined;
  /** Without threads: where sockets, time and chance come from. Default: this machine's. */
  readonly inline?:
    | { readonly sockets: RtpSocketFactory; readonly clock: MediaClock; readonly random: MediaRandom }
    | undefined;
  /** Keys, passwords and names of ICE. Default: the machine's secure source. */
  readonly secrets?: MediaSecrets | undefined;
  /** Wall clock for `startedAtMs`. Default: `Date.now`. */
  readonly wallClockMs?: (() => number) | undefined;
}

export const DEFAULT_CONNECT_MS = 15_000;
export const DEFAULT_INACTIVITY_MS = 60_000;
export const DEFAULT_CONTROL_MS = 5_000;

/** Where keys come from. */
export interface MediaSecrets {
  /** Fresh octets that nobody can guess. */
  octets(count: number): Buffer;
}

export const SYSTEM_SECRETS: MediaSecrets = { octets: (count) => randomBytes(count) };
export const SYSTEM_RANDOM: MediaRandom = { int: (bound) => randomInt(bound) };

export function defaultWorkers(): number {
  return Math.max(1, availableParallelism() - 1);
}

/** An address of a side with its family. */
export interface Face {
  readonly side: MediaSide;
  readonly family: 4 | 6;
  readonly bindAddress: string;
  readonly announcedAddress: string;
}

/** The faces of both sides. Throws a TypeError for addresses and ranges that cannot work: better at start than in calls. */
export function facesOf(options: EmbeddedEngineOptions): readonly Face[] {
  return (['outside', 'inside'] as const).flatMap((side) => {
    const { addresses, ports } = options.sides[side];
    if (!(ports.min >= 1 && ports.max <= 65_535 && ports.max > ports.min)) {
      throw new TypeError(`sides.${side}.ports ${ports.min}-${ports.max} is no range of ports`);
    }
    const faces = addresses.map((address) => faceOf(side, address));
    if (faces.length === 0) throw new TypeError(`sides.${side}.addresses is empty: media needs an address there`);
    if (new Set(faces.map(({ family }) => family)).size < faces.length) {
      throw new TypeError(`sides.${side}.addresses has two addresses of one family: give one of each`);
    }
    return faces;
  });
}

function faceOf(side: MediaSide, { bindAddress, announcedAddress = bindAddress }: SideAddress): Face {
  if (isIP(bindAddress) === 0) throw new TypeError(`bindAddress ${bindAddress} of the ${side} side is no IP address`);
  if (isIP(announcedAddress) === 0 || isBlackHoleAddress(announcedAddress)) {
    throw new TypeError(
      `announcedAddress ${announcedAddress} of the ${side} side is no address that parties can send to`,
    );
  }
  if (isIP(bindAddress) !== isIP(announcedAddress)) {
    throw new TypeError(
      `bindAddress ${bindAddress} and announcedAddress ${announcedAddress} are of different families`,
    );
  }
  return { side, family: isIPv6(bindAddress) ? 6 : 4, bindAddress, announcedAddress };
}

/** The share of worker `index` of `count` in every range of ports. */
export function bindingsOf(options: EmbeddedEngineOptions, index: number, count: number): Binding[] {
  return facesOf(options).map(({ side, family, bindAddress }) => {
    const { min, max } = options.sides[side].ports;
    const first = min + (min & 1);
    const pairs = Math.floor((max - first + 1) / 2);
    const from = first + 2 * Math.floor((pairs * index) / count);
    const to = first + 2 * Math.floor((pairs * (index + 1)) / count) - 1;
    return { side, family, bindAddress, ports: { min: from, max: to } };
  });
}

/** Pairs of ports over all sides and families; ranges that several share count once. */
export function portPairsTotal(options: EmbeddedEngineOptions): number {
  const pools = new Map<string, number>();
  for (const { bindAddress, ports } of bindingsOf(options, 0, 1)) {
    pools.set(`${bindAddress} ${ports.min}-${ports.max}`, Math.floor((ports.max - ports.min + 1) / 2));
  }
  return [...pools.values()].reduce((sum, pairs) => sum + pairs, 0);
}
