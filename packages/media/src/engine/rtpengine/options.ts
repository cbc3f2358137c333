import { randomInt } from 'node:crypto';
import { isIP } from 'node:net';
import type { RtpSocketFactory } from '../../endpoint/socket.ts';
import { UdpRtpSockets } from '../../endpoint/udp.ts';
import { type MediaClock, type MediaRandom, SystemMediaClock } from '../../time.ts';
import type { MediaEngineEvents, MediaSide } from '../engine.ts';
import type { ControlAddress } from './control.ts';

/** How an rtpengine is reached on one side of the border. */
export interface RtpengineSide {
  /** Name in its `--interface=NAME/ADDRESS!ANNOUNCED`. Without a name it uses its only interface. */
  readonly interface?: string | undefined;
  /** The family to announce where the interface has both. */
  readonly addressFamily?: 'IP4' | 'IP6' | undefined;
}

export interface RtpengineOptions {
  /** Where each rtpengine listens (`--listen-ng`). Calls are spread over those that answer. */
  readonly instances: readonly ControlAddress[];
  readonly sides?: Readonly<Record<MediaSide, RtpengineSide>> | undefined;
  readonly events?: Partial<MediaEngineEvents> | undefined;
  /** How often each instance is asked whether it lives, in milliseconds. Default `DEFAULT_PING_MS`. */
  readonly pingMs?: number | undefined;
  /** How often each call is looked at, in milliseconds. Default `DEFAULT_CHECK_MS`. */
  readonly checkMs?: number | undefined;
  /** Within what time DTLS has to be through after an answer, in milliseconds. Default `DEFAULT_CONNECT_MS`. */
  readonly connectMs?: number | undefined;
  /** Default: this machine's. */
  readonly machine?: RtpengineMachine | undefined;
  /** Wall clock for `startedAtMs`. Default: `Date.now`. */
  readonly wallClockMs?: (() => number) | undefined;
}

/** What is handed in of the machine. */
export interface RtpengineMachine {
  readonly sockets: RtpSocketFactory;
  readonly clock: MediaClock;
  readonly random: MediaRandom;
  /** Own address for the control connection; default: any. */
  readonly bindAddress?: string | undefined;
}

export const DEFAULT_PING_MS = 2_000;
export const DEFAULT_CHECK_MS = 15_000;
export const DEFAULT_CONNECT_MS = 15_000;

export function systemMachine(): RtpengineMachine {
  return {
    sockets: new UdpRtpSockets(),
    clock: new SystemMediaClock(),
    random: { int: (bound) => randomInt(bound) },
  };
}

/** Throws a TypeError for options that cannot work: better at start than in calls. */
export function checkOptions({ instances }: RtpengineOptions): void {
  if (instances.length === 0) throw new TypeError('instances is empty: name at least one rtpengine');
  for (const { address, port } of instances) {
    if (isIP(address) === 0) throw new TypeError(`instances: ${address} is no IP address`);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new TypeError(`instances: ${port} is no port`);
  }
}
