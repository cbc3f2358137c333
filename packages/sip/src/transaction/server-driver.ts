import type { Linked } from '../chain-map.ts';
import { makeResponse } from '../message/build.ts';
import { detached } from '../message/detached.ts';
import { type KeptOctets, keepOctets, keptOctets } from '../message/kept-octets.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { printMessage } from '../message/print.ts';
import type { Timer } from '../time/clock.ts';
import type { Lingerer } from '../time/lingering.ts';
import type { Flow, SendFailure, TransportName } from '../transport/transport.ts';
import { INVITE_SERVER, type InviteServerEvent, type InviteServerState, type ServerEffect } from './invite-server.ts';
import { branchKey } from './keys.ts';
import type { TransactionContext } from './layer.ts';
import type { Arrow } from './machine.ts';
import { NON_INVITE_SERVER, type NonInviteServerEvent, type NonInviteServerState } from './non-invite-server.ts';
import { type ResponseWays, responseWays } from './response-ways.ts';
import { ServerTransaction, type ServerTransactionUser } from './server-transaction.ts';
import { sixtyFourT1, TRYING_AFTER_MS, tryingAfterMs } from './timers.ts';

type State = InviteServerState | NonInviteServerState;
type Event = InviteServerEvent | NonInviteServerEvent;

/** Told when a server transaction is forgotten. */
export interface EndObserver {
  onTransactionEnd(tag: string): void;
}

/**
 * State, timers and the way back of one server transaction (RFC 3261 §17.2). It outlives the request: after the final
 * response it keeps nothing but the octets that may have to be sent again.
 */
export class ServerDriver implements Linked<ServerDriver>, Lingerer {
  /** By which its table finds it. */
  readonly key: string;
  sibling: ServerDriver | undefined;
  readonly method: string;
  readonly flow: Flow;
  /** Undefined: responses go back on the flow and on nothing else, as nearly always. */
  readonly #ways: ResponseWays | undefined;
  /** Sent-by of the request. */
  readonly #host: string;
  readonly #port: number | undefined;
  state: State;
  /** Status of the last response sent, 0 before the first. */
  lastStatus = 0;
  user: ServerTransactionUser | undefined;
  /** What the user holds; undefined once it has given its final answer. */
  transaction: ServerTransaction | undefined;
  readonly #context: TransactionContext;
  #localTag: string | undefined;
  #observer: EndObserver | undefined;
  #observerTag = '';
  /** The last response; kept as text once it only waits for a repetition of the request. */
  #sent: Buffer | KeptOctets | undefined;
  #ack: SipRequest | undefined;
  #failure: SendFailure = 'unreachable';
  #retransmitMs = 0;
  #retransmission: Timer | undefined;
  #deadline: Timer | undefined;

  constructor(context: TransactionContext, request: SipRequest, flow: Flow) {
    const { via } = request;
    this.#context = context;
    this.key = detached(branchKey(request));
    this.method = request.method;
    this.flow = flow;
    this.#host = via.host === flow.remoteAddress ? flow.remoteAddress : detached(via.host);
    this.#port = via.port;
    const ways = responseWays(via, flow);
    this.#ways = ways.first === flow && !ways.second ? undefined : ways;
    this.state = this.#isInvite ? 'proceeding' : 'trying';
    this.transaction = new ServerTransaction(this, request);
  }

  get ways(): ResponseWays {
    return this.#ways ?? { first: this.flow, second: undefined };
  }

  /** The To tag of every response that is given one here (§8.2.6.2); a CANCEL's answer has it too (§9.2). */
  get localTag(): string {
    this.#localTag ??= this.#context.random.hex(8);
    return this.#localTag;
  }

  get statelessTag(): string {
    return this.#context.statelessTag;
  }

  get isPending(): boolean {
    return this.lastStatus < 200;
  }

  get #isInvite(): boolean {
    return this.method === 'INVITE';
  }

  /** `observer` is told once, with `tag`, when the transaction ends. */
  observeEnd(observer: EndObserver, tag: string): void {
    this.#observer = observer;
    this.#observerTag = tag;
  }

  /** The user has the request and has not answered at once: from here on the waiting client is looked after. */
  expectAnswer(): void {
    if (this.lastStatus > 0 || this.state === 'terminated') return;
    const { clock, timers } = this.#context;
    const slowMs = this.#isInvite ? TRYING_AFTER_MS : tryingAfterMs(timers);
    this.#retransmission = clock.startTimer<Event>(slowMs, this, 'slow');
    if (!this.#isInvite) this.#deadline = clock.startTimer<Event>(sixtyFourT1(timers), this, 'tooLate');
  }

  /** Sends a response and gives back its octets; undefined when the state does not allow it (a second final one). */
  respond(response: SipResponse): Buffer | undefined {
    const { status } = response;
    const event = status < 200 ? 'sendProvisional' : status < 300 ? 'sendSuccess' : 'sendFailure';
    if (!this.#arrow(event)) return undefined;
    const bytes = printMessage(response);
    this.#send(event, status, bytes);
    return bytes;
  }

  /** Sends a provisional response or a 2xx again: repeating those is the user's business (RFC 3262 §3, RFC 6026 §7.1). */
  repeat(bytes: Buffer): void {
    const event = this.isPending ? 'sendProvisional' : 'sendSuccess';
    if (this.#arrow(event)) this.#send(event, this.lastStatus, bytes);
  }

  /** Sends a final response and forgets the request: a repetition of it counts as new (RFC 3261 §8.2.7). */
  respondStateless(response: SipResponse): void {
    if (!this.isPending) return;
    this.lastStatus = response.status;
    this.#context.sendResponse(printMessage(response), this);
    this.terminate();
  }

  /** True when the request came from that sent-by over that transport. */
  isFrom(host: string, port: number | undefined, transport: TransportName): boolean {
    return this.#host === host && this.#port === port && this.flow.transport === transport;
  }

  /** The same request again. */
  receiveRetransmission(): void {
    this.#handle('request');
  }

  receiveAck(ack: SipRequest): void {
    this.#ack = ack;
    this.#handle('ack');
    this.#ack = undefined;
  }

  onTimer(event: Event): void {
    this.#handle(event);
  }

  onLingered(): void {
    if (this.#isInvite) this.#handle(this.state === 'accepted' ? 'timerL' : 'timerI');
    else this.#handle('timerJ');
  }

  /** Called by the layer when a response could not be sent. */
  onSendFailure(failure: SendFailure): void {
    this.#failure = failure;
    this.#handle('transportError');
  }

  terminate(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.#release();
  }

  #send(event: Event, status: number, bytes: Buffer): void {
    this.lastStatus = status;
    this.#sent = bytes;
    if (status < 200) this.#retransmission?.cancel();
    else this.#letGo();
    this.#handle(event);
  }

  /** After the final response the user is kept only if it wants to hear what becomes of it. */
  #letGo(): void {
    this.transaction = undefined;
    if (!this.user?.onTimeout && !this.user?.onTransportError) this.user = undefined;
  }

  #arrow(event: Event): Arrow<State, ServerEffect> | undefined {
    return this.#isInvite
      ? INVITE_SERVER[this.state as InviteServerState][event as InviteServerEvent]
      : NON_INVITE_SERVER[this.state as NonInviteServerState][event as NonInviteServerEvent];
  }

  #handle(event: Event): void {
    const found = this.#arrow(event);
    if (!found) return;
    this.state = found.next;
    if (found.next === 'terminated') this.#release();
    for (const effect of found.effects) this.#apply(effect);
  }

  #apply(effect: ServerEffect): void {
    const { timers, clock } = this.#context;
    const { isReliable } = this.flow;
    switch (effect) {
      case 'send':
      case 'resend':
        return this.#sendAgain();
      case 'sendTrying':
        return this.#sendTrying();
      case 'startG':
        this.#keepSent();
        this.#retransmitMs = timers.t1Ms;
        if (!isReliable) this.#startRetransmission();
        return;
      case 'backOffG':
        this.#retransmitMs = Math.min(this.#retransmitMs * 2, timers.t2Ms);
        return this.#startRetransmission();
      case 'startH':
        this.#deadline = clock.startTimer<Event>(sixtyFourT1(timers), this, 'timerH');
        return;
      case 'startI':
        this.#sent = undefined;
        return this.#linger('T4');
      case 'startJ':
        this.#keepSent();
        return this.#linger('64T1');
      case 'startL':
        this.#sent = undefined;
        return this.#context.linger(this, '64T1');
      case 'stopTimers':
        return this.#stopTimers();
      case 'deliverAck':
        if (this.#ack) this.#context.deliverAck(this.#ack, this.flow);
        return;
      case 'reportTimeout':
        return this.user?.onTimeout?.();
      case 'reportTransportError':
        return this.user?.onTransportError?.(this.#failure);
    }
  }

  #sendTrying(): void {
    const { transaction } = this;
    if (!transaction) return;
    this.lastStatus = 100;
    this.#sent = printMessage(makeResponse(transaction.request, 100));
    this.#sendAgain();
  }

  #sendAgain(): void {
    const sent = this.#sent;
    if (sent !== undefined) this.#context.sendResponse(typeof sent === 'string' ? keptOctets(sent) : sent, this);
  }

  #keepSent(): void {
    if (typeof this.#sent === 'object') this.#sent = keepOctets(this.#sent);
  }

  /** Nothing is repeated on a connection (Timers I and J are zero there): the transaction ends at once. */
  #linger(period: '64T1' | 'T4'): void {
    if (this.flow.isReliable) this.terminate();
    else this.#context.linger(this, period);
  }

  #startRetransmission(): void {
    this.#retransmission = this.#context.clock.startTimer<Event>(this.#retransmitMs, this, 'timerG');
  }

  #stopTimers(): void {
    this.#retransmission?.cancel();
    this.#deadline?.cancel();
    this.#retransmission = this.#deadline = undefined;
  }

  #release(): void {
    this.#stopTimers();
    this.#sent = undefined;
    this.transaction = undefined;
    this.#context.forgetServer(this);
    this.#observer?.onTransactionEnd(this.#observerTag);
    this.#observer = undefined;
  }
}
