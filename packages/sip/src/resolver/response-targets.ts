import { isIpv4, isIpv6 } from '../message/host.ts';
import { findParam } from '../message/params.ts';
import { type SipUri, sipUri } from '../message/uri.ts';
import type { Via } from '../message/via.ts';
import { addressOf } from '../transport/host-text.ts';
import type { Flow, Target } from '../transport/transport.ts';
import { DEFAULT_PORTS } from './first-step.ts';

export interface ResponseTargets {
  /** Where to send the response, in this order until one takes it. */
  readonly to: readonly (Flow | Target)[];
  /** To be located when none of them did (RFC 3263 §5). */
  readonly thenLocate: SipUri | undefined;
}

/**
 * Where a response goes, by the topmost Via of its request as it was received and the flow the request came on (RFC 3261
 * §18.2.2, RFC 3581 §4, RFC 3263 §5).
 */
export function responseTargets(via: Via, flow: Flow): ResponseTargets {
  return flow.isReliable ? overStream(via, flow) : overUdp(via, flow);
}

/** On the connection of the request; when it is gone, on a new one to where the sender says it hears. */
function overStream(via: Via, flow: Flow): ResponseTargets {
  const port = portOf(via);
  const again: Target = { transport: flow.transport, address: flow.remoteAddress, port };
  // A WebSocket client cannot be connected to (RFC 7118 §5).
  if (flow.transport === 'ws' || flow.transport === 'wss')
    return { to: flow.isOpen ? [flow] : [], thenLocate: undefined };
  return { to: flow.isOpen ? [flow, again] : [again], thenLocate: sentBy(via, flow) };
}

function overUdp(via: Via, flow: Flow): ResponseTargets {
  const maddr = findParam(via.paramsText, 'maddr');
  if (maddr !== undefined && maddr !== '') return toMaddr(via, flow, addressOf(maddr));
  if (findParam(via.paramsText, 'rport') !== undefined) return { to: [flow], thenLocate: undefined };
  const port = portOf(via);
  return { to: [port === flow.remotePort ? flow : from(flow, flow.remoteAddress, port)], thenLocate: undefined };
}

function toMaddr(via: Via, flow: Flow, host: string): ResponseTargets {
  const port = portOf(via);
  if (isIpv4(host) || isIpv6(host)) return { to: [from(flow, host, port)], thenLocate: undefined };
  return { to: [], thenLocate: sipUri({ host, port, params: new Map([['transport', 'udp']]) }) };
}

/** The port of sent-by, or the default of the transport that the Via itself names (RFC 3261 §18.1.1). */
function portOf({ port, transport }: Via): number {
  return port ?? DEFAULT_PORTS[transport.toLowerCase() as keyof typeof DEFAULT_PORTS] ?? DEFAULT_PORTS.udp;
}

function from(flow: Flow, address: string, port: number): Target {
  return { transport: flow.transport, address, port, localAddress: flow.localAddress };
}

function sentBy(via: Via, flow: Flow): SipUri | undefined {
  const host = addressOf(via.host);
  if (isIpv4(host) || isIpv6(host)) return undefined;
  return sipUri({ host: via.host, port: via.port, params: new Map([['transport', flow.transport]]) });
}
