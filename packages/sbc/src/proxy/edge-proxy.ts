import {
  answerableFailure,
  type Flow,
  type ParseFailure,
  printMessage,
  type ServerTransaction,
  type SipRequest,
  type SipResponse,
  type TransactionLayerUser,
  type TransportEvents,
} from '@unisono/sip';
import { type Describing, describe, dropDescription, isDescribed } from '../call/describing.ts';
import type { Ending } from '../call/ending.ts';
import { mediaRefusal } from '../call/media-refusal.ts';
import { requestRole } from '../call/roles.ts';
import { learnRegistration } from '../flow/learn-registration.ts';
import { opposite, type Side } from '../side.ts';
import { patienceMs } from '../steps/flow-timer.ts';
import type { Border } from './border.ts';
import { Passage } from './passage.ts';
import { type Refused, type Routed, refused, type Unreachable } from './route.ts';
import { routeIn } from './route-in.ts';
import { routeOut } from './route-out.ts';
import { WaitingRoom } from './waiting-room.ts';

/** The proxy between two transaction layers (RFC 3261 §16): what comes on one side goes to the other, or is refused. */
export class EdgeProxy {
  readonly #border: Border;
  readonly #ending: Ending;
  readonly #waiting: WaitingRoom;

  constructor(border: Border, ending: Ending) {
    this.#border = border;
    this.#ending = ending;
    this.#waiting = new WaitingRoom({
      clock: border.clock,
      isReachable: (client) => border.flows.find(client) !== undefined,
      retry: (server) => this.#onRequest(server, 'inside'),
      giveUp: (server) => server.reply(430, { reason: 'Flow Failed' }),
    });
  }

  close(): void {
    this.#waiting.close();
  }

  /** What the transport of a side tells. */
  eventsOf(side: Side): TransportEvents {
    const { guard } = this.#border;
    return {
      onMessage: (message, flow) => this.#border.layer(side).receive(message, flow),
      onMalformed: (failure, flow) => this.#onMalformed(failure, flow, side),
      onFlowClosed: (flow) => {
        if (side === 'inside') return;
        this.#border.flows.onFlowClosed(flow);
        guard.onFlowClosed(flow);
      },
    };
  }

  /** What the transactions of a side tell. */
  userOf(side: Side): TransactionLayerUser {
    const { guard } = this.#border;
    return {
      screen: (request, flow) => {
        const verdict = side === 'outside' ? guard.screen(request, flow) : undefined;
        if (verdict !== undefined && verdict !== 'drop') guard.observe(request, verdict.status, flow);
        return verdict;
      },
      onRequest: (server) => this.#onRequest(server, side),
      onAck: (ack, flow) => this.#onAck(ack, flow, side),
    };
  }

  #onMalformed(failure: ParseFailure, flow: Flow, side: Side): void {
    const { transport, statelessTag } = this.#border.layer(side);
    const response = answerableFailure(failure, statelessTag);
    // Whoever floods us with rubbish by datagrams is told nothing.
    if (response && (flow.isReliable || side === 'inside')) transport.send(printMessage(response), flow, () => {});
    if (side === 'outside') this.#border.guard.onMalformed(failure, flow);
  }

  #onRequest(server: ServerTransaction, side: Side): void {
    const { request, flow } = server;
    if (isForUs(request, flow, side, this.#border)) return this.#answerOptions(server);
    const route = this.#route(request, flow, side);
    switch (route.kind) {
      case 'refused':
        return this.#refuse(server, route, side);
      case 'unreachable':
        if (route.isInCall) return this.#waiting.add(server, route.client);
        return this.#refuse(server, refused(430, 'Flow Failed'), side);
      case 'routed':
        return new Passage(this.#border, this.#ending, this.#onFinal, server, route).start();
    }
  }

  #route(request: SipRequest, flow: Flow, side: Side): Routed | Refused | Unreachable {
    if (side === 'inside') return routeOut(this.#border, request, flow);
    const routed = routeIn(this.#border, request, flow);
    // A request in a call may show that its client is back.
    if (routed.kind === 'routed' && routed.call) this.#waiting.onReturn();
    return routed;
  }

  #refuse(server: ServerTransaction, { status, reason, headers = [] }: Refused, side: Side): void {
    const { request, flow } = server;
    server.reply(status, { reason, headers });
    if (side === 'inside') {
      const { method, callId } = request;
      this.#border.log.debug({ method, callId, status, reason }, 'a request of the inside goes nowhere');
    } else {
      if (status === 403) {
        const { method } = request;
        this.#border.log.info({ method, reason, address: flow.remoteAddress }, 'refused at the border');
      }
      this.#border.guard.observe(request, status, flow);
    }
  }

  /** Whether we are there, and anybody behind us. */
  #answerOptions(server: ServerTransaction): void {
    const { gateways, guard } = this.#border;
    const status = gateways.isAnyUp ? 200 : 503;
    server.reply(status, { headers: status === 200 ? [['Accept', 'application/sdp']] : [['Retry-After', '10']] });
    guard.observe(server.request, status, server.flow);
  }

  readonly #onFinal = (server: ServerTransaction, request: SipRequest, response: SipResponse, routed: Routed): void => {
    if (routed.from !== 'outside') return;
    const { flows, guard, layer } = this.#border;
    if (learnRegistration(flows, request, response, server.flow)) this.#waiting.onReturn();
    guard.observe(request, response.status, server.flow);
    const withinMs = patienceMs(response);
    if (withinMs !== undefined) layer('outside').transport.expectKeepAlives?.(server.flow, withinMs);
  };

  /** The ACK of a 2xx goes on like any request in the dialog, but nobody answers it (RFC 3261 §13.2.2.4, §16.11). */
  #onAck(ack: SipRequest, flow: Flow, side: Side): void {
    const route = this.#route(ack, flow, side);
    if (route.kind !== 'routed') return;
    const { call } = route;
    if (call) call.lane.run(() => this.#passAck(ack, route));
    else this.#sendAck(route);
  }

  #passAck(ack: SipRequest, route: Routed): undefined | Promise<void> {
    const { call, request, from, signalledFrom } = route;
    const role = call && requestRole(ack, from, call.media.openOffer);
    if (!call || !role || !isDescribed(ack)) {
      if (isDescribed(ack)) dropDescription(request);
      this.#sendAck(route);
      return undefined;
    }
    const then = (done: Describing): void => {
      this.#sendAck(route);
      if (done.ok) return;
      const { status } = mediaRefusal(done.error);
      this.#ending.end(call, { cause: status, text: done.error.message });
    };
    const done = describe({ call, role, from, received: ack, signalledFrom }, request);
    if (done instanceof Promise) return done.then(then);
    then(done);
    return undefined;
  }

  #sendAck({ from, hops, request }: Routed): void {
    const [hop] = hops;
    if (hop) this.#border.layer(opposite(from)).sendAck(request, hop);
  }
}

/** An OPTIONS to the border itself, from a gateway or from a phone that keeps its way open (RFC 3261 §11). */
function isForUs({ method, uri, headers }: SipRequest, flow: Flow, side: Side, { isOwnName }: Border): boolean {
  if (method !== 'OPTIONS' || !uri || !('host' in uri) || uri.user !== undefined) return false;
  return side === 'inside' ? !headers.has('Route') : isOwnName(uri.host, flow);
}
