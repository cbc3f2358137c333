import type { Dialog } from '../dialog/dialog.ts';
import { fateOf } from '../dialog/fate.ts';
import type { DialogUsage, LiveDialog, RequestOptions } from '../dialog/live-dialog.ts';
import type { ExtraHeaders, Payload } from '../dialog/payload.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { type ReferOptions, ReferRequest } from '../subscription/refer-request.ts';
import { ReferSubscription } from '../subscription/refer-subscription.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { ClientRequest, ClientRequestUser, RequestFailure } from '../ua/client-request.ts';
import type { UserAgentCore } from '../ua/core.ts';
import { Descriptions } from './descriptions.ts';
import { OwnExchanges } from './own-exchanges.ts';
import { PeerExchanges } from './peer-exchanges.ts';
import type { EarlyOwner, ResponseCallback, SessionHandler, SessionPhase } from './session-handler.ts';
import type { SessionParts } from './session-parts.ts';
import { type RefreshUser, SessionRefresh } from './session-refresh.ts';

export interface SessionOptions {
  readonly core: UserAgentCore;
  readonly live: LiveDialog;
  readonly handler: SessionHandler;
  /** Who has the INVITE in hand until the session is confirmed. */
  readonly early: EarlyOwner;
}

/** One session, for the operator. */
export interface SessionSnapshot {
  readonly phase: SessionPhase;
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  readonly remoteTarget: string;
  readonly offerAnswer: string;
  /** Seconds between refreshes and who sends them; undefined before they are agreed. */
  readonly refresh: { readonly everySec: number; readonly by: 'us' | 'peer' } | undefined;
}

/**
 * An INVITE session: what lives in a dialog that an INVITE made, from the first provisional response to the BYE (RFC 3261
 * §13 to §15). A conductor: `PeerExchanges` answers, `OwnExchanges` asks, `SessionRefresh` keeps it alive.
 */
export class Session implements DialogUsage, RefreshUser, SessionParts {
  readonly core: UserAgentCore;
  readonly live: LiveDialog;
  readonly descriptions = new Descriptions();
  readonly refresh: SessionRefresh;
  readonly peer: PeerExchanges;
  readonly own: OwnExchanges;
  handler: SessionHandler;
  #phase: SessionPhase = 'early';
  #early: EarlyOwner | undefined;
  #peerAllowsUpdate = false;
  /** The BYE to send when the ACK of our 2xx has come. */
  #byeAfterAck: ExtraHeaders | undefined;

  constructor(options: SessionOptions) {
    this.core = options.core;
    this.live = options.live;
    this.handler = options.handler;
    this.#early = options.early;
    const { clock, random } = options.core.layer;
    this.refresh = new SessionRefresh({ clock, random, policy: options.core.sessionTimer, user: this });
    this.peer = new PeerExchanges(this);
    this.own = new OwnExchanges(this);
  }

  get session(): Session {
    return this;
  }

  get dialog(): Dialog {
    return this.live.record;
  }

  get phase(): SessionPhase {
    return this.#phase;
  }

  get isTerminated(): boolean {
    return this.#phase === 'terminated';
  }

  /** What we last sent as offer or answer. */
  get localPayload(): Payload | undefined {
    return this.descriptions.local;
  }

  /** What the peer last sent as offer or answer. */
  get remotePayload(): Payload | undefined {
    return this.descriptions.remote;
  }

  /** True when the peer named UPDATE in Allow. */
  get allowsUpdate(): boolean {
    return this.#peerAllowsUpdate;
  }

  /** True when we made the Call-ID: who did waits longer after a 491 (RFC 3261 §14.1). */
  get ownsCallId(): boolean {
    return this.live.record.ownsCallId;
  }

  get hasOwnExchange(): boolean {
    return this.own.hasOpenInvite;
  }

  get hasPeerInvite(): boolean {
    return this.peer.hasOpenInvite;
  }

  /** True when no exchange of either side is open, so that a re-INVITE or UPDATE of ours would be sent. */
  get canOffer(): boolean {
    return !this.own.isOpen && !this.peer.hasOpenInvite && this.descriptions.isIdle && !this.isTerminated;
  }

  snapshot(): SessionSnapshot {
    const { callId, localTag, remoteTag, remoteTarget } = this.live.record;
    const { agreement } = this.refresh;
    return {
      phase: this.#phase,
      callId,
      localTag,
      remoteTag,
      remoteTarget,
      offerAnswer: this.descriptions.state,
      refresh: agreement && { everySec: agreement.expiresSec, by: agreement.isRefresher ? 'us' : 'peer' },
    };
  }

  fillResponse(response: SipResponse): void {
    this.core.fillResponse(response, this.live.contact);
  }

  learn(message: SipRequest | SipResponse): void {
    this.live.refreshTarget(message.contact);
    if (message.headers.has('Allow')) this.#peerAllowsUpdate = message.headers.hasToken('Allow', 'update');
  }

  // ---- requests of the peer ----

  receive(transaction: ServerTransaction): boolean {
    const { method } = transaction.request;
    if (this.isTerminated) this.#receiveAfterEnd(transaction);
    else if (method === 'INVITE') this.peer.receiveInvite(transaction);
    else if (method === 'UPDATE') this.peer.receiveUpdate(transaction);
    else if (method === 'PRACK') this.peer.receivePrack(transaction);
    else if (method === 'BYE') this.#receiveBye(transaction);
    else this.handler.onRequest(this, transaction);
    return true;
  }

  receiveAck(ack: SipRequest): void {
    this.peer.receiveAck(ack);
  }

  #receiveBye(transaction: ServerTransaction): void {
    transaction.reply(200);
    const early = this.#early;
    this.#end();
    this.live.leave(this);
    if (early) early.onEarlyBye(this, transaction.request);
    else this.handler.onBye(this, transaction.request);
  }

  /** Our BYE only waits for an ACK: nothing but a BYE of the peer's can be said any more. */
  #receiveAfterEnd(transaction: ServerTransaction): void {
    if (transaction.request.method !== 'BYE') return transaction.reply(481);
    transaction.reply(200);
    this.#byeAfterAck = undefined;
    this.peer.forgetDelivery();
    this.live.leave(this);
  }

  // ---- our requests ----

  /** Sends a request in the dialog; calls back once, with the final response or why there is none. */
  request(method: string, options: RequestOptions, done: ResponseCallback): ClientRequest {
    return this.live.send(method, options, {
      onResponse: (response) => {
        if (response.status < 200) return;
        this.sufferFate(method, response);
        done(response);
      },
      onFailure: (failure) => {
        this.sufferFate(method, failure);
        done(failure);
      },
    });
  }

  /** Calls itself otherwise in this dialog from the next message on, with header parameters: a focus (RFC 4579). Gives what undoes it. */
  contactAs(user: string, parameters: string): () => void {
    return this.live.contactAs(user, parameters);
  }

  /** Accepts a REFER (202); the subscription tells the peer how it goes. */
  acceptRefer(refer: ServerTransaction): ReferSubscription {
    const subscription = new ReferSubscription(this.core, this.live, refer);
    subscription.accept(refer);
    return subscription;
  }

  /** Sends a REFER: asks the peer to call or to join somebody else. */
  refer(options: ReferOptions): void {
    new ReferRequest(this.live, this.core.layer.clock, options.handler).start(options);
  }

  /** Sends an UPDATE, with an offer or as a refresh; calls back with `pending` when another exchange is open. */
  update(payload: Payload | undefined, done: ResponseCallback, headers: ExtraHeaders = []): void {
    this.own.update(payload, done, headers);
  }

  /**
   * Sends a re-INVITE; without a payload the peer makes the offer. False when another exchange is open: nothing was sent
   * then. A 2xx given to `done` must be acknowledged by `ack`, with the answer if the peer made the offer.
   */
  reinvite(payload: Payload | undefined, done: ResponseCallback, headers: ExtraHeaders = []): boolean {
    if (!this.canOffer || this.#phase !== 'confirmed') return false;
    this.own.reinvite(payload, done, headers);
    return true;
  }

  /** Takes the re-INVITE back that waits for its answer; its callback still hears how it ended. */
  cancelReinvite(reason?: string): void {
    this.own.cancelReinvite(reason);
  }

  /** Acknowledges the 2xx `response` of an INVITE of ours; `answer` when the 2xx carried the offer. */
  ack(response: SipResponse, answer?: Payload): void {
    this.own.ack(response, answer);
  }

  /** Answers an UPDATE, or a PRACK that carried an offer, with 200; does nothing when it was answered already. */
  answerUpdate(update: ServerTransaction, answer: Payload | undefined): void {
    this.peer.answerUpdate(update, answer);
  }

  /** Refuses the offer of an UPDATE or PRACK; what was agreed before holds. */
  rejectUpdate(update: ServerTransaction, status: number): void {
    this.peer.rejectUpdate(update, status);
  }

  // ---- session timer (RFC 4028) ----

  sendRefresh(byUpdate: boolean, done: ResponseCallback): void {
    if (byUpdate) return this.update(undefined, done);
    const isSent = this.reinvite(this.descriptions.local, (outcome) => {
      if (typeof outcome === 'object' && outcome.status < 300) this.ack(outcome);
      done(outcome);
    });
    if (!isSent) done('pending');
  }

  onExpired(): void {
    this.bye([['Reason', 'SIP;cause=408;text="Session Timer Expired"']]);
    this.handler.onEnded(this, 'expired');
  }

  // ---- the end ----

  onConfirmed(): void {
    this.#phase = 'confirmed';
    this.#early = undefined;
  }

  onDelivered(): void {
    const headers = this.#byeAfterAck;
    this.#byeAfterAck = undefined;
    if (headers) this.#sendBye(headers);
  }

  onNoAck(): void {
    this.bye([['Reason', 'SIP;cause=408;text="No ACK"']]);
    this.handler.onEnded(this, 'no-ack');
  }

  /**
   * Hangs up; the session is over at once, whatever comes back. Before the ACK of our 2xx no BYE may be sent: it follows
   * the ACK then (RFC 3261 §15). An early session ends with its INVITE.
   */
  bye(headers?: ExtraHeaders): void {
    if (this.isTerminated) return;
    if (this.#early) return this.#early.onEarlyHangUp(this, headers);
    const mustWait = this.peer.awaitsFirstAck;
    this.#end();
    if (mustWait) this.#byeAfterAck = headers ?? [];
    else this.#sendBye(headers);
  }

  /** Ends the session without a message: the dialog never was, or is gone. */
  drop(): void {
    if (this.isTerminated) return;
    this.#end();
    this.peer.forgetDelivery();
    this.live.leave(this);
  }

  onDialogLost(): void {
    if (this.#phase !== 'confirmed') return;
    this.drop();
    this.handler.onEnded(this, 'dialog-gone');
  }

  /** RFC 5057; a BYE is sent all the same (RFC 3261 §12.2.1.2). */
  sufferFate(method: string, outcome: SipResponse | RequestFailure): void {
    const status = typeof outcome === 'object' ? outcome.status : outcome === 'timeout' ? 408 : 0;
    const fate = fateOf(method, status);
    if (fate === 'none' || this.#phase !== 'confirmed') return;
    if (fate === 'dialog') this.live.lose(this);
    this.bye();
    this.handler.onEnded(this, 'dialog-gone');
  }

  #end(): void {
    this.#phase = 'terminated';
    this.#early = undefined;
    this.refresh.stop();
    this.own.close();
    this.peer.close();
  }

  #sendBye(headers: ExtraHeaders | undefined): void {
    this.live.send(
      'BYE',
      { headers },
      {
        ...SILENT,
        onResponse: ({ status }) => {
          // Something sent later overtook it, and it was refused as out of order (§12.2.2): it is said once more.
          if (status === 500) this.live.send('BYE', { headers }, SILENT);
        },
      },
    );
    this.live.leave(this);
  }
}

const SILENT: ClientRequestUser = { onResponse() {}, onFailure() {} };
