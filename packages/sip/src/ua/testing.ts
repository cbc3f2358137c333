import assert from 'node:assert/strict';
import { type ExtraHeaders, type Payload, payloadOf, sdpPayload } from '../dialog/payload.ts';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parse.ts';
import type { ReinviteExchange } from '../session/reinvite-exchange.ts';
import { Session } from '../session/session.ts';
import type { SessionEnd } from '../session/session-handler.ts';
import type { InviteOutcome, UacInvite, UacInviteHandler, UacInviteOptions } from '../session/uac-invite.ts';
import type { UasInvite, UasInviteHandler } from '../session/uas-invite.ts';
import { SeededRandom } from '../time/random.ts';
import { VirtualClock } from '../time/virtual-clock.ts';
import type { ServerTransaction } from '../transaction/server-transaction.ts';
import { FakeNetwork, type FakeNetworkOptions } from '../transport/fake-network.ts';
import type { FakeNode } from '../transport/fake-node.ts';
import { Recorder } from '../transport/testing.ts';
import type { Target, TransportName } from '../transport/transport.ts';
import { numericLocator } from './next-hop.ts';
import { UserAgent, type UserAgentHandler, type UserAgentOptions } from './user-agent.ts';

/** A session description that names who wrote it and which one it is. */
export function sdp(who: string, version = 1): Payload {
  return sdpPayload(
    `v=0\r\no=${who} 1 ${version} IN IP4 10.0.0.9\r\ns=-\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n`,
  );
}

/** `a1` of the description that `sdp('a', 1)` makes, '' of none. */
export function sdpName(payload: Payload | undefined): string {
  const match = /^o=(\S+) \S+ (\S+)/m.exec(payload?.bytes.toString() ?? '');
  return match ? `${match[1]}${match[2]}` : '';
}

/** One end of a call in a test: notes what it is told, and does what a simple phone would unless a hook says otherwise. */
export class Party implements UacInviteHandler, UasInviteHandler {
  readonly name: string;
  readonly events: string[] = [];
  session: Session | undefined;
  /** Instead of the default reaction; the event is noted all the same. */
  hooks: Partial<UacInviteHandler & UasInviteHandler> = {};
  /** Set by tests whose calls may be offered something in a provisional response. */
  onEarlyOffer?: NonNullable<UacInviteHandler['onEarlyOffer']>;
  #version = 1;

  constructor(name: string) {
    this.name = name;
  }

  /** Another description of its own each time. */
  describe(): Payload {
    return sdp(this.name, this.#version++);
  }

  onProgress(invite: UacInvite, response: SipResponse, payload: Payload | undefined): void {
    this.#note(`progress ${response.status}`, payload);
    this.hooks.onProgress?.(invite, response, payload);
  }

  onAnswer(invite: UacInvite, session: Session, response: SipResponse): void {
    this.session = session;
    this.#note('answer', session.remotePayload);
    if (this.hooks.onAnswer) return this.hooks.onAnswer(invite, session, response);
    const isOffer = session.descriptions.state === 'offer-received';
    invite.acknowledge(session, response, isOffer ? this.describe() : undefined);
  }

  onFailure(invite: UacInvite, outcome: InviteOutcome): void {
    this.events.push(`failure ${outcome.kind === 'refused' ? outcome.response.status : outcome.failure}`);
    this.hooks.onFailure?.(invite, outcome);
  }

  onCancel(invite: UasInvite, reason: string | undefined): void {
    this.events.push(`cancel${reason === undefined ? '' : ` ${reason}`}`);
    this.hooks.onCancel?.(invite, reason);
  }

  onAck(session: Session, payload: Payload | undefined): void {
    this.#note('ack', payload);
    this.hooks.onAck?.(session, payload);
  }

  onReinvite(session: Session, exchange: ReinviteExchange): void {
    this.#note('reinvite', exchange.offer);
    if (this.hooks.onReinvite) return this.hooks.onReinvite(session, exchange);
    exchange.accept(this.describe(), (payload) => this.#note('reack', payload));
  }

  onUpdate(session: Session, update: ServerTransaction): void {
    this.#note(update.request.method.toLowerCase(), payloadOf(update.request));
    if (this.hooks.onUpdate) return this.hooks.onUpdate(session, update);
    session.answerUpdate(update, this.describe());
  }

  onRequest(session: Session, request: ServerTransaction): void {
    this.events.push(request.request.method.toLowerCase());
    if (this.hooks.onRequest) return this.hooks.onRequest(session, request);
    request.reply(200);
  }

  onBye(session: Session, bye: SipRequest): void {
    this.events.push('bye');
    this.hooks.onBye?.(session, bye);
  }

  onEnded(session: Session, end: SessionEnd): void {
    this.events.push(`ended ${end}`);
    this.hooks.onEnded?.(session, end);
  }

  onEarlyAnswer(session: Session, answer: Payload): void {
    this.#note('early answer', answer);
    this.hooks.onEarlyAnswer?.(session, answer);
  }

  #note(event: string, payload: Payload | undefined): void {
    this.events.push(payload ? `${event} ${sdpName(payload)}` : event);
  }
}

/** A user agent of a test with one party for each call it takes. */
export class TestAgent implements UserAgentHandler {
  readonly name: string;
  readonly ua: UserAgent;
  readonly node: FakeNode;
  readonly target: Target;
  readonly invites: UasInvite[] = [];
  readonly requests: ServerTransaction[] = [];
  readonly party: Party;
  /** What is done with an INVITE; by default it rings. */
  onCall: (invite: UasInvite) => void = (invite) => invite.progress(180);
  onOther: (transaction: ServerTransaction) => void = (transaction) => transaction.reply(200);

  constructor(
    stage: Stage,
    name: string,
    address: string,
    options: Partial<UserAgentOptions>,
    transport: TransportName,
  ) {
    this.name = name;
    this.party = new Party(name);
    this.target = { transport, address, port: 5060 };
    let node: FakeNode | undefined;
    this.ua = new UserAgent({
      connect: (events) => {
        node = stage.network.attach(address, 5060, events, ['udp', 'tcp', 'tls']);
        return node;
      },
      clock: stage.clock,
      random: stage.random,
      locator: numericLocator,
      handler: this,
      methods: [
        ...['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'PRACK', 'UPDATE', 'INFO', 'REFER', 'NOTIFY', 'SUBSCRIBE'],
        'MESSAGE',
      ],
      extensions: ['100rel', 'timer', 'replaces', '199', 'norefersub'],
      ...options,
    });
    this.node = node as unknown as FakeNode;
  }

  get uri(): string {
    const { address, transport } = this.target;
    return `sip:${this.name}@${address}${transport === 'udp' ? '' : `;transport=${transport}`}`;
  }

  /** Its one session. */
  get session(): Session {
    const sessions = [...this.ua.dialogs].flatMap(({ usages }) => usages.filter((usage) => usage instanceof Session));
    assert.equal(sessions.length, 1);
    return sessions[0] as Session;
  }

  /** The last INVITE that came in. */
  get invite(): UasInvite {
    return this.invites.at(-1) as UasInvite;
  }

  onInvite(invite: UasInvite): void {
    this.invites.push(invite);
    invite.handler = this.party;
    this.onCall(invite);
  }

  onRequest(transaction: ServerTransaction): void {
    this.requests.push(transaction);
    this.onOther(transaction);
  }

  /** Calls; without `payload: undefined` it offers. */
  call(callee: Pick<TestAgent, 'uri' | 'target'>, options: Partial<UacInviteOptions> = {}): UacInvite {
    const invite = this.ua.prepareInvite({
      uriText: callee.uri,
      from: `<${this.uri}>`,
      to: `<${callee.uri}>`,
      hops: [callee.target],
      payload: this.party.describe(),
      maxForwards: 70,
      contactUser: this.name,
      handler: this.party,
      ...options,
    });
    invite.start();
    return invite;
  }

  /** Answers the last INVITE with a description of its own. */
  answer(headers: ExtraHeaders = []): Session {
    this.party.session = this.invite.accept({ payload: this.party.describe(), headers });
    return this.party.session;
  }
}

export interface StageOptions extends Partial<Omit<FakeNetworkOptions, 'clock' | 'random'>> {
  readonly seed?: number;
  readonly transport?: TransportName;
  readonly a?: Partial<UserAgentOptions>;
  readonly b?: Partial<UserAgentOptions>;
}

/** Two user agents, a network between them, and the ladder of what they said. */
export class Stage {
  readonly clock = new VirtualClock();
  readonly random: SeededRandom;
  readonly network: FakeNetwork;
  readonly a: TestAgent;
  readonly b: TestAgent;
  /** `a>b INVITE a1`, `b>a 200 INVITE b1`, in the order of sending. */
  readonly ladder: string[] = [];
  /** The messages of the ladder, and when they were sent. */
  readonly messages: { readonly atMs: number; readonly message: SipMessage }[] = [];

  constructor({ seed = 1, transport = 'udp', a = {}, b = {}, ...network }: StageOptions = {}) {
    this.random = new SeededRandom(seed);
    this.network = new FakeNetwork({ delayMs: 1, ...network, clock: this.clock, random: this.random });
    this.network.tap = ({ atMs, from, to, bytes }) => this.#note(atMs, from.address, to.address, bytes);
    this.a = new TestAgent(this, 'a', '10.0.0.1', a, transport);
    this.b = new TestAgent(this, 'b', '10.0.0.2', b, transport);
  }

  /** Lets time pass: by default enough for what is under way, and too little for any timer of a transaction. */
  run(ms = 20): void {
    this.clock.advance(ms);
  }

  /** Takes what the ladder has got since the last time. */
  take(): string[] {
    return this.ladder.splice(0);
  }

  /** The last message sent whose ladder line begins like this. */
  last(start: string): SipMessage {
    const found = this.messages.findLast(({ message }) => lineOf(message).startsWith(start));
    assert.ok(found, `nothing like ${start} was sent`);
    return found.message;
  }

  /** When messages were sent whose ladder line begins like this, in ms. */
  times(start: string): number[] {
    return this.messages.filter(({ message }) => lineOf(message).startsWith(start)).map(({ atMs }) => atMs);
  }

  /** A call that is up. */
  connect(): { readonly caller: Session; readonly callee: Session } {
    this.a.call(this.b);
    this.run(300);
    const callee = this.b.answer();
    this.run(300);
    const caller = this.a.party.session as Session;
    assert.equal(caller.phase, 'confirmed');
    this.clear();
    return { caller, callee };
  }

  /** Forgets what was noted so far. */
  clear(): void {
    this.ladder.length = this.messages.length = 0;
    this.a.party.events.length = this.b.party.events.length = 0;
  }

  /** After all calls are over and every timer had its time, nothing is left. */
  assertNothingLeft(): void {
    this.clock.advance(400_000);
    for (const { name, ua } of [this.a, this.b]) {
      assert.deepEqual(ua.snapshot(), { transactions: [], sessions: [], subscriptions: [] }, `left at ${name}`);
      assert.deepEqual([ua.dialogs.size, ua.halfOpen.size, ua.dialogs.departed.size], [0, 0, 0], `left at ${name}`);
    }
    assert.equal(this.network.inFlight, 0);
    assert.equal(this.clock.pending, 0, 'timers left');
  }

  #note(atMs: number, from: string, to: string, bytes: Buffer): void {
    const parsed = parseMessage(bytes);
    // Only scripted peers may write what nobody can read.
    if (!parsed.ok) return assert.equal(this.#nameOf(from), 'c', `unreadable: ${bytes.toString()}`);
    const { message } = parsed;
    this.messages.push({ atMs, message });
    this.ladder.push(`${this.#nameOf(from)}>${this.#nameOf(to)} ${lineOf(message)}`);
  }

  #nameOf(address: string): string {
    return { '10.0.0.1': 'a', '10.0.0.2': 'b', '10.0.0.3': 'c' }[address] ?? address;
  }
}

function lineOf(message: SipMessage): string {
  const described = sdpName(payloadOf(message));
  const line = message.kind === 'request' ? message.method : `${message.status} ${message.cseq.method}`;
  return described === '' ? line : `${line} ${described}`;
}

/** Somebody at `10.0.0.3` who says only what the test writes for it. */
export class ScriptedPeer {
  readonly heard = new Recorder();
  readonly node: FakeNode;
  readonly target: Target = { transport: 'udp', address: '10.0.0.3', port: 5060 };
  readonly uri = 'sip:c@10.0.0.3';
  readonly #stage: Stage;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.node = stage.network.attach('10.0.0.3', 5060, this.heard, ['udp']);
  }

  /** Requests of a method that were heard, ACKs too. */
  requests(method: string): SipRequest[] {
    return this.heard.messages.filter((one): one is SipRequest => one.kind === 'request' && one.method === method);
  }

  /** Answers a request that it heard; `headers` are whole lines. */
  reply(
    request: SipRequest,
    status: number,
    options: { tag?: string; headers?: readonly string[]; body?: Payload } = {},
  ) {
    const { tag = 'c', headers = [], body } = options;
    const to = request.headers.get('To') ?? '';
    const lines = [
      `SIP/2.0 ${status} Whatever`,
      ...request.headers.all('Via').map((via) => `Via: ${via}`),
      `From: ${request.headers.get('From')}`,
      `To: ${to.includes('tag=') || status === 100 ? to : `${to};tag=${tag}`}`,
      `Call-ID: ${request.callId}`,
      `CSeq: ${request.headers.get('CSeq')}`,
      ...(headers.some((line) => line.startsWith('Contact')) ? [] : [`Contact: <${this.uri}>`]),
      ...headers,
    ];
    this.send(this.#stage.a, lines, body);
  }

  /** Sends a request in the dialog that `request` (heard before) has made; `headers` are whole lines. */
  inDialog(
    request: SipRequest,
    method: string,
    sequence: number,
    headers: readonly string[] = [],
    body?: Payload,
    tag = 'c',
  ) {
    const to = request.headers.get('To') ?? '';
    const lines = [
      `${method} ${request.contact?.uriText ?? 'sip:a@10.0.0.1'} SIP/2.0`,
      `Via: SIP/2.0/UDP 10.0.0.3:5060;branch=z9hG4bK${this.#stage.random.hex(6)}`,
      'Max-Forwards: 70',
      `From: ${to.includes('tag=') ? to : `${to};tag=${tag}`}`,
      `To: ${request.headers.get('From')}`,
      `Call-ID: ${request.callId}`,
      `CSeq: ${sequence} ${method}`,
      ...(headers.some((line) => line.startsWith('Contact')) ? [] : [`Contact: <${this.uri}>`]),
      ...headers,
    ];
    this.send(this.#stage.a, lines, body);
  }

  send(to: { readonly target: Target }, lines: readonly string[], body?: Payload): void {
    const typed = body ? [...lines, `Content-Type: ${body.type}`] : lines;
    const head = `${typed.join('\r\n')}\r\nContent-Length: ${body?.bytes.length ?? 0}\r\n\r\n`;
    this.node.send(Buffer.concat([Buffer.from(head), body?.bytes ?? Buffer.alloc(0)]), to.target, () => {});
    this.#stage.run();
  }
}
