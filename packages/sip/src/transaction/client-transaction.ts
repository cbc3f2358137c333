import { type KeptOctets, keepOctets, keptOctets } from '../message/kept-octets.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { printMessage } from '../message/print.ts';
import type { Timer } from '../time/clock.ts';
import type { Lingerer } from '../time/lingering.ts';
import { type Flow, isFlow, type SendFailure, type Target } from '../transport/transport.ts';
import { ackForFailure } from './hop-requests.ts';
import { type ClientEffect, INVITE_CLIENT, type InviteClientEvent, type InviteClientState } from './invite-client.ts';
import type { TransactionContext } from './layer.ts';
import type { Arrow } from './machine.ts';
import { NON_INVITE_CLIENT, type NonInviteClientEvent, type NonInviteClientState } from './non-invite-client.ts';
import { sixtyFourT1 } from './timers.ts';

/** What a client transaction tells its user. */
export interface ClientTransactionUser {
  onResponse(response: SipResponse, transaction: ClientTransaction): void;
  /** Timer B or F: nobody answered. */
  onTimeout(transaction: ClientTransaction): void;
  /** The request could not be sent. */
  onTransportError(failure: SendFailure, transaction: ClientTransaction): void;
}

type State = InviteClientState | NonInviteClientState;
type Event = InviteClientEvent | NonInviteClientEvent;

/**
 * A client transaction (RFC 3261 §17.1): the table decides, this class owns timers and the way out. Once it has its final
 * response it lingers without the request and, unless 2xx may still come, without its user.
 */
export class ClientTransaction implements Lingerer {
  readonly key: string;
  readonly method: string;
  readonly to: Flow | Target;
  state: State;
  /** A response below 200 came: from then on a CANCEL may be sent (§9.1). */
  hasProvisional = false;
  readonly #context: TransactionContext;
  #request: SipRequest | undefined;
  #user: ClientTransactionUser | undefined;
  /** The request until it was answered. */
  #bytes: Buffer | undefined;
  /** The ACK of a failure, which answers every repetition of it. */
  #ack: KeptOctets | undefined;
  #response: SipResponse | undefined;
  #failure: SendFailure = 'unreachable';
  #retransmitMs = 0;
  #retransmission: Timer | undefined;
  #deadline: Timer | undefined;

  constructor(
    context: TransactionContext,
    key: string,
    request: SipRequest,
    to: Flow | Target,
    user: ClientTransactionUser,
  ) {
    this.#context = context;
    this.key = key;
    this.method = request.method;
    this.#request = request;
    this.to = to;
    this.#user = user;
    this.state = this.#isInvite ? 'calling' : 'trying';
  }

  /** What was sent, Via included; undefined once the final response is there. */
  get request(): SipRequest | undefined {
    return this.#request;
  }

  /** Whom it tells from now on. */
  set user(user: ClientTransactionUser) {
    this.#user = user;
  }

  get #isInvite(): boolean {
    return this.method === 'INVITE';
  }

  get #isReliable(): boolean {
    return isFlow(this.to) ? this.to.isReliable : this.to.transport !== 'udp';
  }

  /** Sends the request and starts timers A and B, or E and F. */
  start(): void {
    const { timers, clock } = this.#context;
    this.#bytes = printMessage(this.#request as SipRequest);
    this.#retransmitMs = timers.t1Ms;
    if (!this.#isReliable) this.#startRetransmission();
    this.#deadline = clock.startTimer(sixtyFourT1(timers), this, this.#isInvite ? 'timerB' : 'timerF');
    this.#sendBytes();
  }

  onTimer(event: Event): void {
    this.#handle(event);
  }

  onLingered(): void {
    if (this.#isInvite) this.#handle(this.state === 'accepted' ? 'timerM' : 'timerD');
    else this.#handle('timerK');
  }

  /** A response that matched this transaction. */
  receive(response: SipResponse): void {
    this.#response = response;
    if (response.status < 200) {
      this.hasProvisional = true;
      this.#handle('provisional');
    } else {
      this.#handle(response.status < 300 ? 'success' : 'failure');
    }
    this.#response = undefined;
  }

  /** Ends the transaction without another word; its user hears nothing more. */
  terminate(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.#release();
  }

  #handle(event: Event): void {
    const found = this.#isInvite
      ? INVITE_CLIENT[this.state as InviteClientState][event as InviteClientEvent]
      : NON_INVITE_CLIENT[this.state as NonInviteClientState][event as NonInviteClientEvent];
    if (found) this.#follow(found as Arrow<State, ClientEffect>);
  }

  #follow(found: Arrow<State, ClientEffect>): void {
    this.state = found.next;
    if (found.next === 'terminated') this.#release();
    for (const effect of found.effects) this.#apply(effect);
  }

  #apply(effect: ClientEffect): void {
    const { timers } = this.#context;
    switch (effect) {
      case 'resend':
        return this.#sendBytes();
      case 'doubleA':
        this.#retransmitMs *= 2;
        return this.#startRetransmission();
      case 'backOffE':
        this.#retransmitMs = Math.min(this.#retransmitMs * 2, timers.t2Ms);
        return this.#startRetransmission();
      case 'restartE':
        this.#retransmitMs = timers.t2Ms;
        return this.#startRetransmission();
      case 'stopRetransmission':
        this.#bytes = undefined;
        return this.#stopTimers();
      case 'ack':
        return this.#sendAck();
      case 'startD':
        return this.#linger('64T1');
      case 'startK':
        return this.#linger('T4');
      case 'startM':
        this.#request = undefined;
        return this.#context.linger(this, '64T1');
      case 'deliver':
        return this.#deliver();
      case 'reportTimeout':
        return this.#user?.onTimeout(this);
      case 'reportTransportError':
        return this.#user?.onTransportError(this.#failure, this);
    }
  }

  /** What is left afterwards only absorbs repetitions. */
  #deliver(): void {
    const user = this.#user;
    if (this.state === 'completed') this.#user = undefined;
    if (this.#response) user?.onResponse(this.#response, this);
  }

  /** Nothing is repeated on a connection (Timers D and K are zero there): the transaction ends at once. */
  #linger(period: '64T1' | 'T4'): void {
    this.#request = undefined;
    if (!this.#isReliable) this.#context.linger(this, period);
    else {
      this.state = 'terminated';
      this.#release();
    }
  }

  #sendBytes(): void {
    if (this.#bytes) this.#send(this.#bytes);
  }

  #send(bytes: Buffer): void {
    this.#context.transport.send(bytes, this.to, (failure) => this.#onSendFailure(failure));
  }

  #onSendFailure(failure: SendFailure): void {
    this.#failure = failure;
    this.#handle('transportError');
  }

  #startRetransmission(): void {
    const timer = this.#isInvite ? 'timerA' : 'timerE';
    this.#retransmission = this.#context.clock.startTimer<Event>(this.#retransmitMs, this, timer);
  }

  #stopTimers(): void {
    this.#retransmission?.cancel();
    this.#deadline?.cancel();
    this.#retransmission = this.#deadline = undefined;
  }

  #sendAck(): void {
    if (this.#request && this.#response) {
      const bytes = printMessage(ackForFailure(this.#request, this.#response));
      this.#ack = keepOctets(bytes);
      this.#send(bytes);
    } else if (this.#ack !== undefined) this.#send(keptOctets(this.#ack));
  }

  #release(): void {
    this.#stopTimers();
    this.#request = this.#bytes = this.#ack = undefined;
    this.#context.forgetClient(this);
  }
}
