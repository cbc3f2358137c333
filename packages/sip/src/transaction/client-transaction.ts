import { HeaderList } from '../message/headers.ts';
import { SipRequest, type SipResponse } from '../message/message.ts';
import { NameAddr } from '../message/name-addr.ts';
import { printMessage } from '../message/print.ts';
import type { Timer } from '../time/clock.ts';
import { type Flow, isFlow, type SendFailure, type Target } from '../transport/transport.ts';
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

/** A client transaction (RFC 3261 §17.1): the table decides, this class owns timers and the way out. */
export class ClientTransaction {
  readonly request: SipRequest;
  readonly to: Flow | Target;
  readonly key: string;
  state: State;
  /** The last response to an INVITE below 200 came: from then on a CANCEL may be sent (§9.1). */
  hasProvisional = false;
  readonly #context: TransactionContext;
  readonly #user: ClientTransactionUser;
  readonly #isInvite: boolean;
  readonly #isReliable: boolean;
  #bytes: Buffer | undefined;
  #ackBytes: Buffer | undefined;
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
    this.request = request;
    this.to = to;
    this.#user = user;
    this.#isInvite = request.method === 'INVITE';
    this.#isReliable = isFlow(to) ? to.isReliable : to.transport !== 'udp';
    this.state = this.#isInvite ? 'calling' : 'trying';
  }

  /** Sends the request and starts timers A and B, or E and F. */
  start(): void {
    const { timers, clock } = this.#context;
    this.#bytes = printMessage(this.request);
    this.#retransmitMs = timers.t1Ms;
    if (!this.#isReliable) this.#startRetransmission();
    this.#deadline = clock.startTimer(sixtyFourT1(timers), this, this.#isInvite ? 'timerB' : 'timerF');
    this.#context.transport.send(this.#bytes, this.to, (failure) => this.#onSendFailure(failure));
  }

  onTimer(event: Event): void {
    this.#handle(event);
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

  #onSendFailure(failure: SendFailure): void {
    this.#failure = failure;
    this.#handle('transportError');
  }

  #handle(event: Event): void {
    const found = this.#isInvite
      ? INVITE_CLIENT[this.state as InviteClientState][event as InviteClientEvent]
      : NON_INVITE_CLIENT[this.state as NonInviteClientState][event as NonInviteClientEvent];
    if (!found) return;
    this.#follow(found as Arrow<State, ClientEffect>);
  }

  #follow(found: Arrow<State, ClientEffect>): void {
    this.state = found.next;
    if (found.next === 'terminated') this.#release();
    for (const effect of found.effects) this.#apply(effect);
  }

  #apply(effect: ClientEffect): void {
    const { timers, clock } = this.#context;
    switch (effect) {
      case 'resend':
        if (this.#bytes) this.#context.transport.send(this.#bytes, this.to, (failure) => this.#onSendFailure(failure));
        return;
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
        return this.#stopTimers();
      case 'ack':
        return this.#sendAck();
      case 'startD':
        return this.#linger('timerD', this.#isReliable ? 0 : sixtyFourT1(timers));
      case 'startK':
        return this.#linger('timerK', this.#isReliable ? 0 : timers.t4Ms);
      case 'startM':
        this.#deadline = clock.startTimer(sixtyFourT1(timers), this, 'timerM');
        return;
      case 'deliver':
        if (this.#response) this.#user.onResponse(this.#response, this);
        return;
      case 'reportTimeout':
        return this.#user.onTimeout(this);
      case 'reportTransportError':
        return this.#user.onTransportError(this.#failure, this);
    }
  }

  /** Timers of zero length would only cost a timer: the transaction ends at once. */
  #linger(timer: 'timerD' | 'timerK', delayMs: number): void {
    this.#bytes = undefined;
    if (delayMs > 0) this.#deadline = this.#context.clock.startTimer<Event>(delayMs, this, timer);
    else {
      this.state = 'terminated';
      this.#release();
    }
  }

  #startRetransmission(): void {
    this.#retransmission = this.#context.clock.startTimer<Event>(
      this.#retransmitMs,
      this,
      this.#isInvite ? 'timerA' : 'timerE',
    );
  }

  #stopTimers(): void {
    this.#retransmission?.cancel();
    this.#deadline?.cancel();
    this.#retransmission = this.#deadline = undefined;
  }

  #sendAck(): void {
    if (!this.#ackBytes && this.#response) this.#ackBytes = printMessage(ackForFailure(this.request, this.#response));
    if (this.#ackBytes) this.#context.transport.send(this.#ackBytes, this.to, ignoreFailure);
  }

  #release(): void {
    this.#stopTimers();
    this.#bytes = undefined;
    this.#context.forgetClient(this);
  }
}

function ignoreFailure(): void {}

/** The ACK of a response of 300–699: hop by hop, same branch, no body (RFC 3261 §17.1.1.3). */
export function ackForFailure(invite: SipRequest, response: SipResponse): SipRequest {
  return hopRequest('ACK', invite, response.headers.get('To') ?? '');
}

/** The CANCEL of an INVITE: same Request-URI, Via, Call-ID, From, To, Route, and CSeq number (RFC 3261 §9.1). */
export function cancelFor(invite: SipRequest): SipRequest {
  return hopRequest('CANCEL', invite, invite.headers.get('To') ?? '');
}

function hopRequest(method: string, invite: SipRequest, to: string): SipRequest {
  const headers = new HeaderList();
  const via = invite.headers.get('Via') ?? '';
  headers.append('Via', via).append('Max-Forwards', '70').copy('Route', invite.headers);
  headers.copy('From', invite.headers).append('To', to).copy('Call-ID', invite.headers);
  headers.append('CSeq', `${invite.cseq.sequence} ${method}`);
  return new SipRequest(method, invite.uriText, headers);
}

/** A From or To text with the tag taken off. */
export function withoutTag(address: NameAddr): NameAddr {
  return new NameAddr(address.displayText, address.uriText, '');
}
