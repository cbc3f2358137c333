import type { Linked } from '../chain-map.ts';
import type { DigestClient } from '../digest/client.ts';
import { detached } from '../message/detached.ts';
import type { SipRequest } from '../message/message.ts';
import type { NameAddr } from '../message/name-addr.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { type Flow, isFlow, type Target } from '../transport/transport.ts';
import { ClientRequest, type ClientRequestUser } from '../ua/client-request.ts';
import type { UserAgentCore } from '../ua/core.ts';
import { reuseFlow } from '../ua/next-hop.ts';
import { acceptSequence, type Dialog, followRoute, refreshTarget } from './dialog.ts';
import { dialogRequest, nextHopOf } from './dialog-request.ts';
import { appendHeaders, attachPayload, type ExtraHeaders, type Payload } from './payload.ts';

/** What lives in a dialog: a session, a subscription. Several may share one (RFC 5057). */
export interface DialogUsage {
  /** Takes a request of the peer's and answers it; false when it belongs to another usage. */
  receive(transaction: ServerTransaction): boolean;
  /** An ACK of a 2xx. */
  receiveAck?(ack: SipRequest): void;
  /** A response to another usage's request showed that the whole dialog is lost. */
  onDialogLost(): void;
}

export interface LiveDialogOptions {
  readonly core: UserAgentCore;
  readonly record: Dialog;
  /** Where the dialog was set up from or to. */
  readonly hop: Flow | Target;
  /** True when the peer is reached by that flow alone. */
  readonly hopIsOnlyWay: boolean;
  /** Our Contact in this dialog, with brackets. */
  readonly contact: string;
  readonly authenticator?: DigestClient | undefined;
}

export interface RequestOptions {
  readonly payload?: Payload | undefined;
  readonly headers?: ExtraHeaders | undefined;
}

/** An ACK that was sent, for when its 2xx comes again. */
export interface SentAck {
  readonly bytes: Buffer;
  readonly to: Flow | Target;
}

/** A dialog with the way to the peer and what lives in it. In the table as long as something does. */
export class LiveDialog implements Linked<LiveDialog> {
  readonly record: Dialog;
  #contact: string;
  sibling: LiveDialog | undefined;
  readonly #core: UserAgentCore;
  readonly #authenticator: DigestClient | undefined;
  #hop: Flow | Target;
  #hopIsOnlyWay: boolean;
  #usages: readonly DialogUsage[] = [];

  constructor(options: LiveDialogOptions) {
    this.#core = options.core;
    this.record = options.record;
    this.#contact = detached(options.contact);
    this.#authenticator = options.authenticator;
    this.#hop = options.hop;
    this.#hopIsOnlyWay = options.hopIsOnlyWay;
  }

  /** Our Contact in this dialog, with brackets and header parameters. */
  get contact(): string {
    return this.#contact;
  }

  /** As `Session.contactAs`. */
  contactAs(user: string, parameters: string): () => void {
    const before = this.#contact;
    const uri = before.slice(0, before.lastIndexOf('>') + 1);
    this.#contact = uri.replace(/^<(sips?:)(?:[^@>]*@)?/, (_, scheme: string) => `<${scheme}${user}@`) + parameters;
    return () => {
      this.#contact = before;
    };
  }

  get usages(): readonly DialogUsage[] {
    return this.#usages;
  }

  /** The way last used to the peer. */
  get hop(): Flow | Target {
    return this.#hop;
  }

  join(usage: DialogUsage): void {
    if (this.#usages.length === 0) this.#core.dialogs.add(this);
    this.#usages = [...this.#usages, usage];
  }

  /** Takes a usage out; the dialog ends with its last one. */
  leave(usage: DialogUsage): void {
    if (!this.#usages.includes(usage)) return;
    this.#usages = this.#usages.filter((one) => one !== usage);
    if (this.#usages.length === 0) this.#core.dialogs.remove(this);
  }

  /** Tells all but `knowing` that the dialog is lost. */
  lose(knowing: DialogUsage): void {
    for (const usage of this.#usages) if (usage !== knowing) usage.onDialogLost();
  }

  // ---- from the peer ----

  /** Hands a request to the usage that takes it, the youngest asked first. */
  receive(transaction: ServerTransaction): void {
    const { request } = transaction;
    const verdict = this.#core.judgeRoute(request, transaction.flow, this.record.routeSet);
    if (verdict === 'stale') return transaction.reply(481);
    if (acceptSequence(this.record, request.cseq.sequence) === 'out-of-order') {
      return transaction.reply(500, { reason: 'CSeq Out Of Order' });
    }
    if (verdict === 'follow') followRoute(this.record, request);
    this.#followFlow(transaction.flow);
    for (let i = this.#usages.length - 1; i >= 0; i--) if (this.#usages[i]?.receive(transaction)) return;
    // A BYE that crossed ours finds no session, only what else lives here.
    transaction.reply(request.method === 'BYE' ? 200 : 481);
  }

  receiveAck(ack: SipRequest): void {
    for (const usage of this.#usages) usage.receiveAck?.(ack);
  }

  refreshTarget(contact: NameAddr | undefined): void {
    refreshTarget(this.record, contact);
  }

  /** A peer that has one way only, or whose connection is gone, is answered where it speaks from now. */
  #followFlow(flow: Flow): void {
    if (flow === this.#hop) return;
    if (this.#hopIsOnlyWay || (isFlow(this.#hop) && !this.#hop.isOpen)) this.#hop = flow;
  }

  // ---- to the peer ----

  /** Sends a request in the dialog. */
  send(method: string, options: RequestOptions, user: ClientRequestUser): ClientRequest {
    const request = new ClientRequest({
      layer: this.#core.layer,
      build: () => this.#build(method, options),
      authenticator: this.#authenticator,
      user,
    });
    this.#findWay((hops) => request.start(hops));
    return request;
  }

  /**
   * Sends the ACK of a 2xx, with the credentials of its INVITE (RFC 3261 §13.2.2.4, §22.1); `sent` is told what to repeat.
   */
  sendAck(sequence: number, invite: SipRequest | undefined, answer: Payload | undefined, sent: (ack: SentAck) => void) {
    const ack = dialogRequest(this.record, 'ACK', sequence);
    if (invite) ack.headers.copy('Authorization', invite.headers).copy('Proxy-Authorization', invite.headers);
    attachPayload(ack, answer);
    this.#findWay(([hop]) => sent({ bytes: this.#core.layer.sendAck(ack, hop), to: hop }));
  }

  repeatAck({ bytes, to }: SentAck): void {
    this.#core.layer.transport.send(bytes, to, ignoreFailure);
  }

  #build(method: string, options: RequestOptions): SipRequest {
    const request = dialogRequest(this.record, method);
    this.#core.fillRequest(request, this.contact);
    appendHeaders(request.headers, options.headers);
    attachPayload(request, options.payload);
    return request;
  }

  /** The way last used while it leads to the next hop; else the next hop is located anew. */
  #findWay(use: (hops: readonly [Flow | Target, ...Target[]]) => void): void {
    const uriText = nextHopOf(this.record);
    const reused = reuseFlow(uriText, this.#hop, this.#hopIsOnlyWay);
    if (reused) return use([reused]);
    this.#core.locateAll(uriText, ([first, ...others]) => {
      // A name that leads nowhere: the way last used is the best there is.
      if (!first) return use([this.#hop]);
      this.#hop = first;
      this.#hopIsOnlyWay = false;
      use([first, ...others]);
    });
  }
}

function ignoreFailure(): void {}
