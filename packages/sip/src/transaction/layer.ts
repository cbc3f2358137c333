import { makeResponse } from '../message/build.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import { printMessage } from '../message/print.ts';
import { MAGIC_COOKIE } from '../message/via.ts';
import type { Clock } from '../time/clock.ts';
import { type Lingerer, Lingering } from '../time/lingering.ts';
import type { Random } from '../time/random.ts';
import { type Flow, isFlow, type SendFailure, type Target, type Transport } from '../transport/transport.ts';
import { ClientTransaction, type ClientTransactionUser } from './client-transaction.ts';
import { cancelFor } from './hop-requests.ts';
import { clientKey, clientKeyOf } from './keys.ts';
import { type ResponseWays, responseWays } from './response-ways.ts';
import { ServerDriver } from './server-driver.ts';
import { ServerTable } from './server-table.ts';
import type { ServerTransaction } from './server-transaction.ts';
import { DEFAULT_TIMERS, sixtyFourT1, type TransactionTimers } from './timers.ts';

/** What the transaction layer tells the user above it. */
export interface TransactionLayerUser {
  /**
   * Looks at every new request but ACK and CANCEL; a response refuses it without a transaction (RFC 3261 §8.2.7), `'drop'`
   * leaves it unanswered.
   */
  screen?(request: SipRequest, flow: Flow): SipResponse | 'drop' | undefined;
  /** A new request, never ACK or CANCEL: answer it on the transaction. */
  onRequest(transaction: ServerTransaction): void;
  /** An ACK of a 2xx, or a stray one. */
  onAck(ack: SipRequest, flow: Flow): void;
}

/** What transactions need of the layer that made them. */
export interface TransactionContext {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: TransactionTimers;
  /** To tag where no transaction keeps one: the same for every repetition (RFC 3261 §8.2.7). */
  readonly statelessTag: string;
  /** Keeps a transaction that is over for 64*T1 (Timers D, J, L, M) or for T4 (Timers I, K), then calls its `onLingered`. */
  linger(transaction: Lingerer, period: '64T1' | 'T4'): void;
  forgetClient(transaction: ClientTransaction): void;
  forgetServer(driver: ServerDriver): void;
  sendResponse(bytes: Buffer, driver: ServerDriver): void;
  deliverAck(ack: SipRequest, flow: Flow): void;
}

export interface TransactionLayerOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly user: TransactionLayerUser;
  readonly timers?: TransactionTimers | undefined;
}

/** One living transaction, for the operator. */
export interface TransactionSnapshot {
  readonly side: 'client' | 'server';
  readonly method: string;
  readonly state: string;
  /** The branch, with what else tells it apart. */
  readonly key: string;
  /** `udp 192.0.2.4:5060`. */
  readonly peer: string;
}

/** All transactions of one node: matching, creation, and the way of responses (RFC 3261 §17, §18). */
export class TransactionLayer implements TransactionContext {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: TransactionTimers;
  readonly statelessTag: string;
  readonly #user: TransactionLayerUser;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new ServerTable();
  readonly #lingering: { readonly '64T1': Lingering; readonly T4: Lingering };

  constructor(options: TransactionLayerOptions) {
    this.transport = options.transport;
    this.clock = options.clock;
    this.random = options.random;
    this.timers = options.timers ?? DEFAULT_TIMERS;
    this.statelessTag = options.random.hex(8);
    this.#user = options.user;
    this.#lingering = {
      '64T1': new Lingering(this.clock, sixtyFourT1(this.timers)),
      T4: new Lingering(this.clock, this.timers.t4Ms),
    };
  }

  /** Transactions alive, lingering ones included. */
  get counts(): { readonly clients: number; readonly servers: number } {
    return { clients: this.#clients.size, servers: this.#servers.size };
  }

  *snapshot(): Generator<TransactionSnapshot> {
    for (const { key, method, state, to } of this.#clients.values()) {
      yield { side: 'client', method, state, key, peer: peerText(to) };
    }
    for (const { key, method, state, flow } of this.#servers) {
      yield { side: 'server', method, state, key, peer: peerText(flow) };
    }
  }

  /** Takes what the transport received. */
  receive(message: SipMessage, flow: Flow): void {
    if (message.kind === 'response') this.#receiveResponse(message);
    else if (message.method === 'ACK') this.#receiveAck(message, flow);
    else this.#receiveRequest(message, flow);
  }

  /** Adds a Via with a new branch and sends the request in a new client transaction. */
  request(request: SipRequest, to: Flow | Target, user: ClientTransactionUser): ClientTransaction {
    const branch = this.#pushVia(request, to);
    return this.#startClient(request, branch, to, user);
  }

  /**
   * Sends the CANCEL of an INVITE that has had a provisional response and no final one (§9.1); `reason` becomes the
   * Reason header.
   */
  cancel(invite: ClientTransaction, user: ClientTransactionUser, reason?: string): void {
    if (!invite.request) return;
    const cancel = cancelFor(invite.request);
    if (reason !== undefined) cancel.headers.append('Reason', reason);
    this.#startClient(cancel, invite.key, invite.to, user);
  }

  /** Sends the ACK of a 2xx, which has no transaction of its own (§13.2.2.4); gives the octets back for repetition. */
  sendAck(ack: SipRequest, to: Flow | Target): Buffer {
    this.#pushVia(ack, to);
    const bytes = printMessage(ack);
    this.transport.send(bytes, to, ignoreFailure);
    return bytes;
  }

  /** Answers a request outside any transaction (RFC 3261 §8.2.7); its To tag should be that of a retransmission. */
  replyStateless(request: SipRequest, flow: Flow, response: SipResponse): void {
    this.#sendBack(printMessage(response), responseWays(request.via, flow), ignoreFailure);
  }

  linger(transaction: Lingerer, period: '64T1' | 'T4'): void {
    this.#lingering[period].add(transaction);
  }

  forgetClient(transaction: ClientTransaction): void {
    this.#clients.delete(transaction.key);
  }

  forgetServer(driver: ServerDriver): void {
    this.#servers.remove(driver);
  }

  sendResponse(bytes: Buffer, driver: ServerDriver): void {
    this.#sendBack(bytes, driver.ways, (failure) => driver.onSendFailure(failure));
  }

  deliverAck(ack: SipRequest, flow: Flow): void {
    this.#user.onAck(ack, flow);
  }

  /** Ends every transaction without another word. */
  close(): void {
    this.#lingering['64T1'].clear();
    this.#lingering.T4.clear();
    for (const transaction of [...this.#clients.values(), ...this.#servers]) transaction.terminate();
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

  /** RFC 6026 §7.2: responses that match nothing are dropped, stray 2xx too. So is one with a Via below ours (§8.1.3.3). */
  #receiveResponse(response: SipResponse): void {
    const key = clientKeyOf(response);
    const transaction = key === undefined ? undefined : this.#clients.get(key);
    if (transaction?.method === response.cseq.method && hasOneVia(response)) transaction.receive(response);
  }

  #receiveAck(ack: SipRequest, flow: Flow): void {
    const driver = this.#servers.find(ack, flow.transport);
    if (driver) driver.receiveAck(ack);
    else this.#user.onAck(ack, flow);
  }

  #receiveRequest(request: SipRequest, flow: Flow): void {
    const known = this.#servers.find(request, flow.transport);
    if (known) return known.receiveRetransmission();
    const refusal = request.method === 'CANCEL' ? undefined : this.#user.screen?.(request, flow);
    if (refusal === 'drop') return;
    if (refusal) return this.replyStateless(request, flow, refusal);
    const driver = new ServerDriver(this, request, flow);
    const transaction = driver.transaction as ServerTransaction;
    this.#servers.add(driver);
    if (request.method === 'CANCEL') return this.#receiveCancel(transaction);
    this.#user.onRequest(transaction);
    driver.expectAnswer();
  }

  /** RFC 3261 §9.2: a CANCEL is answered here; the INVITE's user decides what becomes of the INVITE. */
  #receiveCancel(cancel: ServerTransaction): void {
    const invite = this.#servers.find(cancel.request, cancel.flow.transport, 'INVITE');
    if (!invite) return cancel.reply(481);
    cancel.respond(makeResponse(cancel.request, 200, { toTag: invite.localTag }));
    if (!invite.isPending) return;
    if (invite.user?.onCancel) invite.user.onCancel(cancel.request);
    else invite.transaction?.reply(487);
  }

  #sendBack(bytes: Buffer, { first, second }: ResponseWays, onFailure: (failure: SendFailure) => void): void {
    if (!second) return this.transport.send(bytes, first, onFailure);
    if (isFlow(first) && !first.isOpen) return this.transport.send(bytes, second, onFailure);
    this.transport.send(bytes, first, () => this.transport.send(bytes, second, onFailure));
  }
}

function hasOneVia({ headers }: SipResponse): boolean {
  const vias = headers.all('Via');
  return vias.length === 1 && !(vias[0] as string).includes(',');
}

function peerText(to: Flow | Target): string {
  const [address, port] = isFlow(to) ? [to.remoteAddress, to.remotePort] : [to.address, to.port];
  return `${to.transport} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function ignoreFailure(): void {}
