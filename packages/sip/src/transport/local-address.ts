import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '../time/clock.ts';
import { FlowTable } from './flow-table.ts';

const REMEMBERED = 4096;
const REMEMBERED_MS = 60_000;

/** Which of this machine's addresses the kernel uses towards another; asked once per address and remembered a minute. */
export class LocalAddresses {
  readonly #clock: Clock;
  readonly #known: FlowTable<string>;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#known = new FlowTable(REMEMBERED, REMEMBERED_MS, clock.nowMs());
  }

  /** Undefined when there is no way there. */
  towards(address: string): string | undefined {
    const nowMs = this.#clock.nowMs();
    const known = this.#known.get(address, nowMs);
    if (known !== undefined) return known === '' ? undefined : known;
    const found = askKernel(address);
    this.#known.set(address, found ?? '', nowMs);
    return found;
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
