import { isIpv4, isIpv6 } from '../message/host.ts';
import type { SipRequest } from '../message/message.ts';
import { parseUri, type SipUri } from '../message/uri.ts';
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
  const host = uri.params.get('maddr') ?? uri.host;
  const address = host.charCodeAt(0) === 0x5b ? host.slice(1, -1) : host;
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
  const shown = host.charCodeAt(0) === 0x5b ? host.slice(1, -1) : host;
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
  if (!isFlow(flow)) return leadsTo(uriText, flow.address, flow.port) ? flow : undefined;
  if (!flow.isOpen) return undefined;
  if (flowIsOnlyWay) return flow;
  if (flow.isReliable) return leadsTo(uriText, flow.remoteAddress, undefined) ? flow : undefined;
  return leadsTo(uriText, flow.remoteAddress, flow.remotePort) ? flow : undefined;
}

function leadsTo(uriText: string, address: string, port: number | undefined): boolean {
  const uri = parseUri(uriText);
  if (!uri || (uri.scheme !== 'sip' && uri.scheme !== 'sips')) return false;
  const host = uri.host.charCodeAt(0) === 0x5b ? uri.host.slice(1, -1) : uri.host;
  return host === address && (port === undefined || (uri.port ?? 5060) === port);
}
