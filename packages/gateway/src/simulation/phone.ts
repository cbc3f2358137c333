import {
  type Clock,
  DigestClient,
  type FakeNetwork,
  type FakeNode,
  numericLocator,
  type Payload,
  payloadOf,
  type Random,
  type ReinviteExchange,
  type ServerTransaction,
  type Session,
  type SipRequest,
  type SipResponse,
  sdpPayload,
  type Target,
  type UacInvite,
  type UacInviteHandler,
  type UasInvite,
  type UasInviteHandler,
  UserAgent,
  type UserAgentHandler,
} from '@unisono/sip';

export interface PhoneOptions {
  readonly network: FakeNetwork;
  readonly clock: Clock;
  readonly random: Random;
  readonly address: string;
  readonly port: number;
  readonly transport: 'udp' | 'tcp';
  readonly server: Target;
  readonly domain: string;
  readonly username: string;
  readonly password: string;
}

/** What became of a call, as its phone saw it. */
export type PhoneCallState = 'calling' | 'ringing' | 'answered' | 'ended';

/** One call at a simulated phone. */
export interface PhoneCall {
  readonly direction: 'in' | 'out';
  /** From of an incoming call, as displayed. */
  readonly shownFrom: string;
  state: PhoneCallState;
  /** Final status of an outgoing call that was not answered. */
  status: number | undefined;
  /** Reason header of the CANCEL or BYE that ended it. */
  endReason: string | undefined;
  session: Session | undefined;
  invite: UasInvite | UacInvite;
  progress: number[];
  remoteSdp: string | undefined;
  /** Answer to a REFER of this phone. */
  referStatus?: number;
  /** First lines of the NOTIFYs that followed. */
  notified?: string[];
}

/** A SIP phone in virtual time. It does nothing by itself: a scenario presses its buttons. */
export class SimPhone implements UserAgentHandler {
  readonly username: string;
  readonly node: FakeNode;
  readonly ua: UserAgent;
  readonly calls: PhoneCall[] = [];
  registerStatus: number | undefined;
  onIncoming: ((call: PhoneCall) => void) | undefined;
  readonly #options: PhoneOptions;
  readonly #digest: DigestClient;
  readonly #registerCallId: string;
  #registerSequence = 0;
  #sdpVersion = 0;

  constructor(options: PhoneOptions) {
    this.#options = options;
    this.username = options.username;
    const account = { username: options.username, password: options.password };
    this.#digest = new DigestClient(() => account, options.random);
    this.#registerCallId = options.random.hex(8);
    let node: FakeNode | undefined;
    this.ua = new UserAgent({
      connect: (events) => {
        node = options.network.attach(options.address, options.port, events, [options.transport]);
        return node;
      },
      clock: options.clock,
      random: options.random,
      locator: numericLocator,
      handler: this,
      product: 'sim-phone',
      methods: ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'INFO', 'NOTIFY'],
      extensions: ['timer', 'replaces'],
    });
    this.node = node as unknown as FakeNode;
  }

  /** Calls that are not over. */
  get running(): PhoneCall[] {
    return this.calls.filter((call) => call.state !== 'ended');
  }

  register(expiresSec = 600): void {
    const { domain } = this.#options;
    const aor = `<sip:${this.username}@${domain}>`;
    const tag = this.#options.random.hex(6);
    this.ua.request(
      (hop) =>
        this.ua.newRequest({
          method: 'REGISTER',
          uriText: `sip:${domain}`,
          from: `${aor};tag=${tag}`,
          to: aor,
          callId: this.#registerCallId,
          sequence: ++this.#registerSequence,
          headers: [
            ['Contact', this.ua.contactFor(hop, this.username)],
            ['Expires', String(expiresSec)],
          ],
        }),
      [this.#options.server],
      {
        onResponse: (response) => {
          if (response.status >= 200) this.registerStatus = response.status;
        },
        onFailure: () => {
          this.registerStatus = 408;
        },
      },
      this.#digest,
    );
  }

  /** Dials; with `lateOffer` the INVITE carries no description. */
  dial(number: string, lateOffer = false, headers: readonly (readonly [string, string])[] = []): PhoneCall {
    const { domain, server } = this.#options;
    const call: PhoneCall = {
      direction: 'out',
      shownFrom: '',
      state: 'calling',
      status: undefined,
      endReason: undefined,
      session: undefined,
      invite: undefined as unknown as UacInvite,
      progress: [],
      remoteSdp: undefined,
    };
    const invite = this.ua.prepareInvite({
      uriText: `sip:${number}@${domain}`,
      from: `<sip:${this.username}@${domain}>`,
      to: `<sip:${number}@${domain}>`,
      hops: [server],
      payload: lateOffer ? undefined : this.description(),
      maxForwards: 70,
      headers,
      contactUser: this.username,
      authenticator: this.#digest,
      handler: this.#callerSide(call, lateOffer),
    });
    call.invite = invite;
    this.calls.push(call);
    invite.start();
    return call;
  }

  answer(call: PhoneCall): void {
    if (call.state !== 'ringing' || call.direction !== 'in') return;
    call.session = (call.invite as UasInvite).accept({ payload: this.description() });
    call.state = 'answered';
  }

  reject(call: PhoneCall, status: number, headers: readonly (readonly [string, string])[] = []): void {
    if (call.state !== 'ringing' || call.direction !== 'in') return;
    call.state = 'ended';
    (call.invite as UasInvite).reject(status, { headers });
  }

  hangUp(call: PhoneCall): void {
    if (call.state === 'answered') {
      call.state = 'ended';
      call.session?.bye();
    } else if (call.direction === 'out' && call.state === 'calling') (call.invite as UacInvite).cancel();
  }

  hold(call: PhoneCall, direction: 'sendonly' | 'sendrecv', done: (status: number) => void = () => {}): boolean {
    const { session } = call;
    if (!session || call.state !== 'answered') return false;
    return session.reinvite(this.description(direction), (outcome) => {
      if (typeof outcome === 'object' && outcome.status < 300) {
        session.ack(outcome);
        call.remoteSdp = outcome.body.toString();
      }
      done(typeof outcome === 'object' ? outcome.status : 408);
    });
  }

  /** Asks the gateway to connect the other party with a number (RFC 3515); `heard` gets each status told by NOTIFY. */
  transfer(call: PhoneCall, number: string): void {
    this.#refer(call, `<sip:${number}@${this.#options.domain}>`);
  }

  /** Asks the gateway to connect the other parties of two calls with each other (RFC 5589 §7.3). */
  transferTo(call: PhoneCall, consultation: PhoneCall, number: string): void {
    const dialog = consultation.session?.dialog;
    if (!dialog) return;
    const replaces = encodeURIComponent(`${dialog.callId};to-tag=${dialog.remoteTag};from-tag=${dialog.localTag}`);
    this.#refer(call, `<sip:${number}@${this.#options.domain}?Replaces=${replaces}>`);
  }

  #refer(call: PhoneCall, referTo: string): void {
    call.session?.request('REFER', { headers: [['Refer-To', referTo]] }, (outcome) => {
      call.referStatus = typeof outcome === 'object' ? outcome.status : 408;
    });
  }

  /** A description naming this phone, so that a test sees who is connected with whom. */
  description(direction = 'sendrecv'): Payload {
    const { address, port } = this.#options;
    this.#sdpVersion++;
    return sdpPayload(
      [
        'v=0',
        `o=${this.username} 1 ${this.#sdpVersion} IN IP4 ${address}`,
        's=-',
        `c=IN IP4 ${address}`,
        't=0 0',
        `m=audio ${port + 10_000} RTP/AVP 8 101`,
        'a=rtpmap:101 telephone-event/8000',
        `a=${direction}`,
        '',
      ].join('\r\n'),
    );
  }

  /** Gone without a word, as when the power fails. */
  vanish(): void {
    this.node.vanish();
    this.ua.close();
    for (const call of this.calls) call.state = 'ended';
  }

  onInvite(invite: UasInvite): void {
    const call: PhoneCall = {
      direction: 'in',
      shownFrom: invite.request.headers.get('From') ?? '',
      state: 'ringing',
      status: undefined,
      endReason: undefined,
      session: undefined,
      invite,
      progress: [],
      remoteSdp: invite.offer?.bytes.toString(),
    };
    this.calls.push(call);
    invite.handler = this.#calleeSide(call);
    invite.progress(180);
    this.onIncoming?.(call);
  }

  onRequest(transaction: ServerTransaction): void {
    transaction.reply(transaction.request.method === 'OPTIONS' ? 200 : 405);
  }

  #sessionEvents(call: PhoneCall) {
    return {
      onReinvite: (_session: Session, exchange: ReinviteExchange) => {
        if (exchange.offer) call.remoteSdp = exchange.offer.bytes.toString();
        const isHold = /a=(sendonly|inactive)/.test(call.remoteSdp ?? '');
        exchange.accept(this.description(isHold && exchange.offer ? 'recvonly' : 'sendrecv'), (late) => {
          if (late) call.remoteSdp = late.bytes.toString();
        });
      },
      onUpdate: (session: Session, update: ServerTransaction) => session.answerUpdate(update, this.description()),
      onRequest: (_session: Session, transaction: ServerTransaction) => {
        if (transaction.request.method === 'NOTIFY') {
          call.notified = [...(call.notified ?? []), transaction.request.body.toString().trim()];
        }
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

  #callerSide(call: PhoneCall, lateOffer: boolean): UacInviteHandler {
    return {
      ...this.#sessionEvents(call),
      onProgress: (_invite, response) => void call.progress.push(response.status),
      onAnswer: (invite, session, response) => {
        call.session = session;
        call.state = 'answered';
        call.remoteSdp = payloadOf(response)?.bytes.toString();
        invite.acknowledge(session, response, lateOffer ? this.description() : undefined);
      },
      onFailure: (_invite, outcome) => {
        call.state = 'ended';
        call.status = outcome.kind === 'refused' ? (outcome.response as SipResponse).status : 408;
      },
    };
  }

  #calleeSide(call: PhoneCall): UasInviteHandler {
    return {
      ...this.#sessionEvents(call),
      onCancel: (_invite, reason) => {
        call.state = 'ended';
        call.endReason = reason;
      },
      onAck: (_session, payload) => {
        if (payload) call.remoteSdp = payload.bytes.toString();
      },
    };
  }
}
