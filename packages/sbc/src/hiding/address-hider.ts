import { BlockList, isIP, isIPv4 } from 'node:net';

/** Addresses that mean nothing outside, whoever has them: RFC 1918, 6598, 3927, 4193, 4291, loopback, link-local. */
const PRIVATE = new BlockList();
for (const [address, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
] as const) {
  PRIVATE.addSubnet(address, bits, 'ipv4');
}
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

export interface AddressHiderOptions {
  /** Addresses and names of the inside: gateways, our own inside addresses. */
  readonly inside: () => Iterable<string>;
  /** Addresses and names that the outside knows us by; never hidden, private or not. */
  readonly shown: () => Iterable<string>;
}

/** Four numbers with an optional port; IPv6 in brackets with an optional port, or bare. */
const LITERAL =
  /(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5}\b)?(?![\w.]*\d)|\[([0-9a-fA-F:.]{2,45})\](?::\d{1,5}\b)?|(?<![\w.:])((?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F.]{0,15})(?![\w.:])/g;
/** What every literal holds: most header values hold none, and are not looked at further. */
const MAY_HOLD_LITERAL = /\d\.\d|:[0-9a-fA-F:]*:/;

/** Finds addresses of the inside in what goes out, and puts the border's own name in their place. */
export class AddressHider {
  readonly #options: AddressHiderOptions;

  constructor(options: AddressHiderOptions) {
    this.#options = options;
  }

  /** True for a host, as text, that the outside must not see. */
  hides(host: string): boolean {
    const address = host.startsWith('[') ? host.slice(1, -1).toLowerCase() : host.toLowerCase();
    if (has(this.#options.shown(), address)) return false;
    if (has(this.#options.inside(), address)) return true;
    const family = isIP(address);
    if (family === 0) return false;
    const mapped = address.startsWith('::ffff:') ? address.slice(7) : '';
    if (isIPv4(mapped)) return this.hides(mapped);
    return PRIVATE.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }

  /** True when the text holds such an address. */
  finds(text: string): boolean {
    return this.hide(text, '') !== text;
  }

  /** The text with every such address, and its port, replaced by `host`. */
  hide(text: string, host: string): string {
    const named = this.#hideNames(text, host);
    if (!MAY_HOLD_LITERAL.test(named)) return named;
    return named.replace(LITERAL, (all, v4?: string, bracketed?: string, bare?: string) => {
      const address = v4 ?? bracketed ?? bare ?? '';
      return isIP(address) !== 0 && this.hides(address) ? host : all;
    });
  }

  #hideNames(text: string, host: string): string {
    let hidden = text;
    for (const name of this.#options.inside()) {
      if (isIP(name) === 0 && hidden.toLowerCase().includes(name.toLowerCase())) {
        hidden = hidden.replace(nameIn(name), host);
      }
    }
    return hidden;
  }
}

function nameIn(name: string): RegExp {
  const literally = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(?<![\\w.-])${literally}(?::\\d{1,5}\\b)?(?![\\w-]|\\.\\w)`, 'gi');
}

function has(addresses: Iterable<string>, address: string): boolean {
  for (const one of addresses) if (one.toLowerCase() === address) return true;
  return false;
}
