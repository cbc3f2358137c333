import { isIPv4, isIPv6 } from 'node:net';

/** One spelling per address: IPv4 out of its IPv6 mapping, IPv6 in its shortest lower-case form without zone. */
export function canonicalAddress(address: string): string {
  if (isIPv4(address)) return address;
  const plain = address.split('%')[0] ?? address;
  if (!isIPv6(plain)) return address;
  const short = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short);
  if (!mapped) return short;
  const bits = (Number.parseInt(mapped[1] ?? '', 16) << 16) | Number.parseInt(mapped[2] ?? '', 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}
