import {
  bodyOfType,
  type Flow,
  maxForwards,
  parseAddresses,
  parseNameAddr,
  parseUri,
  type SipRequest,
  type SipResponse,
  type Target,
} from '@unisono/sip';
import { BorderCall } from '../call/border-call.ts';
import { aorOf, registrationKey } from '../flow/registration-key.ts';
import { addFlowTimer } from '../steps/flow-timer.ts';
import { requestToInside } from '../steps/to-inside.ts';
import { type OutsideContext, responseToOutside } from '../steps/to-outside.ts';
import type { FlowRef, PeerToken } from '../token/tokens.ts';
import { type Border, habitName, hostTowards, profileFor, standIn, wayToClient } from './border.ts';
import { type Refused, type Routed, refused } from './route.ts';

/**
 * Where a request from outside goes: to the gateways and nowhere else, whatever its Request-URI and Route say. Within a
 * dialog the Request-URI is a token of ours that says where (RFC 3261 §16.4, §16.5).
 */
export function routeIn(border: Border, request: SipRequest, flow: Flow): Routed | Refused {
  const wrong = objection(border, request, flow);
  if (wrong) return wrong;
  const token = tokenOf(border, request);
  const client = border.flows.refOf(flow, aorOf(request.from));
  learnHabits(border, request, client);
  if (request.to.tag !== undefined && request.method !== 'REGISTER') {
    return token ? withinDialog(border, request, flow, token) : refused(481);
  }
  const hops = token ? border.gateways.orderFrom(token.gateway) : border.gateways.order(aorOf(request.from));
  const [hop] = hops;
  if (!hop) return refused(503, 'No Gateway', [['Retry-After', '30']]);
  const call = request.method === 'INVITE' ? openCall(border, request, flow, client, hop) : undefined;
  return routed(border, request, flow, { client, call, hops, token });
}

/** RFC 3261 §16.3, and that nobody is sent elsewhere by us. */
function objection(border: Border, request: SipRequest, flow: Flow): Refused | undefined {
  const { headers } = request;
  if (!request.uri) return refused(400, 'Malformed Request-URI');
  const hops = maxForwards(headers);
  if (hops === undefined) return refused(400, 'Malformed Max-Forwards');
  if (hops === 0) return refused(483);
  if (headers.has('Proxy-Require')) {
    return refused(420, undefined, [['Unsupported', headers.all('Proxy-Require').join(', ')]]);
  }
  const routes = parseAddresses(headers, 'Route');
  if (!routes) return refused(400, 'Malformed Route');
  const isOurs = routes.every(({ uri }) => uri && 'host' in uri && border.isOwnName(uri.host, flow));
  return isOurs ? undefined : refused(403, 'Route Leads Elsewhere');
}

function tokenOf({ tokens }: Border, request: SipRequest): PeerToken | undefined {
  const { uri } = request;
  const user = uri && 'user' in uri ? uri.user : undefined;
  return user === undefined ? undefined : tokens.readPeer(user);
}

function learnHabits({ habits }: Border, request: SipRequest, client: FlowRef): void {
  if (request.method !== 'INVITE' && request.method !== 'UPDATE') return;
  const sdp = bodyOfType(request, 'application/sdp');
  if (sdp) habits.learn(habitName(client), sdp.toString('latin1'));
}

function openCall(border: Border, request: SipRequest, flow: Flow, client: FlowRef, gateway: Target): BorderCall {
  const call = newCall(border, request, { key: border.random.hex(8), caller: 'outside', client, gateway, routes: [] });
  call.profile = profileFor(border, client, flow);
  call.noteRequest(request, 'outside');
  border.calls.add(call);
  return call;
}

function withinDialog(border: Border, request: SipRequest, flow: Flow, token: PeerToken): Routed | Refused {
  const next = uriIn(token.routes[0]) ?? token.contact;
  const hops = border.gateways.orderFrom(border.gateways.at(next, token.gateway));
  if (token.call === '') return routed(border, request, flow, { client: token.client, call: undefined, hops, token });
  const known = border.calls.get(token.call);
  if (!known && request.method === 'ACK')
    return routed(border, request, flow, { client: token.client, call: undefined, hops, token });
  const call = known ?? rememberedCall(border, request, token);
  if (!call.isOf(request, 'outside')) return refused(481);
  // Its tags are known to nobody else: whoever writes them is the client, wherever it is by now.
  if (!border.flows.isAt(call.client, flow)) border.flows.moved(call.client, flow);
  call.lostAtMs = undefined;
  call.profile = profileFor(border, call.client, flow);
  call.noteRequest(request, 'outside');
  return routed(border, request, flow, { client: call.client, call, hops, token });
}

/** A call of before a restart: what its token says is enough to go on. */
function rememberedCall(border: Border, request: SipRequest, token: PeerToken): BorderCall {
  const { call: key, client, gateway, routes } = token;
  const call = newCall(border, request, { key, caller: 'outside', client, gateway, routes });
  call.phase = 'confirmed';
  call.noteRequest(request, 'outside');
  call.parties.inside.contact = token.contact;
  border.calls.add(call);
  return call;
}

type CallFacts = Pick<BorderCall, 'key' | 'caller' | 'client' | 'gateway' | 'routes'>;

export function newCall(border: Border, request: SipRequest, facts: CallFacts): BorderCall {
  const { engine, clock, log } = border;
  return new BorderCall({
    ...facts,
    callId: request.callId,
    profile: profileFor(border, facts.client, facts.gateway),
    engine,
    nowMs: clock.nowMs(),
    onError: (err) => log.error({ err, call: facts.key }, 'a fault of the program in a call at the border'),
  });
}

interface Way {
  readonly client: FlowRef;
  readonly call: BorderCall | undefined;
  readonly hops: readonly Target[];
  readonly token: PeerToken | undefined;
}

function routed(border: Border, request: SipRequest, flow: Flow, { client, call, hops, token }: Way): Routed {
  const [hop] = hops as [Target, ...Target[]];
  const context = {
    flow,
    way: wayToClient(border, pathRef(request, client), call?.key ?? '', hop),
    tokens: border.tokens,
    target: token?.contact,
    routes: token?.routes ?? [],
  };
  return {
    kind: 'routed',
    from: 'outside',
    hops,
    call,
    client,
    request: requestToInside(request, context),
    respond: (response, original, gateway) => {
      const hiding = contextFor(border, response, flow, client, call, gateway as Target);
      const back = responseToOutside(response, original, hiding);
      addFlowTimer(back, original, flow, border.flowTimerSec);
      return back;
    },
    signalledFrom: { outside: [flow.remoteAddress], inside: [hop.address] },
  };
}

/** A REGISTER names the registration that it asks for: until it is accepted, nothing leads there. */
function pathRef(request: SipRequest, client: FlowRef): FlowRef {
  if (request.method !== 'REGISTER') return client;
  return { name: client.name, registration: registrationKey(request)?.key ?? client.registration };
}

/** How responses of the inside are hidden from a client. */
export function contextFor(
  border: Border,
  message: SipRequest | SipResponse,
  way: Flow | Target,
  client: FlowRef,
  call: BorderCall | undefined,
  gateway: Target,
): OutsideContext {
  const routes = routesBehind(border, message);
  if (call && routes.length > 0) call.routes = routes;
  return {
    hider: border.hider,
    host: hostTowards(border, way),
    product: border.product,
    hideCallId: (callId) => (border.hider.finds(callId) ? border.tokens.writeCallId(callId) : callId),
    hideContact: ({ uriText }) =>
      standIn(border, { contact: uriText, routes, gateway, call: call?.key ?? '', client }, way),
  };
}

/** The route set from us to the sender of a message of the inside, nearest hop first (RFC 3261 §12.1). */
function routesBehind({ tokens }: Border, message: SipRequest | SipResponse): string[] {
  const recorded = message.headers.list('Record-Route');
  const nearestFirst = message.kind === 'request' ? recorded : recorded.reverse();
  return nearestFirst.filter((route) => {
    const uri = parseUri(uriIn(route) ?? '');
    return !(uri && 'user' in uri && uri.user !== undefined && tokens.readClient(uri.user));
  });
}

/** The URI in a Route or Record-Route value. */
function uriIn(route: string | undefined): string | undefined {
  return route === undefined ? undefined : parseNameAddr(route)?.uriText;
}
