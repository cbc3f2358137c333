/**
 * Octets that linger for half a minute after their message was sent, in case it has to be sent again. Kept as a byte string:
 * a buffer is a piece of a pool, and keeps the eight kilobytes around it alive.
 */
export type KeptOctets = string;

export function keepOctets(bytes: Buffer): KeptOctets {
  return bytes.toString('latin1');
}

export function keptOctets(kept: KeptOctets): Buffer {
  return Buffer.from(kept, 'latin1');
}
