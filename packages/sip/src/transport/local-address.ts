import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../time/clock.ts';

const MAX_REMEMBERED = 4096;
const REMEMBERED_MS = 60_000;

interface Known {
  /** Undefined when there is no way there. */
  readonly local: string | undefined;
  readonly untilMs: number;
}

/** Which of this machine's addresses the kernel uses towards another; asked once per address and remembered a minute. */
export class LocalAddresses {
  readonly #clock: Clock;
  readonly #ask: (address: string) => string | undefined;
  readonly #known = new Map<string, Known>();

  constructor(clock: Clock, ask: (address: string) => string | undefined = askKernel) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** Undefined when there is no way there. */
  towards(address: string): string | undefined {
    const nowMs = this.#clock.nowMs();
    const known = this.#known.get(address);
    if (known && nowMs < known.untilMs) return known.local;
    if (this.#known.size >= MAX_REMEMBERED) this.#known.clear();
    const local = this.#ask(address);
    this.#known.set(address, { local, untilMs: nowMs + REMEMBERED_MS });
    return local;
  }
}

/**
 * Connects a datagram socket, which sends nothing but makes the kernel choose a route and with it a source address. The
 * pass-through look-up lets bind and connect happen within the call.
 */
function askKernel(address: string): string | undefined {
  const socket = createSocket({ type: isIPv6(address.split('%')[0] as string) ? 'udp6' : 'udp4', lookup: passThrough });
  socket.on('error', ignore);
  try {
    socket.bind({ port: 0, exclusive: true });
    socket.connect(9, address);
    const local = socket.address().address;
    return isUnspecified(local) ? undefined : local;
  } catch {
    return undefined;
  } finally {
    socket.close();
  }
}

/** A look-up for addresses: nothing is asked, the answer is there at once. */
export function passThrough(
  hostname: string,
  _options: unknown,
  callback: (error: NodeJS.ErrnoException | null, address: string, family: number) => void,
): void {
  callback(null, hostname, hostname.includes(':') ? 6 : 4);
}

export function isUnspecified(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

function ignore(): void {}
