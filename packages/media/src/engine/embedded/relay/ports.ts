import { PortPool, type PortRange } from '../../../endpoint/port-pool.ts';
import type { RtpSocketFactory } from '../../../endpoint/socket.ts';
import type { MediaRandom } from '../../../time.ts';
import type { MediaSide } from '../../engine.ts';
import type { LegSockets } from './leg.ts';

/** Where media of one side and address family is bound. */
export interface Binding {
  readonly side: MediaSide;
  readonly family: 4 | 6;
  readonly bindAddress: string;
  readonly ports: PortRange;
}

export type OpenResult =
  | { readonly ok: true; readonly sockets: LegSockets; readonly release: () => void }
  | { readonly ok: false; readonly code: 'no-ports' | 'unavailable'; readonly message: string };

/** Ports that are found taken by others before giving up: a range that is not ours deserves an error. */
const MAX_FOREIGN_PORTS = 32;

/** Opens sockets at the addresses of each side; bindings with the same address and range share their ports. */
export class RelayPorts {
  readonly #sockets: RtpSocketFactory;
  readonly #pools = new Map<string, PortPool>();
  readonly #bindings: readonly Binding[];

  constructor(bindings: readonly Binding[], sockets: RtpSocketFactory, random: MediaRandom) {
    this.#bindings = bindings;
    this.#sockets = sockets;
    for (const binding of bindings) {
      const name = nameOf(binding);
      if (!this.#pools.has(name)) this.#pools.set(name, new PortPool(binding.ports, random));
    }
  }

  async open(side: MediaSide, family: 4 | 6, hasRtcpPort: boolean): Promise<OpenResult> {
    const binding = this.#bindings.find((candidate) => candidate.side === side && candidate.family === family);
    const pool = binding && this.#pools.get(nameOf(binding));
    if (!binding || !pool) return fail('unavailable', `there is no IPv${family} address for media on the ${side} side`);
    const foreign: number[] = [];
    try {
      for (let attempt = 0; attempt < MAX_FOREIGN_PORTS; attempt++) {
        const port = pool.take();
        if (port === undefined) break;
        const bound = await this.#bind(binding.bindAddress, port, hasRtcpPort);
        if (bound.ok) return { ...bound, release: () => pool.release(port) };
        foreign.push(port);
        if (bound.code === 'failed') return fail('unavailable', bound.message);
      }
    } finally {
      for (const port of foreign) pool.release(port);
    }
    const { min, max } = binding.ports;
    return fail('no-ports', `no media port is free on the ${side} side between ${min} and ${max}`);
  }

  /** Pairs that are taken, over all pools. */
  get used(): number {
    return [...this.#pools.values()].reduce((sum, pool) => sum + pool.used, 0);
  }

  async #bind(address: string, port: number, hasRtcpPort: boolean) {
    const rtp = await this.#sockets.bind(address, port);
    if (!rtp.ok) return rtp;
    if (!hasRtcpPort) return { ok: true as const, sockets: { rtp: rtp.socket, rtcp: undefined } };
    const rtcp = await this.#sockets.bind(address, port + 1);
    if (rtcp.ok) return { ok: true as const, sockets: { rtp: rtp.socket, rtcp: rtcp.socket } };
    rtp.socket.close();
    return rtcp;
  }
}

function nameOf({ bindAddress, ports }: Binding): string {
  return `${bindAddress} ${ports.min}-${ports.max}`;
}

function fail(code: 'no-ports' | 'unavailable', message: string): OpenResult {
  return { ok: false, code, message };
}
