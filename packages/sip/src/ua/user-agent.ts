import { dialogKey, dialogKeyOfRequest } from '../dialog/dialog.ts';
import type { DigestClient } from '../digest/client.ts';
import { answerableFailure, makeResponse } from '../message/build.ts';
import { checkRequest, type Refusal, type RequestPolicy } from '../message/check-request.ts';
import { HeaderList } from '../message/headers.ts';
import { type SipMessage, SipRequest, type SipResponse } from '../message/message.ts';
import type { ParseFailure } from '../message/parse.ts';
import { printMessage } from '../message/print.ts';
import { parseUri } from '../message/uri.ts';
import { appendHeaders, attachPayload, type ExtraHeaders, type Payload } from '../session/payload.ts';
import type { Session } from '../session/session.ts';
import { DEFAULT_SESSION_TIMER, type SessionTimerPolicy } from '../session/session-timer.ts';
import { UacInvite, type UacInviteOptions } from '../session/uac-invite.ts';
import { UasInvite } from '../session/uas-invite.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';
import { TransactionLayer, type TransactionLayerUser } from '../transaction/layer.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import type { TransactionTimers } from '../transaction/timers.ts';
import type { Flow, Target, Transport, TransportEvents } from '../transport/transport.ts';
import { ClientRequest, type ClientRequestUser } from './client-request.ts';
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
}

export interface NewRequest {
  readonly method: string;
  readonly uriText: string;
  /** From text with tag. */
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly sequence: number;
  readonly maxForwards?: number | undefined;
  readonly routes?: readonly string[] | undefined;
  readonly payload?: Payload | undefined;
  readonly headers?: ExtraHeaders | undefined;
}

/** The core above the transactions: hands requests to dialogs or to its owner, and makes new ones (RFC 3261 §8, §12). */
export class UserAgent implements TransactionLayerUser, TransportEvents {
  readonly layer: TransactionLayer;
  readonly sessionTimer: SessionTimerPolicy;
  readonly #options: UserAgentOptions;
  readonly #handler: UserAgentHandler;
  readonly #allow: string;
  readonly #supported: string;
  readonly #policy: RequestPolicy;
  readonly #sessions = new Map<string, Session>();
  readonly #merged = new MergedRequests();
  /** To tag where no transaction keeps one: the same for every repetition (RFC 3261 §8.2.7). */
  readonly #statelessTag: string;

  constructor(options: UserAgentOptions) {
    this.#options = options;
    this.#statelessTag = options.random.hex(8);
    this.#handler = options.handler;
    this.#allow = options.methods.join(', ');
    this.#supported = options.extensions.join(', ');
    this.#policy = {
      methods: new Set(options.methods),
      extensions: new Set(options.extensions),
      mediaTypes: new Set(['application/sdp']),
      schemes: new Set(['sips', 'tel']),
      passedOn: new Set(options.passedOn ?? []),
    };
    this.sessionTimer = options.sessionTimer ?? DEFAULT_SESSION_TIMER;
    this.layer = new TransactionLayer({
      transport: options.connect(this),
      clock: options.clock,
      random: options.random,
      user: this,
      timers: options.timers,
    });
  }

  /** Sessions alive, early ones included. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  // ---- from the transport ----

  onMessage(message: SipMessage, flow: Flow): void {
    this.layer.receive(message, flow);
  }

  onMalformed(failure: ParseFailure, flow: Flow): void {
    const response = answerableFailure(failure, this.#statelessTag);
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
    if (wrong)
      return transaction.respond(makeResponse(request, wrong.status, { ...wrong, toTag: this.layer.random.hex(8) }));
    if (request.to.tag !== undefined) return this.#receiveInDialog(transaction);
    if (request.method === 'INVITE') return this.#receiveInvite(transaction);
    if (request.method === 'BYE' || request.method === 'PRACK' || request.method === 'UPDATE')
      return transaction.reply(481);
    this.#handler.onRequest(transaction);
  }

  onAck(ack: SipRequest): void {
    this.#sessions.get(dialogKeyOfRequest(ack))?.receiveAck(ack);
  }

  /** Bodies of INFO, MESSAGE and NOTIFY in a dialog are for its owner to judge, whatever their type. */
  #check(request: SipRequest): Refusal | undefined {
    const isOwners = request.to.tag !== undefined && OWN_BODIES.has(request.method);
    return checkRequest(
      request,
      isOwners ? { ...this.#policy, mediaTypes: new Set([mediaTypeOf(request)]) } : this.#policy,
    );
  }

  #receiveInDialog(transaction: ServerTransaction): void {
    const session = this.#sessions.get(dialogKeyOfRequest(transaction.request));
    if (session) session.receive(transaction);
    else if (transaction.request.method === 'REGISTER') this.#handler.onRequest(transaction);
    else transaction.reply(481);
  }

  #receiveInvite(transaction: ServerTransaction): void {
    if (this.#merged.isMerged(transaction)) return transaction.reply(482);
    const { uri } = transaction.request;
    const contactUser = uri && (uri.scheme === 'sip' || uri.scheme === 'sips') ? (uri.user ?? '') : '';
    this.#handler.onInvite(new UasInvite(this, transaction, contactUser));
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

  /** The session of a dialog, as Replaces, Target-Dialog or Refer-To name it: tags as seen from us. */
  findSession(callId: string, localTag: string, remoteTag: string): Session | undefined {
    return this.#sessions.get(dialogKey(callId, localTag, remoteTag));
  }

  addSession(session: Session): void {
    this.#sessions.set(session.key, session);
  }

  removeSession(session: Session): void {
    this.#sessions.delete(session.key);
  }

  newCallId(): string {
    return this.layer.random.hex(16);
  }

  /** A request outside a dialog, complete but for its Via. */
  newRequest(parts: NewRequest): SipRequest {
    const headers = new HeaderList();
    for (const route of parts.routes ?? []) headers.append('Route', route);
    headers.append('Max-Forwards', String(parts.maxForwards ?? 70));
    headers.append('From', parts.from).append('To', parts.to).append('Call-ID', parts.callId);
    headers.append('CSeq', `${parts.sequence} ${parts.method}`);
    const request = new SipRequest(parts.method, parts.uriText, headers);
    appendHeaders(headers, parts.headers);
    this.#describe(headers, 'User-Agent');
    attachPayload(request, parts.payload);
    return request;
  }

  /** Our Contact towards `hop`, with brackets. */
  contactFor(hop: Flow | Target, user: string): string {
    const local = this.layer.transport.localFor(hop);
    const at = user === '' ? '' : `${user}@`;
    const transport = hop.transport === 'udp' ? '' : `;transport=${hop.transport}`;
    return local ? `<sip:${at}${local.host}:${local.port}${transport}>` : `<sip:${at}invalid.invalid>`;
  }

  /** Adds what every request in a dialog carries. */
  fillRequest(request: SipRequest, contact: string): void {
    if (request.method !== 'BYE' && request.method !== 'PRACK') request.headers.append('Contact', contact);
    this.#describe(request.headers, 'User-Agent');
  }

  /** Adds what every response with a dialog carries. */
  fillResponse(response: SipResponse, contact: string): void {
    response.headers.append('Contact', contact);
    this.#describe(response.headers, 'Server');
  }

  /** Adds what a final response without a dialog carries. */
  fillFinal(response: SipResponse): void {
    if (this.#options.product !== undefined) response.headers.append('Server', this.#options.product);
  }

  #describe(headers: HeaderList, productHeader: 'User-Agent' | 'Server'): void {
    headers.append('Allow', this.#allow).append('Supported', this.#supported);
    if (this.#options.product !== undefined) headers.append(productHeader, this.#options.product);
  }

  /** Finds the first target of a URI; undefined when it leads nowhere. */
  locate(uriText: string, use: (hop: Target | undefined) => void): void {
    const uri = parseUri(uriText);
    if (!uri || (uri.scheme !== 'sip' && uri.scheme !== 'sips')) return use(undefined);
    const numeric = numericTarget(uri);
    if (numeric) return use(numeric);
    this.#options.locator.locate(uri, (found) => use('code' in found ? undefined : found[0]));
  }

  /** A plain answer to a request outside a dialog. */
  respond(transaction: ServerTransaction, status: number, headers?: ExtraHeaders): void {
    const response = makeResponse(transaction.request, status, { toTag: this.layer.random.hex(8) });
    this.fillFinal(response);
    appendHeaders(response.headers, headers);
    transaction.respond(response);
  }

  /** Forgets everything without another word. */
  close(): void {
    for (const session of [...this.#sessions.values()]) session.drop();
    this.layer.close();
  }
}

/** Methods whose bodies, within a dialog, may be of any type. */
const OWN_BODIES = new Set(['INFO', 'MESSAGE', 'NOTIFY', 'PUBLISH']);

function mediaTypeOf(request: SipRequest): string {
  return (request.headers.get('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

function ignoreFailure(): void {}
