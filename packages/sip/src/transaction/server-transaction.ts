import { makeResponse } from '../message/build.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { printMessage } from '../message/print.ts';
import type { Timer } from '../time/clock.ts';
import type { Flow, SendFailure } from '../transport/transport.ts';
import { INVITE_SERVER, type InviteServerEvent, type InviteServerState, type ServerEffect } from './invite-server.ts';
import type { TransactionContext } from './layer.ts';
import type { Arrow } from './machine.ts';
import { NON_INVITE_SERVER, type NonInviteServerEvent, type NonInviteServerState } from './non-invite-server.ts';
import { sixtyFourT1 } from './timers.ts';

/** What a server transaction tells its user after the request itself; every member may be left out. */
export interface ServerTransactionUser {
  /** The ACK of a 2xx that was sent on this transaction. */
  onAck?(ack: SipRequest, transaction: ServerTransaction): void;
  /** A CANCEL for this INVITE, already answered 200; answer the INVITE 487 if no final response was sent. */
  onCancel?(cancel: SipRequest, transaction: ServerTransaction): void;
  /** Timer H: a response of 300–699 was never acknowledged. */
  onTimeout?(transaction: ServerTransaction): void;
  /** A response could not be sent. */
  onTransportError?(failure: SendFailure, transaction: ServerTransaction): void;
}

type State = InviteServerState | NonInviteServerState;
type Event = InviteServerEvent | NonInviteServerEvent;

/** A server transaction (RFC 3261 §17.2). */
export class ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly key: string;
  state: State;
  user: ServerTransactionUser = {};
  /** Called once, when the transaction is forgotten. */
  onEnd: (() => void) | undefined;
  /** Status of the last response sent, 0 before the first. */
  lastStatus = 0;
  readonly #context: TransactionContext;
  readonly #isInvite: boolean;
  #bytes: Buffer | undefined;
  #ack: SipRequest | undefined;
  #failure: SendFailure = 'unreachable';
  #retransmitMs = 0;
  #retransmission: Timer | undefined;
  #deadline: Timer | undefined;

  constructor(context: TransactionContext, key: string, request: SipRequest, flow: Flow) {
    this.#context = context;
    this.key = key;
    this.request = request;
    this.flow = flow;
    this.#isInvite = request.method === 'INVITE';
    this.state = this.#isInvite ? 'proceeding' : 'trying';
  }

  /** True until a final response was sent. */
  get isPending(): boolean {
    return this.lastStatus < 200;
  }

  /** Sends a response; one that the state does not allow (a second final one) is dropped. */
  respond(response: SipResponse): void {
    const { status } = response;
    const event = status < 200 ? 'sendProvisional' : status < 300 ? 'sendSuccess' : 'sendFailure';
    if (!this.#arrow(event)) return;
    this.lastStatus = status;
    this.#bytes = printMessage(response);
    this.#handle(event);
  }

  /** Builds and sends a response without a body. */
  reply(status: number, options: { readonly reason?: string; readonly toTag?: string } = {}): void {
    const toTag = options.toTag ?? (status > 100 ? this.#context.random.hex(8) : undefined);
    this.respond(makeResponse(this.request, status, { reason: options.reason, toTag }));
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

  terminate(): void {
    if (this.state === 'terminated') return;
    this.state = 'terminated';
    this.#release();
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
    const isReliable = this.flow.isReliable;
    switch (effect) {
      case 'send':
      case 'resend':
        if (this.#bytes) this.#context.sendResponse(this.#bytes, this.request, this.flow, this);
        return;
      case 'startG':
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
        return this.#linger('timerI', isReliable ? 0 : timers.t4Ms);
      case 'startJ':
        return this.#linger('timerJ', isReliable ? 0 : sixtyFourT1(timers));
      case 'startL':
        this.#deadline = clock.startTimer<Event>(sixtyFourT1(timers), this, 'timerL');
        return;
      case 'stopTimers':
        return this.#stopTimers();
      case 'deliverAck':
        if (this.#ack) this.user.onAck?.(this.#ack, this);
        return;
      case 'reportTimeout':
        return this.user.onTimeout?.(this);
      case 'reportTransportError':
        return this.user.onTransportError?.(this.#failure, this);
    }
  }

  /** Called by the layer when a response could not be sent. */
  onSendFailure(failure: SendFailure): void {
    this.#failure = failure;
    this.#handle('transportError');
  }

  #linger(timer: 'timerI' | 'timerJ', delayMs: number): void {
    if (delayMs > 0) this.#deadline = this.#context.clock.startTimer<Event>(delayMs, this, timer);
    else this.terminate();
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
    this.#bytes = undefined;
    this.#context.forgetServer(this);
    this.onEnd?.();
  }
}
