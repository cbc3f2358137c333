import type { NetworkInterfaceInfo } from 'node:os';
import type { LoadedSettings } from './load.ts';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** The address to tell others: the configured one, else the one listened on, else the first of a network card. */
export function advertisedAddress({ advertise, listen }: LoadedSettings, interfaces: Interfaces): string {
  if (advertise !== undefined) return advertise;
  const [first = '127.0.0.1'] = listen;
  if (!isEveryAddress(first)) return first;
  const family = first.includes(':') ? 'IPv6' : 'IPv4';
  const cards = Object.values(interfaces).flatMap((infos) => infos ?? []);
  const reachable = cards.filter(
    (info) => !info.internal && info.family === family && !info.address.startsWith('fe80:'),
  );
  return reachable[0]?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}

/** Every name and address under which a TLS client may know this machine. */
export function certificateHosts(
  { advertise, listen }: LoadedSettings,
  hostName: string,
  interfaces: Interfaces,
): string[] {
  const cards = Object.values(interfaces).flatMap((infos) => infos ?? []);
  const own = listen.some(isEveryAddress)
    ? cards.filter((info) => !info.address.startsWith('fe80:')).map((info) => info.address)
    : [];
  const named = [...listen.filter((one) => !isEveryAddress(one)), ...(advertise === undefined ? [] : [advertise])];
  return [...new Set(['localhost', hostName, '127.0.0.1', '::1', ...named, ...own])];
}

function isEveryAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}
