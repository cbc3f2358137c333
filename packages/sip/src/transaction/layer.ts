import { makeResponse } from '../message/build.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import { printMessage } from '../message/print.ts';
import { firstVia, MAGIC_COOKIE, parseVia } from '../message/via.ts';
import { responseTargets } from '../resolver/response-targets.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import { type Flow, isFlow, type SendFailure, type Target, type Transport } from '../transport/transport.ts';
import { ClientTransaction, type ClientTransactionUser, cancelFor } from './client-transaction.ts';
import { clientKey, clientKeyOf, serverKey } from './keys.ts';
import { ServerTransaction } from './server-transaction.ts';
import { DEFAULT_TIMERS, type TransactionTimers } from './timers.ts';

/** What the transaction layer tells the user above it. */
export interface TransactionLayerUser {
  /** A new request, never ACK or CANCEL: answer it on the transaction. */
  onRequest(transaction: ServerTransaction): void;
  /** An ACK that belongs to no transaction: of a 2xx whose transaction ended, or a stray one. */
  onAck(ack: SipRequest, flow: Flow): void;
}

/** What transactions need of the layer that made them. */
export interface TransactionContext {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: TransactionTimers;
  forgetClient(transaction: ClientTransaction): void;
  forgetServer(transaction: ServerTransaction): void;
  sendResponse(bytes: Buffer, request: SipRequest, flow: Flow, transaction: ServerTransaction): void;
}

export interface TransactionLayerOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly user: TransactionLayerUser;
  readonly timers?: TransactionTimers | undefined;
}

/** All transactions of one node: matching, creation, and the way of responses (RFC 3261 §17, §18.2.2). */
export class TransactionLayer implements TransactionContext {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: TransactionTimers;
  readonly #user: TransactionLayerUser;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();

  constructor(options: TransactionLayerOptions) {
    this.transport = options.transport;
    this.clock = options.clock;
    this.random = options.random;
    this.timers = options.timers ?? DEFAULT_TIMERS;
    this.#user = options.user;
  }

  /** Transactions alive, lingering ones included. */
  get counts(): { readonly clients: number; readonly servers: number } {
    return { clients: this.#clients.size, servers: this.#servers.size };
  }

  /** One line per living transaction, for the operator. */
  *snapshot(): Generator<{ side: 'client' | 'server'; key: string; state: string }> {
    for (const { key, state } of this.#clients.values()) yield { side: 'client', key, state };
    for (const { key, state } of this.#servers.values()) yield { side: 'server', key, state };
  }

  /** Takes what the transport received. */
  receive(message: SipMessage, flow: Flow): void {
    if (message.kind === 'response') this.#receiveResponse(message);
    else this.#receiveRequest(message, flow);
  }

  /** Adds a Via with a new branch and sends the request in a new client transaction. */
  request(request: SipRequest, to: Flow | Target, user: ClientTransactionUser): ClientTransaction {
    const branch = this.#pushVia(request, to);
    return this.#startClient(request, branch, to, user);
  }

  /** Sends the CANCEL of an INVITE that has had a provisional response (§9.1); `reason` becomes the Reason header. */
  cancel(invite: ClientTransaction, user: ClientTransactionUser, reason?: string): void {
    const cancel = cancelFor(invite.request);
    if (reason !== undefined) cancel.headers.append('Reason', reason);
    const branch = invite.key.slice(0, invite.key.indexOf(' '));
    this.#startClient(cancel, branch, invite.to, user);
  }

  /** Sends the ACK of a 2xx, which has no transaction of its own (§13.2.2.4); gives the octets back for repetition. */
  sendAck(ack: SipRequest, to: Flow | Target): Buffer {
    this.#pushVia(ack, to);
    const bytes = printMessage(ack);
    this.transport.send(bytes, to, ignoreFailure);
    return bytes;
  }

  /** Answers a request outside any transaction (RFC 3261 §8.2.7); its To tag is the same for a retransmission. */
  replyStateless(request: SipRequest, flow: Flow, response: SipResponse): void {
    this.#sendOnFlow(printMessage(response), request, flow, ignoreFailure);
  }

  forgetClient(transaction: ClientTransaction): void {
    this.#clients.delete(transaction.key);
  }

  forgetServer(transaction: ServerTransaction): void {
    this.#servers.delete(transaction.key);
  }

  sendResponse(bytes: Buffer, request: SipRequest, flow: Flow, transaction: ServerTransaction): void {
    this.#sendOnFlow(bytes, request, flow, (failure) => transaction.onSendFailure(failure));
  }

  /** Ends every transaction without another word. */
  close(): void {
    for (const transaction of [...this.#clients.values(), ...this.#servers.values()]) transaction.terminate();
  }

  #pushVia(request: SipRequest, to: Flow | Target): string {
    const branch = MAGIC_COOKIE + this.random.hex(10);
    const local = this.transport.localFor(to);
    const sentBy = local ? `${local.host}:${local.port}` : 'invalid.invalid';
    request.headers.prepend('Via', `SIP/2.0/${to.transport.toUpperCase()} ${sentBy};branch=${branch};rport`);
    return branch;
  }

  #startClient(request: SipRequest, branch: string, to: Flow | Target, user: ClientTransactionUser): ClientTransaction {
    const transaction = new ClientTransaction(this, clientKey(branch, request.method), request, to, user);
    this.#clients.set(transaction.key, transaction);
    transaction.start();
    return transaction;
  }

  #receiveResponse(response: SipResponse): void {
    const key = clientKeyOf(response);
    // RFC 6026 §7.2: responses that match nothing are dropped, stray 2xx too.
    if (key !== undefined) this.#clients.get(key)?.receive(response);
  }

  #receiveRequest(request: SipRequest, flow: Flow): void {
    const key = serverKey(request, flow.transport);
    const existing = this.#servers.get(key);
    if (request.method === 'ACK') {
      if (existing && existing.request.callId === request.callId) existing.receiveAck(request);
      else this.#user.onAck(request, flow);
      return;
    }
    if (existing) return existing.receiveRetransmission();
    const transaction = new ServerTransaction(this, key, request, flow);
    this.#servers.set(key, transaction);
    if (request.method === 'CANCEL') this.#receiveCancel(transaction);
    else this.#user.onRequest(transaction);
  }

  /** RFC 3261 §9.2: a CANCEL is answered here; the INVITE's user decides what becomes of the INVITE. */
  #receiveCancel(cancel: ServerTransaction): void {
    const invite = this.#servers.get(serverKey(cancel.request, cancel.flow.transport, 'INVITE'));
    if (!invite) return cancel.reply(481);
    cancel.respond(makeResponse(cancel.request, 200, { toTag: this.random.hex(8) }));
    if (invite.isPending) invite.user.onCancel?.(cancel.request, invite);
  }

  /** The way back that the Via tells (RFC 3261 §18.2.2, RFC 3581 §4), over the next one when the first fails. */
  #sendOnFlow(bytes: Buffer, request: SipRequest, flow: Flow, onFailure: (failure: SendFailure) => void): void {
    const via = parseVia(firstVia(request.headers.get('Via') ?? ''));
    const ways = via ? responseTargets(via, flow).to.filter((way) => isAtSource(way, flow)) : [];
    const [first = flow, second] = ways;
    this.transport.send(bytes, first, (failure) => {
      if (second) this.transport.send(bytes, second, onFailure);
      else onFailure(failure);
    });
  }
}

/** Whoever can write a Via must not direct our answers at others: `maddr` is followed only to the sender itself. */
function isAtSource(way: Flow | Target, flow: Flow): boolean {
  return isFlow(way) || way.address === flow.remoteAddress;
}

function ignoreFailure(): void {}
