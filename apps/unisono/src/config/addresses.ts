import { isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import type { LoadedSettings } from './load.ts';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Where a process is heard. */
export type Where = Pick<LoadedSettings, 'listen'> & { readonly advertise?: string | undefined };

/** How a place that is listened on is written into SIP, where the operator has said so; otherwise the transport finds out. */
export function advertisedFor({ advertise, listen }: Where, on: string): string | undefined {
  if (advertise === undefined || isIP(advertise) !== isIP(on)) return undefined;
  // A loopback address beside others is for programs of this machine, which reach it as it is.
  return isLoopback(on) && !listen.every(isLoopback) ? undefined : advertise;
}

/** The address under which phones know this machine: what is printed for people. */
export function reachableAddress(settings: Where, interfaces: Interfaces): string {
  const [first = '127.0.0.1'] = settings.listen;
  return advertisedFor(settings, first) ?? ownAddress(first, interfaces);
}

/** Where media is bound, and the address that peers are told. */
export function mediaAddresses(settings: LoadedSettings, interfaces: Interfaces): { bind: string; announced: string } {
  const bind = settings.rtp.address ?? settings.listen[0] ?? '127.0.0.1';
  return { bind, announced: announcedFor(settings, bind, interfaces) };
}

/** The address that peers are told of what is bound there. */
export function announcedFor(where: Where, bind: string, interfaces: Interfaces): string {
  return advertisedFor(where, bind) ?? ownAddress(bind, interfaces);
}

/** Every name and address under which a TLS client may know this machine. */
export function certificateHosts(
  { advertise, listen, sbc }: LoadedSettings,
  hostName: string,
  interfaces: Interfaces,
): string[] {
  const heard = [...listen, ...(sbc.listen ?? [])];
  const own = heard.some(isEveryAddress) ? ownAddresses(interfaces) : [];
  const told = [advertise, sbc.advertise].filter((one) => one !== undefined);
  const named = [...heard.filter((one) => !isEveryAddress(one)), ...told, ...sbc.names];
  return [...new Set(['localhost', hostName, '127.0.0.1', '::1', ...named, ...own])];
}

/** True for `0.0.0.0` and `::`. */
export function isEveryAddress(address: string): boolean {
  return address === '0.0.0.0' || address === '::';
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** The address itself, or for "every address" the first one of a network card. */
function ownAddress(address: string, interfaces: Interfaces): string {
  if (!isEveryAddress(address)) return address;
  const family = isIP(address) === 6 ? 'IPv6' : 'IPv4';
  const reachable = addressesOf(interfaces).filter((info) => !info.internal && info.family === family);
  return reachable[0]?.address ?? (family === 'IPv6' ? '::1' : '127.0.0.1');
}

/** Every address of this machine. */
export function ownAddresses(interfaces: Interfaces): string[] {
  return addressesOf(interfaces).map(({ address }) => address);
}

/** Link-local addresses are of no use without the name of the link. */
function addressesOf(interfaces: Interfaces): NetworkInterfaceInfo[] {
  return Object.values(interfaces)
    .flatMap((infos) => infos ?? [])
    .filter((info) => !info.address.startsWith('fe80:'));
}
