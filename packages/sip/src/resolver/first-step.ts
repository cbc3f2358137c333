import { isIpv4, isIpv6 } from '../message/host.ts';
import type { SipUri } from '../message/uri.ts';
import { addressOf } from '../transport/host-text.ts';
import type { Target, TransportName } from '../transport/transport.ts';

/** What locating a URI begins with (RFC 3263 §4.1, §4.2): the answer itself, or the first question. */
export type FirstStep =
  /** Nothing needs to be asked. */
  | { readonly kind: 'target'; readonly target: Target }
  /** Transport and port are known: addresses are asked for. */
  | { readonly kind: 'addresses'; readonly name: string; readonly transport: TransportName; readonly port: number }
  /** The transport is known: its SRV records are asked for. */
  | { readonly kind: 'srv'; readonly name: string; readonly transport: TransportName }
  /** Nothing is known: NAPTR, then SRV of each of these, then addresses. */
  | { readonly kind: 'naptr'; readonly name: string; readonly transports: readonly TransportName[] }
  /** No transport of ours serves it. */
  | { readonly kind: 'impossible'; readonly why: string };

export const DEFAULT_PORTS: Readonly<Record<TransportName, number>> = {
  udp: 5060,
  tcp: 5060,
  tls: 5061,
  ws: 80,
  wss: 443,
};

/** Decides from the URI alone; `transports` are ours, the preferred first. */
export function firstStep(uri: SipUri, transports: readonly TransportName[]): FirstStep {
  const host = uri.params.get('maddr') ?? uri.host;
  const name = addressOf(host).toLowerCase();
  const isNumeric = isIpv4(name) || isIpv6(name);
  const isSecure = uri.scheme === 'sips';
  const asked = uri.params.get('transport')?.toLowerCase();
  const transport = asked === undefined ? undefined : namedTransport(asked, isSecure);
  if (asked !== undefined && transport === undefined) return impossible(`transport=${asked}`, isSecure);
  if (transport === undefined && !isNumeric && uri.port === undefined)
    return unknownTransport(name, isSecure, transports);
  const chosen = transport ?? (isSecure ? 'tls' : transports.includes('udp') ? 'udp' : 'tcp');
  if (!transports.includes(chosen)) return impossible(chosen, isSecure);
  if (isNumeric) return numeric(uri, chosen, name);
  if (uri.port !== undefined) return { kind: 'addresses', name, transport: chosen, port: uri.port };
  // No SRV name is defined for WebSocket (RFC 7118).
  if (chosen === 'ws' || chosen === 'wss') {
    return { kind: 'addresses', name, transport: chosen, port: DEFAULT_PORTS[chosen] };
  }
  return { kind: 'srv', name, transport: chosen };
}

function unknownTransport(name: string, isSecure: boolean, transports: readonly TransportName[]): FirstStep {
  const usable = isSecure ? transports.filter((each) => each === 'tls' || each === 'wss') : transports;
  return usable.length === 0 ? impossible('No transport', isSecure) : { kind: 'naptr', name, transports: usable };
}

function numeric(uri: SipUri, transport: TransportName, address: string): FirstStep {
  const port = uri.port ?? DEFAULT_PORTS[transport];
  // A URI may bear a name beside the address in maddr; then the certificate is to show the name.
  const named = addressOf(uri.host) === address ? undefined : uri.host;
  const serverName = transport === 'tls' || transport === 'wss' ? named : undefined;
  return { kind: 'target', target: { transport, address, port, ...(serverName === undefined ? {} : { serverName }) } };
}

/** The transport that a URI asks for; `sips` makes TCP to TLS and forbids UDP (RFC 3261 §26.2.2). */
function namedTransport(asked: string, isSecure: boolean): TransportName | undefined {
  switch (asked) {
    case 'udp':
      return isSecure ? undefined : 'udp';
    case 'tcp':
      return isSecure ? 'tls' : 'tcp';
    case 'tls':
      return 'tls';
    case 'ws':
      return isSecure ? 'wss' : 'ws';
    case 'wss':
      return 'wss';
    default:
      return undefined;
  }
}

function impossible(what: string, isSecure: boolean): FirstStep {
  const scheme = isSecure ? 'sips' : 'sip';
  return { kind: 'impossible', why: `${what} cannot be used for a ${scheme} URI here` };
}
