import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';

/**
 * One customer, for limits and bans: an IPv4 address, or the /64 network of an IPv6 address, within which anyone may pick any
 * (`2001:db8:0:1::/64`). A text that is no address stays as it is.
 */
export function sourceOf(address: string): string {
  if (!address.includes(':')) return address;
  const groups = groupsOf(address);
  if (groups === undefined) return address;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return octetsOf(groups[6] ?? 0, groups[7] ?? 0);
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of an IPv6 address, however it is abbreviated. */
function groupsOf(address: string): number[] | undefined {
  const text = address.split('%')[0] ?? '';
  if (!isIPv6(text)) return undefined;
  const [head = '', tail] = withoutDots(text).split('::');
  const read = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const [first, last] = [read(head), read(tail ?? '')];
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}

/** `::ffff:192.0.2.1` with the IPv4 address as two groups. */
function withoutDots(text: string): string {
  return text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const group = (high: string, low: string) => ((Number(high) << 8) | Number(low)).toString(16);
    return `${group(a, b)}:${group(c, d)}`;
  });
}

function octetsOf(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** True for an address, or a block of them as `192.0.2.0/24` or `2001:db8::/32`. */
export function isAddressBlock(text: string): boolean {
  const [address = '', bits, rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** Addresses given by blocks. */
export class AddressList {
  readonly #list = new BlockList();
  readonly #isEmpty: boolean;

  /** Blocks that are none are left out: see `isAddressBlock`. */
  constructor(blocks: readonly string[]) {
    const sound = blocks.filter(isAddressBlock);
    this.#isEmpty = sound.length === 0;
    for (const block of sound) {
      const [address = '', bits] = block.split('/');
      const family = isIPv4(address) ? 'ipv4' : 'ipv6';
      if (bits === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(bits), family);
    }
  }

  has(address: string): boolean {
    return !this.#isEmpty && this.#list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
  }
}
