/** The two ends of a call as a scripted phone has them. */
import { headerOf } from '../../peers/index.ts';
import type { Received } from './inbox.ts';
import { branchOf, methodOf, type RequestParts, statusOf, tagOf, token, uriIn } from './messages.ts';
import type { CallOptions, ScriptedPhone } from './phone.ts';

type RequestContent = Pick<RequestParts, 'headers' | 'sdp' | 'body'>;

/** What both kinds of calls have once there is a dialog. */
abstract class ScriptedCall {
  readonly phone: ScriptedPhone;
  abstract readonly callId: string;
  protected abstract dialog(): { from: string; to: string; target: string };
  protected sequence = 0;

  constructor(phone: ScriptedPhone) {
    this.phone = phone;
  }

  /** Sends a request in the dialog and gives its final response. */
  async request(method: string, options: RequestContent = {}): Promise<Received> {
    return await this.phone.exchange(() => this.#parts(method, options));
  }

  /** A re-INVITE; its 200 is acknowledged. */
  async reinvite(sdp: string): Promise<Received> {
    const response = await this.request('INVITE', { sdp, headers: [`Contact: ${this.phone.contact}`] });
    if ((statusOf(response.text) ?? 0) < 300) this.sendAck(response);
    return response;
  }

  async bye(): Promise<Received> {
    return await this.request('BYE');
  }

  sendAck(response: Received, sdp = ''): void {
    const sequence = Number(headerOf(response.text, 'CSeq')?.split(' ')[0]);
    this.phone.sendRequest({ ...this.#parts('ACK', { sdp }), sequence });
  }

  /** The first request of this method in the call, past ones from `fromIndex` on included. */
  async waitForRequest(method: string, fromIndex = 0, timeoutMs?: number): Promise<Received> {
    const isIt = ({ text }: Received) => methodOf(text) === method && headerOf(text, 'Call-ID') === this.callId;
    return await this.phone.inbox.waitFor(`${method} in the call`, isIt, {
      fromIndex,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }

  /** Everything received in the call. */
  messages(): Received[] {
    return this.phone.inbox.received.filter(({ text }) => headerOf(text, 'Call-ID') === this.callId);
  }

  #parts(method: string, options: RequestContent): RequestParts {
    const { from, to, target } = this.dialog();
    if (method !== 'ACK') this.sequence++;
    return { method, uri: target, from, to, callId: this.callId, sequence: this.sequence, ...options };
  }
}

/** A call that the phone places. */
export class OutgoingCall extends ScriptedCall {
  readonly callId = token();
  readonly #uri: string;
  readonly #options: CallOptions;
  readonly #from: string;
  #branch = '';
  #isAcknowledged = false;

  constructor(phone: ScriptedPhone, number: string, options: CallOptions) {
    super(phone);
    this.#uri = `sip:${encodeURIComponent(number)}@${phone.domain}`;
    this.#options = options;
    this.#from = `${phone.aor};tag=${token()}`;
  }

  /** Sends INVITE until it is not challenged: resolves with the first response that is none. */
  async start(): Promise<void> {
    this.phone.inbox.onMessage((message) => this.#onMessage(message));
    const compose = () => this.#invite();
    const challenged = this.phone.exchange(compose);
    // A call may ring longer than a request may take; the waits of the test tell what is missing.
    challenged.catch(() => {});
    await this.phone.inbox.waitFor(
      'a response to INVITE',
      ({ text }) => headerOf(text, 'Call-ID') === this.callId && ![undefined, 401, 407].includes(statusOf(text)),
    );
  }

  /** The first response with this status. */
  async response(status: number, timeoutMs?: number): Promise<Received> {
    return await this.#responseThat(String(status), (one) => one === status, timeoutMs);
  }

  /** The final response. */
  async final(timeoutMs?: number): Promise<Received> {
    return await this.#responseThat('a final response', (one) => one >= 200, timeoutMs);
  }

  /** Waits for the 200 and acknowledges it; again whenever it comes again. */
  async answered(answer = ''): Promise<Received> {
    const response = await this.response(200);
    this.sendAck(response, answer);
    this.#isAcknowledged = true;
    return response;
  }

  /** Sends CANCEL for the INVITE. */
  cancel(headers: readonly string[] = []): void {
    const { method: _, sdp: __, headers: ___, ...parts } = this.#invite(false);
    this.phone.sendRequest({ ...parts, method: 'CANCEL', branch: this.#branch, headers });
  }

  /** Statuses of the responses to the INVITE, in the order they came, challenges left out. */
  statuses(): number[] {
    const all = this.messages().filter(({ text }) => /INVITE/.test(headerOf(text, 'CSeq') ?? ''));
    return all.map(({ text }) => statusOf(text) ?? 0).filter((status) => status !== 407 && status !== 0);
  }

  protected dialog() {
    const dialogMaking = this.messages().findLast(({ text }) => {
      const status = statusOf(text) ?? 0;
      return status > 100 && status < 300 && headerOf(text, 'Contact') !== undefined;
    });
    const text = dialogMaking?.text ?? '';
    return {
      from: this.#from,
      to: headerOf(text, 'To') ?? `<${this.#uri}>`,
      target: uriIn(headerOf(text, 'Contact')) ?? this.#uri,
    };
  }

  async #responseThat(what: string, isIt: (status: number) => boolean, timeoutMs?: number): Promise<Received> {
    const isWanted = ({ text }: Received) => branchOf(text) === this.#branch && isIt(statusOf(text) ?? 0);
    return await this.phone.inbox.waitFor(`${what} to INVITE`, isWanted, {
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }

  #invite(isNew = true): RequestParts {
    if (isNew) {
      this.sequence++;
      this.#branch = `z9hG4bK${token()}`;
    }
    const { sdp = this.phone.sdp, headers = [] } = this.#options;
    return {
      method: 'INVITE',
      uri: this.#uri,
      from: this.#from,
      to: `<${this.#uri}>`,
      callId: this.callId,
      sequence: this.sequence,
      branch: this.#branch,
      headers: [`Contact: ${this.phone.contact}`, ...headers],
      sdp,
    };
  }

  /** Acknowledges refusals within the transaction, and answers that come again. */
  #onMessage(message: Received): void {
    const { text } = message;
    const status = statusOf(text) ?? 0;
    if (headerOf(text, 'Call-ID') !== this.callId || !/ INVITE$/.test(headerOf(text, 'CSeq') ?? '')) return;
    if (status >= 200 && status < 300 && this.#isAcknowledged) return this.sendAck(message);
    if (status < 300) return;
    const branch = branchOf(text);
    const sequence = Number(headerOf(text, 'CSeq')?.split(' ')[0]);
    const to = headerOf(text, 'To') ?? '';
    this.phone.sendRequest({
      method: 'ACK',
      uri: this.#uri,
      from: this.#from,
      to,
      callId: this.callId,
      sequence,
      ...(branch === undefined ? {} : { branch }),
    });
  }
}

/** A call that comes in. */
export class IncomingCall extends ScriptedCall {
  readonly callId: string;
  readonly invite: Received;
  #answer: string | undefined;

  constructor(phone: ScriptedPhone, invite: Received) {
    super(phone);
    this.invite = invite;
    this.callId = headerOf(invite.text, 'Call-ID') ?? '';
  }

  ring(): void {
    this.phone.respond(this.invite, '180 Ringing');
  }

  answer(sdp = this.phone.sdp): void {
    this.phone.respond(this.invite, '200 OK', { sdp });
  }

  /** Answers and waits for the ACK. */
  async connect(): Promise<void> {
    this.answer();
    await this.waitForRequest('ACK');
  }

  refuse(status: string, headers: readonly string[] = []): void {
    this.phone.respond(this.invite, status, { headers });
  }

  /** The CANCEL of this INVITE. */
  async cancelled(timeoutMs?: number): Promise<Received> {
    return await this.waitForRequest('CANCEL', 0, timeoutMs);
  }

  protected dialog() {
    const { text } = this.invite;
    this.#answer ??= `${headerOf(text, 'To')};tag=t${Buffer.from(this.callId).toString('hex').slice(0, 12)}`;
    const target = uriIn(headerOf(text, 'Contact')) ?? '';
    return { from: this.#answer, to: headerOf(text, 'From') ?? '', target };
  }

  /** Tag of the other side. */
  get remoteTag(): string | undefined {
    return tagOf(headerOf(this.invite.text, 'From'));
  }
}
