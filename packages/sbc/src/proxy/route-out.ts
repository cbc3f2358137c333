import { type Flow, isFlow, maxForwards, parseAddresses, type SipRequest, type Target } from '@unisono/sip';
import type { BorderCall } from '../call/border-call.ts';
import { responseToInside } from '../steps/to-inside.ts';
import { requestToOutside } from '../steps/to-outside.ts';
import type { ClientToken } from '../token/tokens.ts';
import { type Border, profileFor, wayToClient } from './border.ts';
import { type Refused, type Routed, refused, type Unreachable } from './route.ts';
import { contextFor, newCall } from './route-in.ts';

/** Where a request of a gateway goes: to the client whose token its Route holds, and nowhere else. */
export function routeOut(border: Border, request: SipRequest, flow: Flow): Routed | Refused | Unreachable {
  const wrong = objection(border, request, flow);
  if (wrong) return wrong;
  const token = tokenOf(border, request);
  if (!token) return refused(403, 'No Route To A Client');
  const way = border.flows.find(token);
  const isInCall = token.call !== '' && request.to.tag !== undefined;
  if (!way) return { kind: 'unreachable', client: token, isInCall };
  if (isInCall) return withinCall(border, request, flow, token, way);
  const isCall = request.method === 'INVITE' && request.to.tag === undefined;
  return routed(border, request, flow, way, token, isCall ? openCall(border, request, flow, token, way) : undefined);
}

function objection({ gateways }: Border, request: SipRequest, flow: Flow): Refused | undefined {
  if (!gateways.isGateway(flow.remoteAddress)) return refused(403, 'Not A Gateway');
  if (!request.uri) return refused(400, 'Malformed Request-URI');
  const hops = maxForwards(request.headers);
  if (hops === undefined) return refused(400, 'Malformed Max-Forwards');
  return hops === 0 ? refused(483) : undefined;
}

/** Out of the topmost Route, which is what Path or Record-Route gave the gateway. */
function tokenOf({ tokens }: Border, { headers }: SipRequest): ClientToken | undefined {
  const uri = parseAddresses(headers, 'Route')?.[0]?.uri;
  const user = uri && 'user' in uri ? uri.user : undefined;
  return user === undefined ? undefined : tokens.readClient(user);
}

function openCall(border: Border, request: SipRequest, flow: Flow, token: ClientToken, way: Flow | Target): BorderCall {
  const gateway = border.gateways.behind(flow);
  const facts = { key: border.random.hex(8), caller: 'inside' as const, client: refOf(token), gateway, routes: [] };
  const call = newCall(border, request, facts);
  call.profile = profileFor(border, call.client, way);
  call.noteRequest(request, 'inside');
  border.calls.add(call);
  return call;
}

function withinCall(
  border: Border,
  request: SipRequest,
  flow: Flow,
  token: ClientToken,
  way: Flow | Target,
): Routed | Refused {
  const known = border.calls.get(token.call);
  if (!known && request.method === 'ACK') return routed(border, request, flow, way, token, undefined);
  const call = known ?? rememberedCall(border, request, flow, token);
  if (!call.isOf(request, 'inside')) return refused(481);
  call.profile = profileFor(border, call.client, way);
  call.noteRequest(request, 'inside');
  return routed(border, request, flow, way, token, call);
}

/** A call of before a restart. */
function rememberedCall(border: Border, request: SipRequest, flow: Flow, token: ClientToken): BorderCall {
  const gateway = border.gateways.behind(flow);
  const facts = { key: token.call, caller: 'outside' as const, client: refOf(token), gateway, routes: [] };
  const call = newCall(border, request, facts);
  call.phase = 'confirmed';
  call.noteRequest(request, 'inside');
  call.parties.outside.contact = request.uriText;
  border.calls.add(call);
  return call;
}

function routed(
  border: Border,
  request: SipRequest,
  flow: Flow,
  way: Flow | Target,
  token: ClientToken,
  call: BorderCall | undefined,
): Routed {
  const client = refOf(token);
  const gateway = border.gateways.behind(flow);
  return {
    kind: 'routed',
    from: 'inside',
    hops: [way],
    call,
    client,
    request: requestToOutside(request, contextFor(border, request, way, client, call, gateway)),
    respond: (response, original) =>
      responseToInside(response, original, { flow, way: wayToClient(border, client, call?.key ?? '', flow) }),
    signalledFrom: {
      outside: [isFlow(way) ? way.remoteAddress : way.address],
      inside: [gateway.address],
    },
  };
}

function refOf({ name, registration }: ClientToken) {
  return { name, registration };
}
