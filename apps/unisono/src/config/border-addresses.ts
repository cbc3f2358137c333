import { isIP } from 'node:net';
import type { NetworkInterfaceInfo } from 'node:os';
import { announcedFor, isEveryAddress, isLoopback, ownAddresses, type Where } from './addresses.ts';
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
  const side = (where: Where, { address, ports }: typeof outside, standard = where.listen[0] ?? '127.0.0.1') => {
    const bindAddress = address ?? standard;
    const announcedAddress = announcedFor(where, bindAddress, interfaces);
    const range = { min: ports.first, max: ports.last };
    return { addresses: [{ bindAddress, announcedAddress }] as const, ports: range };
  };
  const doors = outsideOf(settings);
  return { outside: side(doors, outside, forBrowsers(doors, interfaces)), inside: side(settings, inside) };
}

/**
 * Firefox reaches no media at a loopback address, so where only this machine is served its network card takes the place of
 * loopback; without a card it stays. Audio is taken from nobody whose signalling did not come by the doors.
 */
function forBrowsers({ listen: [first = '127.0.0.1'] }: Where, interfaces: Interfaces): string {
  if (!isLoopback(first)) return first;
  return ownAddresses(interfaces).find((own) => isIP(own) === isIP(first) && !isLoopback(own)) ?? first;
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
