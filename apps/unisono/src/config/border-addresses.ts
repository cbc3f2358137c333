import type { NetworkInterfaceInfo } from 'node:os';
import { announcedFor, isEveryAddress, ownAddresses, type Where } from './addresses.ts';
import type { LoadedSettings } from './load.ts';

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** Where the doors of the border are. */
export function outsideOf({ sbc, listen, advertise }: LoadedSettings): Where {
  return { listen: sbc.listen ?? listen, advertise: sbc.advertise ?? advertise };
}

/** True when any door is open. */
export function hasDoors({ sbc }: LoadedSettings): boolean {
  return [sbc.wss, sbc.tls, sbc.tcp, sbc.udp].some((points) => points.length > 0);
}

/** Where media is bound on both sides, and the address that is told there. */
export function borderMedia(settings: LoadedSettings, interfaces: Interfaces) {
  const { outside, inside } = settings.sbc.media;
  const side = (where: Where, { address, ports }: typeof outside) => {
    const bindAddress = address ?? where.listen[0] ?? '127.0.0.1';
    const announcedAddress = announcedFor(where, bindAddress, interfaces);
    const range = { min: ports.first, max: ports.last };
    return { addresses: [{ bindAddress, announcedAddress }] as const, ports: range };
  };
  return { outside: side(outsideOf(settings), outside), inside: side(settings, inside) };
}

/** Names and addresses by which the outside knows us. */
export function doorNames(settings: LoadedSettings, interfaces: Interfaces): string[] {
  const { listen, advertise } = outsideOf(settings);
  const own = listen.some(isEveryAddress) ? ownAddresses(interfaces) : [];
  const named = [...(advertise === undefined ? [] : [advertise]), ...settings.sbc.names];
  const points = [settings.sbc.wss, settings.sbc.tls, settings.sbc.tcp, settings.sbc.udp].flat();
  const pointed = points.flatMap(({ address }) => (address === undefined ? [] : [address]));
  return [...new Set([...listen.filter((one) => !isEveryAddress(one)), ...own, ...pointed, ...named])];
}
