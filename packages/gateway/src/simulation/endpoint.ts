import type { ExtraHeaders, UacInvite, UasInvite } from '@unisono/sip';
import { calleeSide, callerSide } from './call-sides.ts';
import type { DialOptions } from './endpoint-options.ts';
import { newPhoneCall, type PhoneCall } from './phone-call.ts';
import { PhoneMedia } from './phone-media.ts';
import { TAKES_MICROPHONE, tellMicrophone } from './phone-microphone.ts';
import { Renegotiation } from './renegotiation.ts';
import { SimNode } from './sim-node.ts';

const FIRST_MEDIA_PORT = 10_000;

/** A SIP user agent in virtual time. It does nothing by itself: a scenario presses its buttons. */
export class SimEndpoint extends SimNode {
  readonly calls: PhoneCall[] = [];
  /** False: an incoming call rings only when the scenario says so. */
  ringsAtOnce = true;
  onIncoming: ((call: PhoneCall) => void) | undefined;
  /** An outgoing call was answered. */
  onAnswered: ((call: PhoneCall) => void) | undefined;
  #mediaPort = FIRST_MEDIA_PORT;

  /** Calls that are not over. */
  get running(): PhoneCall[] {
    return this.calls.filter((call) => call.state !== 'ended');
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
      headers: [...this.#ownHeaders, ...(options.headers ?? [])],
      authenticator: this.digest,
      handler: callerSide(call, offer, () => this.onAnswered?.(call)),
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
    call.session = (call.invite as UasInvite).accept({ payload, headers: [...this.#ownHeaders, ...headers] });
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
    if (call.session) tellMicrophone(call.session, state, done);
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

  /** Asks a conference, in the call with it, to put a party out (RFC 4579, REFER with BYE). */
  expel(conference: PhoneCall, user: string): void {
    this.#refer(conference, `<sip:${user}@${this.options.domain};method=BYE>`);
  }

  /** Asks a conference, in the call with it, to take the other party of another call in (RFC 4579 §5.10). */
  merge(conference: PhoneCall, call: PhoneCall, number: string): void {
    this.transferTo(conference, call, number);
  }

  override vanish(): void {
    super.vanish();
    for (const call of this.running) {
      call.state = 'ended';
      call.isLost = true;
    }
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
    call.microphone.begin(invite.request);
    this.calls.push(call);
    invite.handler = calleeSide(call);
    if (this.ringsAtOnce) this.ring(call);
    this.onIncoming?.(call);
  }

  get instance(): string | undefined {
    return this.options.instance;
  }

  get #ownHeaders(): ExtraHeaders {
    return this.options.tellsMicrophone ? TAKES_MICROPHONE : [];
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
}
