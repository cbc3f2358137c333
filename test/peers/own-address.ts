import { networkInterfaces } from 'node:os';

/**
 * This machine's own address, which Firefox reaches: without the right to use the microphone a page has ICE only on the
 * interface of the default route.
 */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1';
}
