import {
  type Clock,
  DigestClient,
  type ExtraHeaders,
  type FakeNetwork,
  type FakeNode,
  numericLocator,
  type Payload,
  payloadOf,
  type Random,
  type ReinviteExchange,
  type ServerTransaction,
  type Session,
  type SessionTimerPolicy,
  type SipRequest,
  type SipResponse,
  type Target,
  type Transport,
  type TransportEvents,
  type TransportName,
  type UacInvite,
  type UacInviteHandler,
  type UasInvite,
  type UasInviteHandler,
  UserAgent,
  type UserAgentHandler,
} from '@unisono/sip';
import { ConferenceWatch, type EventWatch } from './conference-watch.ts';
import { DialogWatch } from './dialog-watch.ts';
import { newPhoneCall, type PhoneCall } from './phone-call.ts';
import { PhoneMedia } from './phone-media.ts';
import { ProcessClock } from './process-clock.ts';
import { Renegotiation } from './renegotiation.ts';

export interface EndpointOptions {
  readonly network: FakeNetwork;
  readonly clock: Clock;
  readonly random: Random;
  readonly address: string;
  readonly port: number;
  readonly transport: TransportName;
  /** The gateway, or a border in front of it. */
  readonly server: Target;
  readonly domain: string;
  /** User part of its own addresses. */
  readonly username: string;
  /** What it signs in with, where that is not the user part. */
  readonly signInAs?: string | undefined;
  /** Answers challenges; without it a challenge is a refusal. */
  readonly password?: string | undefined;
  /** Option tags in Supported. */
  readonly extensions?: readonly string[] | undefined;
  /** Methods in Allow. */
  readonly methods?: readonly string[] | undefined;
  readonly sessionTimer?: SessionTimerPolicy | undefined;
}

export interface DialOptions {
  /** The INVITE carries no description; the other side makes the offer. */
  readonly lateOffer?: boolean;
  readonly maxForwards?: number;
  /** The call starts on hold. */
  readonly isHolding?: boolean;
  readonly headers?: ExtraHeaders;
  /** From instead of the endpoint's own, without tag. */
  readonly from?: string;
}

const METHODS = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'INFO', 'NOTIFY', 'PRACK'];
const EXTENSIONS = ['timer', 'replaces', '100rel'];
const FIRST_MEDIA_PORT = 10_000;

/** A SIP user agent in virtual time. It does nothing by itself: a scenario presses its buttons. */
export class SimEndpoint implements UserAgentHandler {
  readonly username: string;
  readonly address: string;
  readonly calls: PhoneCall[] = [];
  node!: FakeNode;
  ua!: UserAgent;
  /** When it was last off or its link to the gateway broken; infinite while the link is. */
  troubledUntilMs = -1;
  /** False: an incoming call rings only when the scenario says so. */
  ringsAtOnce = true;
  onIncoming: ((call: PhoneCall) => void) | undefined;
  /** An outgoing call was answered. */
  onAnswered: ((call: PhoneCall) => void) | undefined;
  protected readonly options: EndpointOptions;
  protected digest: DigestClient | undefined;
  protected clock!: ProcessClock;
  #mediaPort = FIRST_MEDIA_PORT;

  constructor(options: EndpointOptions) {
    this.options = options;
    this.username = options.username;
    this.address = options.address;
    this.boot();
  }

  /** Calls that are not over. */
  get running(): PhoneCall[] {
    return this.calls.filter((call) => call.state !== 'ended');
  }

  get isOn(): boolean {
    return this.clock.isAlive;
  }

  /** Dials a number of the gateway's domain. */
  dial(number: string, options: DialOptions = {}): PhoneCall {
    const { domain, server } = this.options;
    const media = this.#newMedia();
    media.isHolding = options.isHolding ?? false;
    const offer = options.lateOffer ? undefined : media.offer();
    const call = newPhoneCall({
      direction: 'out',
      shownFrom: '',
      dialled: number,
      media,
      startedAtMs: this.clock.nowMs(),
      isWithoutOffer: offer === undefined,
      invite: undefined as unknown as UacInvite,
    });
    const invite = this.ua.prepareInvite({
      uriText: `sip:${number}@${domain}`,
      from: options.from ?? `<sip:${this.username}@${domain}>`,
      to: `<sip:${number}@${domain}>`,
      hops: [server],
      payload: offer,
      maxForwards: options.maxForwards ?? 70,
      contactUser: this.username,
      headers: options.headers,
      authenticator: this.digest,
      handler: this.#callerSide(call, offer),
    });
    call.invite = invite;
    this.calls.push(call);
    invite.start();
    return call;
  }

  /** Rings: 180, or another provisional status; with `early` the phone already sends audio. */
  ring(call: PhoneCall, status = 180, early = false): void {
    if (call.state !== 'ringing') return;
    const invite = call.invite as UasInvite;
    if (early && invite.offer) call.early ??= call.media.answer(invite.offer);
    invite.progress(status, { payload: early ? call.early : undefined });
  }

  answer(call: PhoneCall, headers: ExtraHeaders = []): void {
    if (call.state !== 'ringing' || call.direction !== 'in') return;
    const { offer } = call.invite as UasInvite;
    const payload = call.early ?? (offer ? call.media.answer(offer) : call.media.offer());
    call.state = 'answered';
    call.session = (call.invite as UasInvite).accept({ payload, headers });
    if (offer) call.media.agreed(payload, offer);
    else call.early = payload;
  }

  reject(call: PhoneCall, status: number, headers: ExtraHeaders = []): void {
    if (call.state !== 'ringing' || call.direction !== 'in') return;
    call.state = 'ended';
    call.refusedWith = status;
    (call.invite as UasInvite).reject(status, { headers });
  }

  hangUp(call: PhoneCall): void {
    if (call.state === 'answered') {
      call.state = 'ended';
      call.session?.bye();
    } else if (call.direction === 'out' && call.state === 'calling') (call.invite as UacInvite).cancel();
  }

  /** Puts the other party on hold, or takes it back; `done` gets the final status, after any retry (RFC 3261 §14.1). */
  hold(call: PhoneCall, direction: 'sendonly' | 'sendrecv', done: (status: number) => void = () => {}): boolean {
    if (!call.session || call.state !== 'answered') return false;
    call.media.isHolding = direction === 'sendonly';
    return new Renegotiation(call, this.clock, this.options.random, done).start('offer');
  }

  /** The same by UPDATE (RFC 3311). */
  holdByUpdate(
    call: PhoneCall,
    direction: 'sendonly' | 'sendrecv',
    done: (status: number) => void = () => {},
  ): boolean {
    if (!call.session?.allowsUpdate || call.state !== 'answered') return false;
    call.media.isHolding = direction === 'sendonly';
    return new Renegotiation(call, this.clock, this.options.random, done).start('update');
  }

  /** Asks the other party for a new offer: a re-INVITE without a description. */
  askForOffer(call: PhoneCall, done: (status: number) => void = () => {}): boolean {
    if (!call.session || call.state !== 'answered') return false;
    return new Renegotiation(call, this.clock, this.options.random, done).start('late');
  }

  /** Presses a digit, told by INFO. */
  pressDigit(call: PhoneCall): void {
    const bytes = Buffer.from('Signal=5\r\nDuration=160\r\n');
    call.session?.request('INFO', { payload: { type: 'application/dtmf-relay', bytes } }, () => {});
  }

  /** Tells that its user has turned the microphone off, or on again; `done` gets the status. */
  tellMicrophone(call: PhoneCall, state: string, done: (status: number) => void = () => {}): void {
    const payload = { type: 'text/plain', bytes: Buffer.from(state) };
    const headers = [['Info-Package', 'unisono-microphone']] as const;
    call.session?.request('INFO', { payload, headers }, (outcome) => {
      done(typeof outcome === 'object' ? outcome.status : 408);
    });
  }

  /** Asks the gateway to connect the other party with a number (RFC 3515), or with one device of its user. */
  transfer(call: PhoneCall, number: string, device?: string): void {
    const gr = device === undefined ? '' : `;gr=${device}`;
    this.#refer(call, `<sip:${number}@${this.options.domain}${gr}>`);
  }

  /** Asks the gateway to connect the other parties of two calls with each other (RFC 5589 §7.3). */
  transferTo(call: PhoneCall, consultation: PhoneCall, number: string): void {
    const dialog = consultation.session?.dialog;
    if (!dialog) return;
    const replaces = encodeURIComponent(`${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}`);
    this.#refer(call, `<sip:${number}@${this.options.domain}?Replaces=${replaces}>`);
  }

  /** Follows the dialogs of a number (RFC 4235). */
  watch(number: string, expiresSec = 600): DialogWatch {
    return this.#follow(new DialogWatch(), number, 'dialog', expiresSec);
  }

  /** Follows who is in a conference (RFC 4575). */
  watchConference(user: string, expiresSec = 600): ConferenceWatch {
    return this.#follow(new ConferenceWatch(), user, 'conference', expiresSec);
  }

  #follow<Kind extends EventWatch>(watch: Kind, user: string, event: string, expiresSec: number): Kind {
    const { domain, server } = this.options;
    watch.subscription = this.ua.subscribe({
      uriText: `sip:${user}@${domain}`,
      from: `<sip:${this.username}@${domain}>`,
      to: `<sip:${user}@${domain}>`,
      hops: [server],
      event: { package: event, id: undefined },
      expiresSec,
      accept: [`application/${event}-info+xml`],
      contactUser: this.username,
      authenticator: this.digest,
      handler: {
        onNotify: (_subscription, payload) => {
          if (payload) watch.take(payload.bytes.toString('utf8'));
        },
        onEnded: (_subscription, end) => {
          watch.end = end;
        },
      },
    });
    return watch;
  }

  /** Asks a conference, in the call with it, to put a party out (RFC 4579, REFER with BYE). */
  expel(conference: PhoneCall, user: string): void {
    this.#refer(conference, `<sip:${user}@${this.options.domain};method=BYE>`);
  }

  /** Asks a conference, in the call with it, to take the other party of another call in (RFC 4579 §5.10). */
  merge(conference: PhoneCall, call: PhoneCall, number: string): void {
    this.transferTo(conference, call, number);
  }

  /** Gone without a word, as when the power fails. */
  vanish(): void {
    this.clock.die();
    this.node.vanish();
    this.troubledUntilMs = Math.max(this.troubledUntilMs, this.clock.nowMs());
    for (const call of this.running) {
      call.state = 'ended';
      call.isLost = true;
    }
  }

  /** Comes back after `vanish`, at the same address, and remembers nothing. */
  restart(): void {
    if (this.isOn) this.vanish();
    this.boot();
    this.troubledUntilMs = Math.max(this.troubledUntilMs, this.clock.nowMs());
  }

  onInvite(invite: UasInvite): void {
    if (invite.refusesTimer()) return;
    const call = newPhoneCall({
      direction: 'in',
      shownFrom: invite.request.headers.get('From') ?? '',
      dialled: '',
      media: this.#newMedia(),
      startedAtMs: this.clock.nowMs(),
      isWithoutOffer: false,
      invite,
    });
    call.remoteSdp = invite.offer?.bytes.toString();
    this.calls.push(call);
    invite.handler = this.#calleeSide(call);
    if (this.ringsAtOnce) this.ring(call);
    this.onIncoming?.(call);
  }

  onRequest(transaction: ServerTransaction): void {
    transaction.reply(transaction.request.method === 'OPTIONS' ? 200 : 405);
  }

  protected boot(): void {
    const { options } = this;
    const account = { username: options.signInAs ?? options.username, password: options.password ?? '' };
    this.clock = new ProcessClock(options.clock);
    this.digest = options.password === undefined ? undefined : new DigestClient(() => account, options.random);
    this.ua = new UserAgent({
      connect: (events) => this.connect(events),
      clock: this.clock,
      random: options.random,
      locator: numericLocator,
      handler: this,
      product: 'sim-phone',
      methods: options.methods ?? METHODS,
      extensions: options.extensions ?? EXTENSIONS,
      sessionTimer: options.sessionTimer,
    });
  }

  /** Takes its place in the network. */
  protected connect(events: TransportEvents): Transport {
    const { network, address, port, transport } = this.options;
    this.node = network.attach(address, port, events, [transport]);
    return this.node;
  }

  #newMedia(): PhoneMedia {
    const port = this.#mediaPort;
    this.#mediaPort += 2;
    return new PhoneMedia(this.username, this.address, port);
  }

  #refer(call: PhoneCall, referTo: string): void {
    call.session?.request('REFER', { headers: [['Refer-To', referTo]] }, (outcome) => {
      call.referStatus = typeof outcome === 'object' ? outcome.status : 408;
    });
  }

  #callerSide(call: PhoneCall, offer: Payload | undefined): UacInviteHandler {
    return {
      ...sessionEvents(call),
      onProgress: (_invite, response) => void call.progress.push(response.status),
      onAnswer: (invite, session, response) => {
        call.session = session;
        call.accepted = response;
        call.state = 'answered';
        // A description that came reliably before the answer need not come again (RFC 3262 §5).
        const described = payloadOf(response) ?? session.remotePayload;
        call.remoteSdp = described?.bytes.toString();
        const answer = offer || !described ? undefined : call.media.answer(described);
        invite.acknowledge(session, response, answer);
        call.media.agreed(offer ?? answer, described);
        this.onAnswered?.(call);
      },
      onFailure: (_invite, outcome) => {
        call.state = 'ended';
        call.status = outcome.kind === 'refused' ? (outcome.response as SipResponse).status : 408;
      },
    };
  }

  #calleeSide(call: PhoneCall): UasInviteHandler {
    return {
      ...sessionEvents(call),
      onCancel: (_invite, reason) => {
        call.state = 'ended';
        call.endReason = reason;
      },
      onAck: (_session, payload) => {
        if (!payload) return;
        call.remoteSdp = payload.bytes.toString();
        call.media.agreed(call.early, payload);
      },
    };
  }
}

/** What a phone does with requests in a call. */
function sessionEvents(call: PhoneCall) {
  return {
    onReinvite: (_session: Session, exchange: ReinviteExchange) => {
      const { offer } = exchange;
      if (!offer) {
        const ours = call.media.offer();
        return exchange.accept(ours, (answer) => {
          if (answer) call.remoteSdp = answer.bytes.toString();
          call.media.agreed(ours, answer);
        });
      }
      call.remoteSdp = offer.bytes.toString();
      const answer = call.media.answer(offer);
      exchange.accept(answer);
      call.media.agreed(answer, offer);
    },
    onUpdate: (session: Session, update: ServerTransaction) => {
      const offer = payloadOf(update.request);
      const answer = offer && call.media.answer(offer);
      session.answerUpdate(update, answer);
      call.media.agreed(answer, offer);
    },
    onRequest: (_session: Session, transaction: ServerTransaction) => {
      const { request } = transaction;
      if (request.method === 'NOTIFY') call.notified = [...(call.notified ?? []), request.body.toString().trim()];
      transaction.reply(200);
    },
    onBye: (_session: Session, bye: SipRequest) => {
      call.state = 'ended';
      call.endReason = bye.headers.get('Reason');
    },
    onEnded: () => {
      call.state = 'ended';
    },
  };
}
