/**
 * A phone written out by hand: it knows digest, keeps every octet it gets, answers what any phone answers at once (BYE,
 * CANCEL, OPTIONS, NOTIFY), and otherwise does only what a test tells it to. For races, for wrong behaviour and for
 * searches over everything that was sent.
 */
import { headerOf, plainSdp } from '../../peers/index.ts';
import { IncomingCall, OutgoingCall } from './call.ts';
import { authorization, type Credentials } from './digest.ts';
import type { Inbox, Received } from './inbox.ts';
import { branchOf, composeRequest, composeResponse, methodOf, type RequestParts, statusOf, token } from './messages.ts';
import type { Wire } from './wire.ts';

export interface RegisterOptions {
  /** Default: this phone. */
  readonly contact?: string;
  readonly expiresSec?: number;
  readonly headers?: readonly string[];
}

export interface CallOptions {
  /** '' makes no offer. Default: a plain one. */
  readonly sdp?: string;
  readonly headers?: readonly string[];
}

/** Requests in a dialog or to a phone in general that are answered 200 without asking the test. */
const ANSWERED_AT_ONCE = new Set(['BYE', 'OPTIONS', 'NOTIFY', 'INFO', 'MESSAGE', 'UPDATE']);

export class ScriptedPhone {
  readonly wire: Wire;
  readonly account: Credentials;
  /** Host and port of the system. */
  readonly domain: string;
  /** What it describes in offers and answers. */
  sdp = plainSdp();
  /** Methods that the test answers itself. */
  readonly asksTest = new Set<string>();
  readonly #registerCallId = token();
  #registerSequence = 0;
  #nextInvite = 0;
  #responses = new Map<string, string>();
  #invites = new Map<string, Received>();

  constructor(wire: Wire, account: Credentials, domain: string) {
    this.wire = wire;
    this.account = account;
    this.domain = domain;
    wire.inbox.onMessage((message) => this.#onMessage(message));
  }

  get inbox(): Inbox {
    return this.wire.inbox;
  }

  get contact(): string {
    return `<sip:${this.account.user}@${this.wire.contactHost}>`;
  }

  get aor(): string {
    return `<sip:${this.account.user}@${this.domain}>`;
  }

  /** Sends REGISTER, answers the challenge, and gives the last response. */
  async register(options: RegisterOptions = {}): Promise<Received> {
    const { contact = this.contact, expiresSec = 300, headers = [] } = options;
    return await this.exchange(() => ({
      method: 'REGISTER',
      uri: `sip:${this.domain}`,
      from: `${this.aor};tag=${this.#registerCallId}`,
      to: this.aor,
      callId: this.#registerCallId,
      sequence: ++this.#registerSequence,
      headers: [`Contact: ${contact}`, `Expires: ${expiresSec}`, ...headers],
    }));
  }

  /** Sends a request outside any dialog and gives its final response. */
  async request(method: string, uri: string, headers: readonly string[] = []): Promise<Received> {
    const [callId, tag] = [token(), token()];
    let sequence = 0;
    const from = `${this.aor};tag=${tag}`;
    const contact = [`Contact: ${this.contact}`];
    return await this.exchange(() => ({
      method,
      uri,
      from,
      to: `<${uri}>`,
      callId,
      sequence: ++sequence,
      headers: [...contact, ...headers],
    }));
  }

  /** Calls a number; resolves once the INVITE with credentials is on its way. */
  async call(number: string, options: CallOptions = {}): Promise<OutgoingCall> {
    const call = new OutgoingCall(this, number, options);
    await call.start();
    return call;
  }

  /** The next INVITE outside a dialog that was not handed out yet. */
  async nextCall(timeoutMs?: number): Promise<IncomingCall> {
    const isNew = ({ text }: Received) => methodOf(text) === 'INVITE' && !/;tag=/.test(headerOf(text, 'To') ?? '');
    const invite = await this.inbox.waitFor('an INVITE', (one) => isNew(one) && this.#isFirst(one), {
      fromIndex: this.#nextInvite,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    this.#nextInvite = this.inbox.received.indexOf(invite) + 1;
    return new IncomingCall(this, invite);
  }

  /** True when no INVITE has come that was not handed out by `nextCall`. */
  get hasRung(): boolean {
    return this.inbox.received.slice(this.#nextInvite).some(({ text }) => methodOf(text) === 'INVITE');
  }

  /** Sends requests made by `compose` until the response is no challenge, and gives that response. */
  async exchange(compose: () => RequestParts): Promise<Received> {
    const first = await this.#once(compose());
    const status = statusOf(first.text);
    const challenge = headerOf(first.text, status === 401 ? 'WWW-Authenticate' : 'Proxy-Authenticate');
    if ((status !== 401 && status !== 407) || challenge === undefined) return first;
    const again = compose();
    const field = status === 401 ? 'Authorization' : 'Proxy-Authorization';
    const value = authorization(challenge, again.method, again.uri, this.account);
    return await this.#once({ ...again, headers: [...(again.headers ?? []), `${field}: ${value}`] });
  }

  /** Puts a request on the wire and gives the branch of its Via. */
  sendRequest(parts: RequestParts): string {
    const branch = parts.branch ?? `z9hG4bK${token()}`;
    this.wire.send(composeRequest({ ...parts, branch }, this.wire));
    return branch;
  }

  /** Answers a request; a repetition of it gets the same answer again. */
  respond(request: Received, status: string, options: { headers?: readonly string[]; sdp?: string } = {}): void {
    const response = composeResponse(request.text, status, {
      toTag: tagFor(request.text),
      contact: this.contact,
      ...options,
    });
    this.#responses.set(keyOf(request.text), response);
    this.wire.send(response);
  }

  async close(): Promise<void> {
    await this.wire.close();
  }

  async #once(parts: RequestParts): Promise<Received> {
    const branch = this.sendRequest(parts);
    const isFinal = ({ text }: Received) => branchOf(text) === branch && (statusOf(text) ?? 0) >= 200;
    return await this.inbox.waitFor(`a final response to ${parts.method}`, isFinal);
  }

  #isFirst(invite: Received): boolean {
    return this.#invites.get(branchOf(invite.text) ?? '') === invite;
  }

  #onMessage(message: Received): void {
    const method = methodOf(message.text);
    if (method === undefined || method === 'ACK') return;
    const answered = this.#responses.get(keyOf(message.text));
    if (answered !== undefined) return this.wire.send(answered);
    const branch = branchOf(message.text) ?? '';
    if (method === 'INVITE') this.#onInvite(message, branch);
    else if (method === 'CANCEL') this.#onCancel(message, branch);
    else if (ANSWERED_AT_ONCE.has(method) && !this.asksTest.has(method)) this.respond(message, '200 OK');
  }

  #onInvite(invite: Received, branch: string): void {
    if (!this.#invites.has(branch)) this.#invites.set(branch, invite);
    const isReinvite = /;tag=/.test(headerOf(invite.text, 'To') ?? '');
    if (!isReinvite) this.respond(invite, '100 Trying');
    else if (!this.asksTest.has('INVITE')) this.respond(invite, '200 OK', { sdp: this.sdp });
  }

  #onCancel(cancel: Received, branch: string): void {
    this.respond(cancel, '200 OK');
    const invite = this.#invites.get(branch);
    const isOpen = invite && (statusOf(this.#responses.get(keyOf(invite.text)) ?? '') ?? 0) < 200;
    if (isOpen && !this.asksTest.has('CANCEL')) this.respond(invite, '487 Request Terminated');
  }
}

function keyOf(request: string): string {
  return `${branchOf(request)} ${methodOf(request)}`;
}

/** Our tag in a dialog, always the same for the same Call-ID. */
function tagFor(request: string): string {
  return `t${Buffer.from(headerOf(request, 'Call-ID') ?? '')
    .toString('hex')
    .slice(0, 12)}`;
}
