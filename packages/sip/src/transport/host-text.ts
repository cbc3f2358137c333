/** An address as it stands in a header or URI: IPv6 in brackets. */
export function hostText(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

/** The address in a host as it stands in a header or URI: without brackets. */
export function addressOf(host: string): string {
  return host.charCodeAt(0) === 0x5b ? host.slice(1, -1) : host;
}
