import { isIP, isIPv6 } from 'node:net';
import { isBlackHoleAddress } from '../sdp/scan.ts';
import type { MediaClock, MediaRandom } from '../time.ts';
import { Pacer } from './pacer.ts';
import type { PortRange } from './port-pool.ts';
import { PortPool } from './port-pool.ts';
import type { RtpSocket, RtpSocketFactory } from './socket.ts';

export interface MediaHostOptions {
  readonly sockets: RtpSocketFactory;
  /** Milliseconds matter here: with a coarse clock packets come in bunches. */
  readonly clock: MediaClock;
  readonly random: MediaRandom;
  /** Address to bind to; 0.0.0.0 or :: for all. */
  readonly bindAddress: string;
  /** Address that peers are told; `bindAddress` when not given. Must be one they can reach. */
  readonly announcedAddress?: string;
  /** Ports for RTP and RTCP, two for each endpoint. */
  readonly ports: PortRange;
  /** Receives what listeners throw; they never hurt the media. Default: nothing hears of it. */
  readonly onError?: (error: unknown) => void;
}

/** The sockets of one endpoint. */
export interface SocketPair {
  readonly rtp: RtpSocket;
  readonly rtcp: RtpSocket;
}

export type OpenPairResult =
  | { readonly ok: true; readonly pair: SocketPair }
  | { readonly ok: false; readonly code: 'no-ports' | 'bind-failed'; readonly message: string };

/** Ports that are found taken by others before giving up: a range that is not ours deserves an error. */
const MAX_FOREIGN_PORTS = 32;

/**
 * What the endpoints of one process share: sockets, ports, the pace, the buffers they send from. The constructor throws
 * a TypeError for addresses that cannot work.
 */
export class MediaHost {
  readonly clock: MediaClock;
  readonly random: MediaRandom;
  readonly pacer: Pacer;
  readonly announcedAddress: string;
  readonly family: 'IP4' | 'IP6';
  readonly #options: MediaHostOptions;
  readonly #ports: PortPool;
  readonly #onError: (error: unknown) => void;
  readonly #packets = Array.from({ length: 64 }, () => Buffer.alloc(2_048));
  #nextPacket = 0;

  constructor(options: MediaHostOptions) {
    this.#options = options;
    checkAddresses(options);
    this.clock = options.clock;
    this.random = options.random;
    this.announcedAddress = options.announcedAddress ?? options.bindAddress;
    this.family = isIPv6(this.announcedAddress) ? 'IP6' : 'IP4';
    this.#ports = new PortPool(options.ports, options.random);
    this.#onError = options.onError ?? (() => {});
    this.pacer = new Pacer(options.clock, this.#onError);
  }

  /** Pairs of ports: how many there are and how many are taken. */
  snapshot(): { readonly portPairs: number; readonly portPairsUsed: number; readonly running: number } {
    return { portPairs: this.#ports.size, portPairsUsed: this.#ports.used, running: this.pacer.size };
  }

  /** Binds a pair of sockets; the pool running dry or the address being wrong are values. */
  async openPair(): Promise<OpenPairResult> {
    const foreign: number[] = [];
    try {
      for (let attempt = 0; attempt < MAX_FOREIGN_PORTS; attempt++) {
        const port = this.#ports.take();
        if (port === undefined) break;
        const result = await this.#bindPair(port);
        if (result.ok) return result;
        foreign.push(port);
        if (result.code === 'bind-failed') return result;
      }
    } finally {
      for (const port of foreign) this.#ports.release(port);
    }
    const { min, max } = this.#options.ports;
    return { ok: false, code: 'no-ports', message: `no media port is free between ${min} and ${max}` };
  }

  closePair(pair: SocketPair): void {
    pair.rtp.close();
    pair.rtcp.close();
    this.#ports.release(pair.rtp.port);
  }

  /** A buffer to fill and send at once; others get it again after 63 more calls. */
  packet(): Buffer {
    this.#nextPacket = (this.#nextPacket + 1) % this.#packets.length;
    return this.#packets[this.#nextPacket] as Buffer;
  }

  /** Calls a listener; what it throws goes to `onError`. */
  notify<Argument>(listener: ((argument: Argument) => void) | undefined, argument: Argument): void {
    try {
      listener?.(argument);
    } catch (error) {
      this.#onError(error);
    }
  }

  async #bindPair(port: number): Promise<OpenPairResult> {
    const { sockets, bindAddress } = this.#options;
    const rtp = await sockets.bind(bindAddress, port);
    if (!rtp.ok) return bindFailure(rtp, bindAddress, port);
    const rtcp = await sockets.bind(bindAddress, port + 1);
    if (rtcp.ok) return { ok: true, pair: { rtp: rtp.socket, rtcp: rtcp.socket } };
    rtp.socket.close();
    return bindFailure(rtcp, bindAddress, port + 1);
  }
}

/** A wrong address shows at start, and not as silence in every call. */
function checkAddresses({ bindAddress, announcedAddress = bindAddress }: MediaHostOptions): void {
  if (isIP(announcedAddress) === 0 || isBlackHoleAddress(announcedAddress)) {
    throw new TypeError(`announcedAddress ${announcedAddress} is no address that peers can send to`);
  }
  if (isIP(bindAddress) !== isIP(announcedAddress)) {
    throw new TypeError(
      `bindAddress ${bindAddress} and announcedAddress ${announcedAddress} are of different families`,
    );
  }
}

function bindFailure(
  failure: { readonly code: 'in-use' | 'failed'; readonly message: string },
  address: string,
  port: number,
): OpenPairResult {
  const message = `media port ${port} at ${address} cannot be bound: ${failure.message}`;
  return { ok: false, code: failure.code === 'in-use' ? 'no-ports' : 'bind-failed', message };
}
