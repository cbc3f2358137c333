import { DialogTable } from '../dialog/dialog-table.ts';
import { appendHeaders, attachPayload, type ExtraHeaders } from '../dialog/payload.ts';
import type { DigestClient } from '../digest/client.ts';
import { answerableFailure, makeResponse } from '../message/build.ts';
import { checkRequest, type Refusal, type RequestPolicy } from '../message/check-request.ts';
import { HeaderList } from '../message/headers.ts';
import { type SipMessage, SipRequest, type SipResponse } from '../message/message.ts';
import type { ParseFailure } from '../message/parse.ts';
import { printMessage } from '../message/print.ts';
import { parseUri } from '../message/uri.ts';
import { MAGIC_COOKIE } from '../message/via.ts';
import { Session, type SessionSnapshot } from '../session/session.ts';
import { DEFAULT_SESSION_TIMER, type SessionTimerPolicy } from '../session/session-timer.ts';
import { UacInvite, type UacInviteOptions } from '../session/uac-invite.ts';
import { UasInvite } from '../session/uas-invite.ts';
import { type AcceptSubscriptionOptions, acceptRefer, acceptSubscription } from '../subscription/accept.ts';
import { NotifierSubscription, type SubscriptionSnapshot } from '../subscription/notifier.ts';
import type { ReferSubscription } from '../subscription/refer-subscription.ts';
import { type SubscribeOptions, SubscriberSubscription } from '../subscription/subscriber.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import { TransactionLayer, type TransactionLayerUser, type TransactionSnapshot } from '../transaction/layer.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { sixtyFourT1, type TransactionTimers } from '../transaction/timers.ts';
import type { Flow, Target, Transport, TransportEvents } from '../transport/transport.ts';
import { ClientRequest, type ClientRequestUser } from './client-request.ts';
import type { HalfOpenUsage, JudgeRoute, NewRequest, UserAgentCore } from './core.ts';
import { findReplaced, type Replaced } from './find-replaced.ts';
import { MergedRequests } from './merged-requests.ts';
import { type Locator, numericTarget } from './next-hop.ts';

/** What a user agent hands to its owner. Each must be answered. */
export interface UserAgentHandler {
  /** A new INVITE outside any dialog. */
  onInvite(invite: UasInvite): void;
  /** Any other request outside a dialog: REGISTER, OPTIONS, SUBSCRIBE, MESSAGE … */
  onRequest(transaction: ServerTransaction): void;
  /** Looks at every new request first, before anything is kept of it; a response refuses it. */
  screen?(request: SipRequest, flow: Flow): SipResponse | undefined;
  onFlowClosed?(flow: Flow): void;
  /** Something that was no message; already answered where an answer is due. */
  onMalformed?(failure: ParseFailure, flow: Flow): void;
}

export interface UserAgentOptions {
  /** Opens the transport; it must report to `events`. */
  readonly connect: (events: TransportEvents) => Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly locator: Locator;
  readonly handler: UserAgentHandler;
  /** Value of User-Agent and Server; none is sent when absent. */
  readonly product?: string | undefined;
  /** Methods named in Allow. */
  readonly methods: readonly string[];
  /** Option tags named in Supported. */
  readonly extensions: readonly string[];
  readonly timers?: TransactionTimers | undefined;
  readonly sessionTimer?: SessionTimerPolicy | undefined;
  /** Methods that its owner passes on to somebody else: they need a hop left (RFC 3261 §16.3). */
  readonly passedOn?: readonly string[] | undefined;
  /** Request-URIs beside sip, sips and tel that its owner serves. */
  readonly servesUri?: ((text: string) => boolean) | undefined;
  /** Asked of each request within a dialog; without it the route set of a dialog stays as it was first. */
  readonly judgeRoute?: JudgeRoute | undefined;
}

/** What is alive in a user agent, for the operator. */
export interface UserAgentSnapshot {
  readonly transactions: readonly TransactionSnapshot[];
  readonly sessions: readonly SessionSnapshot[];
  readonly subscriptions: readonly SubscriptionSnapshot[];
}

/** Requests that change something: one that comes twice by two ways is answered once (RFC 3261 §8.2.2.2). */
const MERGEABLE = new Set(['INVITE', 'SUBSCRIBE', 'REFER', 'MESSAGE', 'PUBLISH']);
/** Requests that mean nothing outside a dialog. */
const IN_DIALOG_ONLY = new Set(['BYE', 'PRACK', 'UPDATE', 'INFO']);

/** The core above the transactions: hands requests to dialogs or to its owner, and makes new ones (RFC 3261 §8, §12). */
export class UserAgent implements TransactionLayerUser, TransportEvents, UserAgentCore {
  readonly layer: TransactionLayer;
  readonly dialogs: DialogTable;
  readonly halfOpen = new Map<string, HalfOpenUsage>();
  readonly sessionTimer: SessionTimerPolicy;
  readonly judgeRoute: JudgeRoute;
  readonly #options: UserAgentOptions;
  readonly #handler: UserAgentHandler;
  readonly #allow: string;
  readonly #supported: string;
  readonly #policy: RequestPolicy;
  readonly #merged = new MergedRequests();

  constructor(options: UserAgentOptions) {
    this.#options = options;
    this.#handler = options.handler;
    this.#allow = options.methods.join(', ');
    this.#supported = options.extensions.join(', ');
    this.#policy = {
      methods: new Set(options.methods),
      extensions: new Set(options.extensions),
      mediaTypes: new Set(['application/sdp']),
      schemes: new Set(['sips', 'tel']),
      passedOn: new Set(options.passedOn ?? []),
      servesUri: options.servesUri,
    };
    this.sessionTimer = options.sessionTimer ?? DEFAULT_SESSION_TIMER;
    this.judgeRoute = options.judgeRoute ?? (() => 'keep');
    this.layer = new TransactionLayer({
      transport: options.connect(this),
      clock: options.clock,
      random: options.random,
      user: this,
      timers: options.timers,
    });
    this.dialogs = new DialogTable(options.clock, sixtyFourT1(this.layer.timers));
  }

  /** Sessions alive, early ones included. */
  get sessionCount(): number {
    let count = 0;
    for (const _ of this.#sessions()) count++;
    return count;
  }

  /** Everything that is alive. */
  snapshot(): UserAgentSnapshot {
    return {
      transactions: [...this.layer.snapshot()],
      sessions: [...this.#sessions()].map((session) => session.snapshot()),
      subscriptions: [...this.#subscriptions()].map((subscription) => subscription.snapshot()),
    };
  }

  *#sessions(): Generator<Session> {
    for (const { usages } of this.dialogs) for (const usage of usages) if (usage instanceof Session) yield usage;
  }

  *#subscriptions(): Generator<NotifierSubscription | SubscriberSubscription> {
    for (const usage of this.halfOpen.values()) if (usage instanceof SubscriberSubscription) yield usage;
    for (const { usages } of this.dialogs) {
      for (const usage of usages) {
        if (usage instanceof NotifierSubscription || usage instanceof SubscriberSubscription) yield usage;
      }
    }
  }

  // ---- from the transport ----

  onMessage(message: SipMessage, flow: Flow): void {
    this.layer.receive(message, flow);
  }

  onMalformed(failure: ParseFailure, flow: Flow): void {
    const response = answerableFailure(failure, this.layer.statelessTag);
    // Back the way it came: a Via in a message that breaks the grammar tells nothing.
    if (response) this.layer.transport.send(printMessage(response), flow, ignoreFailure);
    this.#handler.onMalformed?.(failure, flow);
  }

  onFlowClosed(flow: Flow): void {
    this.#handler.onFlowClosed?.(flow);
  }

  // ---- from the transactions ----

  screen(request: SipRequest, flow: Flow): SipResponse | undefined {
    return this.#handler.screen?.(request, flow);
  }

  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    const wrong = this.#check(request);
    if (wrong) return transaction.reply(wrong.status, wrong);
    if (request.to.tag !== undefined) return this.#receiveInDialog(transaction);
    if (MERGEABLE.has(request.method) && this.#merged.isMerged(transaction)) return transaction.reply(482);
    if (request.method === 'INVITE') return this.#receiveInvite(transaction);
    if (IN_DIALOG_ONLY.has(request.method)) return transaction.reply(481);
    this.#handler.onRequest(transaction);
  }

  onAck(ack: SipRequest): void {
    this.dialogs.findFor(ack)?.receiveAck(ack);
  }

  /** Bodies of INFO, MESSAGE and NOTIFY are for the owner to judge, whatever their type. */
  #check(request: SipRequest): Refusal | undefined {
    const isOwners = OWN_BODIES.has(request.method);
    return checkRequest(
      request,
      isOwners ? { ...this.#policy, mediaTypes: new Set([mediaTypeOf(request)]) } : this.#policy,
    );
  }

  #receiveInDialog(transaction: ServerTransaction): void {
    const { request } = transaction;
    const dialog = this.dialogs.findFor(request);
    if (dialog) return dialog.receive(transaction);
    if (request.method === 'REGISTER') return this.#handler.onRequest(transaction);
    if (request.method === 'NOTIFY' && this.halfOpen.get(request.to.tag ?? '')?.receiveFirst(transaction)) return;
    transaction.reply(this.#isCrossingBye(request) ? 200 : 481);
  }

  #isCrossingBye(request: SipRequest): boolean {
    const { to, method } = request;
    return method === 'BYE' && this.dialogs.departed.has({ localTag: to.tag ?? '' });
  }

  #receiveInvite(transaction: ServerTransaction): void {
    const { request } = transaction;
    // RFC 3261 §8.1.1.8; a peer of RFC 2543, which need not give one, is called back at its From (RFC 4475 §3.4.1).
    const isOf2543 = !request.via.branch?.startsWith(MAGIC_COOKIE);
    if (!request.contact && !isOf2543) return transaction.reply(400, { reason: 'Missing Contact' });
    this.#handler.onInvite(new UasInvite(this, transaction));
  }

  // ---- for its owner ----

  /** Makes a call ready; `start` sends it. */
  prepareInvite(options: UacInviteOptions): UacInvite {
    return new UacInvite(this, options);
  }

  /** Sends a request outside a dialog. */
  request(
    build: (hop: Flow | Target) => SipRequest,
    hops: readonly (Flow | Target)[],
    user: ClientRequestUser,
    authenticator?: DigestClient,
  ): ClientRequest {
    const request = new ClientRequest({ layer: this.layer, build, user, authenticator });
    request.start(hops);
    return request;
  }

  /** Refuses a method that is understood, but not outside a dialog (RFC 3261 §8.2.1). */
  refuseMethod(transaction: ServerTransaction): void {
    this.respond(transaction, 405, [['Allow', this.#allow]]);
  }

  /** A plain answer to a request outside a dialog. */
  respond(transaction: ServerTransaction, status: number, headers?: ExtraHeaders): void {
    const response = makeResponse(transaction.request, status, { toTag: transaction.localTag });
    if (status === 405) response.headers.append('Allow', this.#allow);
    this.fillFinal(response);
    appendHeaders(response.headers, headers);
    transaction.respond(response);
  }

  /**
   * Accepts a SUBSCRIBE for an event package that the owner has; one for another is answered 489. Undefined when it had
   * to be refused.
   */
  acceptSubscription(
    transaction: ServerTransaction,
    options: AcceptSubscriptionOptions,
  ): NotifierSubscription | undefined {
    return acceptSubscription(this, transaction, options);
  }

  /** Accepts a REFER outside a session; undefined when it had to be refused. */
  acceptRefer(transaction: ServerTransaction): ReferSubscription | undefined {
    return acceptRefer(this, transaction);
  }

  /** Subscribes somewhere. */
  subscribe(options: SubscribeOptions): SubscriberSubscription {
    const subscription = new SubscriberSubscription(this, options);
    subscription.start();
    return subscription;
  }

  /** The session of a dialog, as Replaces, Target-Dialog or Refer-To name it: tags as seen from us. */
  findSession(callId: string, localTag: string, remoteTag: string): Session | undefined {
    const usages = this.dialogs.find(callId, localTag, remoteTag)?.usages;
    return usages?.find((usage) => usage instanceof Session);
  }

  /** What an INVITE with Replaces takes the place of (RFC 3891 §3); undefined when it has no Replaces. */
  findReplaced(request: SipRequest): Replaced | undefined {
    return findReplaced(this.dialogs, request);
  }

  /** Forgets everything without another word. */
  close(): void {
    for (const session of [...this.#sessions()]) session.drop();
    for (const usage of [...this.dialogs].flatMap((dialog) => dialog.usages)) usage.onDialogLost();
    for (const subscription of [...this.#subscriptions()]) subscription.drop();
    this.dialogs.departed.clear();
    this.layer.close();
  }

  // ---- for dialogs, sessions and subscriptions ----

  newCallId(): string {
    return this.layer.random.hex(16);
  }

  newRequest(parts: NewRequest): SipRequest {
    const headers = new HeaderList();
    for (const route of parts.routes ?? []) headers.append('Route', route);
    headers.append('Max-Forwards', String(parts.maxForwards ?? 70));
    headers.append('From', parts.from).append('To', parts.to).append('Call-ID', parts.callId);
    headers.append('CSeq', `${parts.sequence} ${parts.method}`);
    const request = new SipRequest(parts.method, parts.uriText, headers);
    appendHeaders(headers, parts.headers);
    this.#describe(headers, 'User-Agent', parts.withoutExtensions);
    attachPayload(request, parts.payload);
    return request;
  }

  contactFor(hop: Flow | Target, user: string, isSecure = false): string {
    const local = this.layer.transport.localFor(hop);
    const scheme = isSecure ? 'sips' : 'sip';
    const at = user === '' ? '' : `${user}@`;
    const isImplied = hop.transport === 'udp' || (isSecure && hop.transport === 'tls');
    const transport = isImplied ? '' : `;transport=${hop.transport}`;
    return local ? `<${scheme}:${at}${local.host}:${local.port}${transport}>` : `<${scheme}:${at}invalid.invalid>`;
  }

  fillRequest(request: SipRequest, contact: string): void {
    if (request.method !== 'BYE' && request.method !== 'PRACK') request.headers.append('Contact', contact);
    this.#describe(request.headers, 'User-Agent');
  }

  fillResponse(response: SipResponse, contact: string): void {
    response.headers.append('Contact', contact);
    this.#describe(response.headers, 'Server');
  }

  fillFinal(response: SipResponse): void {
    if (this.#options.product !== undefined) response.headers.append('Server', this.#options.product);
  }

  #describe(headers: HeaderList, productHeader: 'User-Agent' | 'Server', without: readonly string[] = []): void {
    const { extensions, product } = this.#options;
    const supported =
      without.length === 0 ? this.#supported : extensions.filter((tag) => !without.includes(tag)).join(', ');
    headers.append('Allow', this.#allow).append('Supported', supported);
    if (product !== undefined) headers.append(productHeader, product);
  }

  /** Finds the first target of a URI; undefined when it leads nowhere. */
  locate(uriText: string, use: (hop: Target | undefined) => void): void {
    this.locateAll(uriText, ([first]) => use(first));
  }

  locateAll(uriText: string, use: (hops: readonly Target[]) => void): void {
    const uri = parseUri(uriText);
    if (!uri || (uri.scheme !== 'sip' && uri.scheme !== 'sips')) return use([]);
    const numeric = numericTarget(uri);
    if (numeric) return use([numeric]);
    this.#options.locator.locate(uri, (found) => use('code' in found ? [] : found));
  }
}

/** Methods whose bodies may be of any type. */
const OWN_BODIES = new Set(['INFO', 'MESSAGE', 'NOTIFY', 'PUBLISH']);

function mediaTypeOf(request: SipRequest): string {
  return (request.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function ignoreFailure(): void {}
