import { isIP } from 'node:net';

/** Where a transport listens. Without an address it listens on each address of `listen`. */
export interface ListenPoint {
  readonly address?: string;
  readonly port: number;
}

/** What may be written for a transport: `5060`, `192.0.2.1:5060`, `[2001:db8::1]:5060`, `off`, or a list of those. */
export const LISTEN_POINTS_RIGHT = 'a port (0: any free one), ADDRESS:PORT, off, or a list of those';

/** Reads what was written for a transport; undefined when it is nothing of the kind. */
export function readListenPoints(written: unknown): ListenPoint[] | undefined {
  if (written === 'off' || written === false) return [];
  const points = (Array.isArray(written) ? written : [written]).map(readListenPoint);
  return points.includes(undefined) ? undefined : (points as ListenPoint[]);
}

function readListenPoint(written: unknown): ListenPoint | undefined {
  if (typeof written === 'number') return isPort(written) ? { port: written } : undefined;
  if (typeof written !== 'string') return undefined;
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(written);
  const address = match?.[1] ?? match?.[2] ?? '';
  const port = Number(match?.[3]);
  return isIP(address) !== 0 && isPort(port) ? { address, port } : undefined;
}

function isPort(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 65_535;
}
