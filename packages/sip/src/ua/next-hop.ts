import { isIpv4, isIpv6 } from '../message/host.ts';
import type { SipRequest } from '../message/message.ts';
import { parseUri, type SipUri } from '../message/uri.ts';
import { addressOf } from '../transport/host-text.ts';
import { type Flow, isFlow, type Target, type TransportName } from '../transport/transport.ts';

/** Why a name led nowhere. */
export interface LocateFailure {
  readonly code: 'SIP_UNRESOLVABLE';
  readonly message: string;
}

/** Finds where a URI's host is reached (RFC 3263). */
export interface Locator {
  /** Calls back with targets in order of preference, at once when no look-up is needed. */
  locate(uri: SipUri, done: (found: readonly Target[] | LocateFailure) => void): void;
  /** A target did not answer: it is found last for a while. */
  markFailed?(target: Target): void;
}

/** A locator for addresses only: names are unresolvable. What tests and simulation need. */
export const numericLocator: Locator = {
  locate(uri, done) {
    const target = numericTarget(uri);
    done(target ? [target] : { code: 'SIP_UNRESOLVABLE', message: `${uri.host} is no address` });
  },
};

/** The target of a URI whose host is an address; undefined for a name. */
export function numericTarget(uri: SipUri): Target | undefined {
  const address = addressOf(uri.params.get('maddr') ?? uri.host);
  if (!isIpv4(address) && !isIpv6(address)) return undefined;
  const transport = transportOf(uri);
  return { transport, address, port: uri.port ?? defaultPort(transport) };
}

function transportOf(uri: SipUri): TransportName {
  const asked = uri.params.get('transport')?.toLowerCase();
  if (uri.scheme === 'sips') return asked === 'ws' || asked === 'wss' ? 'wss' : 'tls';
  return asked === 'tcp' || asked === 'tls' || asked === 'ws' || asked === 'wss' ? asked : 'udp';
}

export function defaultPort(transport: TransportName): number {
  switch (transport) {
    case 'tls':
      return 5061;
    case 'ws':
      return 80;
    case 'wss':
      return 443;
    default:
      return 5060;
  }
}

/** True when the sender's Via does not show the address it was seen from: address translation lies between. */
export function isBehindNat(request: SipRequest, flow: Flow): boolean {
  const { host, port } = request.via;
  const shown = addressOf(host);
  return shown !== flow.remoteAddress || (!flow.isReliable && (port ?? 5060) !== flow.remotePort);
}

/**
 * The flow, when a request to `uriText` may go out on it: it leads to that very address, or to a peer that cannot be
 * reached otherwise (a connection it opened, RFC 5923; a client behind address translation). Undefined: locate the URI.
 */
export function reuseFlow(
  uriText: string,
  flow: Flow | Target | undefined,
  flowIsOnlyWay: boolean,
): Flow | Target | undefined {
  if (!flow) return undefined;
  if (isFlow(flow) && !flow.isOpen) return undefined;
  return (isFlow(flow) && flowIsOnlyWay) || leadsTo(uriText, flow) ? flow : undefined;
}

/** True when the URI names the address of `hop` and does not ask for another transport. */
function leadsTo(uriText: string, hop: Flow | Target): boolean {
  const uri = parseUri(uriText);
  if (!uri || (uri.scheme !== 'sip' && uri.scheme !== 'sips') || !allowsTransport(uri, hop.transport)) return false;
  const [address, port] = isFlow(hop) ? [hop.remoteAddress, hop.remotePort] : [hop.address, hop.port];
  if (addressOf(uri.params.get('maddr') ?? uri.host) !== address) return false;
  // The far port of a connection that the peer opened is not the one it hears on.
  return (isFlow(hop) && hop.isReliable) || (uri.port ?? defaultPort(hop.transport)) === port;
}

function allowsTransport(uri: SipUri, transport: TransportName): boolean {
  const isSecured = transport === 'tls' || transport === 'wss';
  if (uri.scheme === 'sips' && !isSecured) return false;
  const asked = uri.params.get('transport')?.toLowerCase();
  return asked === undefined || asked === transport || securedName(asked) === transport;
}

/** What `transport` means when the connection is secured: RFC 3261 §26.2.2, RFC 7118 §5. */
function securedName(asked: string): TransportName | undefined {
  return asked === 'tcp' ? 'tls' : asked === 'ws' ? 'wss' : undefined;
}
