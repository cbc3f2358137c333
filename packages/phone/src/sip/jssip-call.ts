import JsSIP from 'jssip';
import type { ReInviteEvent, RTCSession } from 'jssip/lib/RTCSession.js';
import { numberOfUri } from '../call/forwarded.ts';
import { unquoted } from '../call/reason.ts';
import type { PhoneClock, PhoneRandom, StreamLike } from '../ports.ts';
import { type EndEvent, endingOf } from './ending.ts';
import { askInDialog, type Message } from './in-dialog.ts';
import { MediaPathWatch, outliveFailedIce } from './media-path.ts';
import { isMutedIn, MicrophoneTeller, TAKES_MICROPHONE } from './microphone.ts';
import { type OfferReply, type OfferResult, Offers, type OfferWish } from './offers.ts';
import { audioTrackOf, GATHER_MS, type Peer, PeerOffer } from './peer.ts';
import type { DialogId, IceServer, ReferResult, RemoteIdentity, SipCall, SipCallEvents } from './sip-port.ts';

/** Tags as far as they are known. */
export interface KnownDialog {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag?: string;
}

/** RFC 4028: how often a running call is refreshed at least, doubled. */
export const SESSION_EXPIRES_SEC = 600;
/** RFC 4733: 200 ms on, 50 ms gap. */
const TONE = { durationMs: 200, gapMs: 50 } as const;
/** Events can be sent when the media path stands, a moment after the answer. */
const DTMF_TRIES = 100;
const DTMF_WAIT_MS = 50;
const REFER_TIMEOUT_MS = 60_000;
const LOST_MEDIA = { cause: JsSIP.C.causes.RTP_TIMEOUT, status_code: 408, reason_phrase: 'No Media' };

/** What a call needs beside its session. */
export interface CallTools {
  readonly clock: PhoneClock;
  readonly random: PhoneRandom;
}

export class JsSipCall implements SipCall {
  #id: string;
  readonly #session: RTCSession;
  #dialog: KnownDialog | undefined;
  #events: SipCallEvents | undefined;
  readonly #early: ((events: SipCallEvents) => void)[] = [];
  #peer: Peer | undefined;
  #isEnded = false;
  #isMuted = false;
  readonly #offers: Offers;
  readonly #teller: MicrophoneTeller;
  readonly #path: MediaPathWatch;
  /** Those who wait for something that will not come any more. */
  readonly #whenOver = new Set<() => void>();

  constructor(id: string, session: RTCSession, dialog: KnownDialog | undefined, tools: CallTools, invite?: Message) {
    this.#id = id;
    this.#session = session;
    this.#dialog = dialog;
    this.#offers = new Offers({ ...tools, port: this.#offerPort(), ownsCallId: !isIncoming(session) });
    this.#teller = new MicrophoneTeller((request) => askInDialog(session, 'INFO', request));
    if (invite) this.#teller.begin(invite);
    // Where the media are lost for good the call ends without the session's consent to that.
    const hangUp = session.terminate.bind(session);
    this.#path = new MediaPathWatch(tools.clock, () => hangUp(LOST_MEDIA));
    outliveFailedIce(session);
    this.#listen();
  }

  name(id: string): void {
    this.#id = id;
  }

  setEvents(events: SipCallEvents): void {
    this.#events = events;
    for (const tell of this.#early.splice(0)) tell(events);
  }

  answer({ stream, iceServers }: { readonly stream: StreamLike; readonly iceServers: readonly IceServer[] }): void {
    this.#session.answer({
      mediaStream: stream as never,
      pcConfig: { iceServers } as never,
      sessionTimersExpires: SESSION_EXPIRES_SEC,
      extraHeaders: [TAKES_MICROPHONE],
    });
  }

  reject(status: number, reason: string, contact?: string): void {
    if (this.#isEnded) return;
    this.#session.terminate({
      status_code: status,
      reason_phrase: reason,
      extraHeaders: contact === undefined ? [] : [`Contact: <${contact}>`],
    });
  }

  hangUp(): void {
    if (!this.#isEnded) this.#session.terminate();
  }

  async setHold(isHeld: boolean): Promise<OfferResult> {
    const result = this.#offers.hold(isHeld);
    // Whoever is to be held hears nothing from now on, agreed or not.
    this.#setMicrophone();
    const settled = await result;
    this.#setMicrophone();
    return settled;
  }

  async restartIce(): Promise<boolean> {
    void this.#teller.again();
    const { ok } = await this.#offers.restartIce();
    // Else its changes tell.
    if (ok && AUDIO_OF_ICE[this.#peer?.iceConnectionState ?? ''] === 'flowing')
      this.#tell(({ onAudio }) => onAudio('flowing'));
    return ok;
  }

  setMuted(isMuted: boolean): void {
    this.#isMuted = isMuted;
    this.#setMicrophone();
    if (this.#session.isEstablished()) this.#teller.set(isMuted);
  }

  async sendDigits(digits: string): Promise<boolean> {
    for (let tries = 0; tries < DTMF_TRIES && !this.#isEnded; tries++) {
      const dtmf = this.#peer?.getSenders().find((one) => one.dtmf)?.dtmf;
      if (dtmf?.canInsertDTMF) {
        // What is not sent yet is put off by new digits, and not forgotten. A comma is a pause of two seconds.
        dtmf.insertDTMF(dtmf.toneBuffer + digits, TONE.durationMs, TONE.gapMs);
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve, DTMF_WAIT_MS));
    }
    return false;
  }

  refer(target: string, replaces?: SipCall): Promise<ReferResult> {
    const uri = JsSIP.URI.parse(target) as { setHeader(name: string, value: string): void } | undefined;
    if (uri === undefined) return Promise.resolve({ status: 400, reason: 'This is no address.' });
    const dialog = replaces?.dialogId();
    if (dialog !== undefined)
      uri.setHeader(
        'Replaces',
        encodeURIComponent(`${dialog.callId};to-tag=${dialog.toTag};from-tag=${dialog.fromTag}`),
      );
    const { promise, resolve } = Promise.withResolvers<ReferResult>();
    const timer = setTimeout(() => resolve({ status: 408, reason: 'No answer to the transfer.' }), REFER_TIMEOUT_MS);
    const told = ({ status_line: line }: { status_line: { status_code: number; reason_phrase: string } }) =>
      resolve({ status: Number(line.status_code), reason: line.reason_phrase });
    this.#session.refer(uri as never, {
      eventHandlers: {
        accepted: told,
        failed: told,
        requestFailed: ({ response, cause }: { response: Message | null; cause: string }) =>
          resolve({ status: response?.status_code ?? 408, reason: response?.reason_phrase ?? cause }),
      },
    });
    // The one that was transferred may hang up before it says how it went: then it went well.
    const isOver = () => resolve({ status: 200, reason: 'OK' });
    this.#whenOver.add(isOver);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#whenOver.delete(isOver);
    });
  }

  async replaceTrack(stream: StreamLike): Promise<void> {
    const track = audioTrackOf(stream);
    if (track) track.enabled = !this.#isSilent;
    const sender = this.#peer?.getSenders().find((one) => one.track?.kind === 'audio');
    await sender?.replaceTrack(track ?? null);
  }

  async stats(): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return [...((await this.#peer?.getStats())?.values() ?? [])];
  }

  dialogId(): DialogId | undefined {
    if (this.#dialog?.remoteTag === undefined) return undefined;
    const { callId, localTag, remoteTag } = this.#dialog;
    // As the other side of the dialog sees it (RFC 3891 §3).
    return { callId, toTag: remoteTag, fromTag: localTag };
  }

  sipCallId(): string | undefined {
    return this.#dialog?.callId;
  }

  /** Nothing is said: muted, or the other side is held or about to be. */
  get #isSilent(): boolean {
    return this.#isMuted || this.#offers.wantsHeld;
  }

  /** JsSIP's own switch, which its own changes of the session do not undo, and the tracks of a call that is not up yet. */
  #setMicrophone(): void {
    if (this.#isEnded) return;
    if (this.#isSilent) this.#session.mute({ audio: true });
    else this.#session.unmute({ audio: true });
    for (const { track } of this.#peer?.getSenders() ?? [])
      if (track?.kind === 'audio') track.enabled = !this.#isSilent;
  }

  #offerPort() {
    const call = this;
    let offer: PeerOffer | undefined;
    return {
      get isReady(): boolean {
        return call.#canOffer;
      },
      send: async (wish: OfferWish): Promise<OfferReply> => {
        offer = new PeerOffer(call.#peer as Peer);
        return call.#sendOffer(offer, await offer.describe(wish));
      },
      rollBack: async () => offer?.rollBack(),
      giveUp: (status: number) => {
        if (!call.#isEnded) call.#session.terminate({ status_code: status, cause: JsSIP.C.causes.DIALOG_ERROR });
      },
    };
  }

  get #canOffer(): boolean {
    const { status, C } = this.#session;
    return status === C.STATUS_CONFIRMED && this.#session.isReadyToReOffer() && this.#peer?.signalingState === 'stable';
  }

  /**
   * By UPDATE (RFC 3311) and not by re-INVITE: JsSIP makes a re-INVITE that was refused with 491 again by itself, and always
   * after a second. Without Session-Expires the phone system grants its own interval, of which we are the refresher.
   */
  async #sendOffer(offer: PeerOffer, body: string): Promise<OfferReply> {
    const extraHeaders = [`Contact: ${this.#session.contact}`, 'Content-Type: application/sdp'];
    const answer = await askInDialog(this.#session, 'UPDATE', { extraHeaders, body });
    if (answer.kind === 'lost') return { kind: 'lost' };
    const { status, response } = answer;
    if (status < 300) return { kind: 'agreed', accept: () => offer.accept(response.body ?? '') };
    const retryAfterSec = Number.parseInt(response.getHeader('Retry-After') ?? '', 10);
    const reason = response.reason_phrase ?? '';
    return { kind: 'refused', status, reason, ...(Number.isNaN(retryAfterSec) ? {} : { retryAfterSec }) };
  }

  /** A fault of ours must not end the call: JsSIP takes what a listener throws for a fault of the session. */
  #tell(tell: (events: SipCallEvents) => void): void {
    if (this.#events === undefined) {
      this.#early.push(tell);
      return;
    }
    try {
      tell(this.#events);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #listen(): void {
    const session = this.#session;
    session.on('progress', (event: unknown) => {
      const { response } = event as { response?: Message | null };
      if (!response) return;
      this.#tell(({ onProgress }) => onProgress(response.status_code ?? 180, assertedIdentity(response)));
    });
    session.on('accepted', (event: unknown) => {
      const { response } = event as { response?: Message | null };
      if (response?.to_tag !== undefined && this.#dialog !== undefined && !isIncoming(session))
        this.#dialog = { ...this.#dialog, remoteTag: response.to_tag };
      if (response) this.#teller.begin(response);
      this.#tell(({ onAccepted }) =>
        onAccepted(response ? assertedIdentity(response) : {}, response ? isMutedIn(response) : false),
      );
    });
    session.on('confirmed', () => {
      this.#tell(({ onConfirmed }) => onConfirmed());
      this.#teller.set(this.#isMuted);
    });
    for (const name of ['reinvite', 'update'] as const) session.on(name, (event) => this.#onOffer(event));
    session.on('hold', () => this.#tell(({ onHeldByOther }) => onHeldByOther(true)));
    session.on('unhold', () => this.#tell(({ onHeldByOther }) => onHeldByOther(false)));
    session.on('failed', (event: unknown) => this.#end(event as EndEvent));
    session.on('ended', (event: unknown) => this.#end(event as EndEvent));
    let gathering: ReturnType<typeof setTimeout> | undefined;
    session.on('icecandidate', ({ ready }) => {
      clearTimeout(gathering);
      gathering = setTimeout(ready, GATHER_MS);
    });
    const peer = session.connection as unknown as Peer | undefined;
    if (peer) this.#watch(peer);
    else session.on('peerconnection', ({ peerconnection }) => this.#watch(peerconnection as unknown as Peer));
  }

  /** JsSIP refuses an offer that crosses one of ours and takes it all the same: it is kept from that (RFC 3261 §14.2). */
  #onOffer({ request, reject }: ReInviteEvent): void {
    const message = request as unknown as Message;
    if (this.#offers.isOpen && message.body) return reject({ status_code: 491 });
    const identity = assertedIdentity(message);
    if (identity.number !== undefined || identity.conference !== undefined)
      this.#tell(({ onIdentity }) => onIdentity(identity));
  }

  #watch(peer: Peer): void {
    this.#peer = peer;
    peer.addEventListener('track', (event: { readonly streams: readonly StreamLike[] }) => {
      const [stream] = event.streams;
      if (stream) this.#tell(({ onStream }) => onStream(stream));
    });
    peer.addEventListener('iceconnectionstatechange', () => {
      this.#path.see(peer.iceConnectionState);
      const state = AUDIO_OF_ICE[peer.iceConnectionState];
      if (state !== undefined) this.#tell(({ onAudio }) => onAudio(state));
    });
  }

  #end(event: EndEvent): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#offers.close();
    this.#path.close();
    for (const isOver of [...this.#whenOver]) isOver();
    this.#tell(({ onEnded }) => onEnded(endingOf(event)));
  }

  get id(): string {
    return this.#id;
  }
}

const AUDIO_OF_ICE: Readonly<Record<string, 'connecting' | 'flowing' | 'lost'>> = {
  checking: 'connecting',
  connected: 'flowing',
  completed: 'flowing',
  disconnected: 'lost',
  failed: 'lost',
};

function isIncoming({ direction }: RTCSession): boolean {
  return direction.toString() === 'incoming';
}

/** Whom P-Asserted-Identity names (RFC 3325); its name wins over that of From. A focus names its conference (RFC 4579 §5.1). */
export function assertedIdentity(message: Pick<Message, 'getHeaders'>): RemoteIdentity {
  const [value] = message.getHeaders('P-Asserted-Identity');
  if (value === undefined) return {};
  const [, display = '', uri = ''] = /^\s*((?:"(?:[^"\\]|\\.)*"|[^<]*)?)\s*<([^>]*)>/.exec(value) ?? [
    '',
    '',
    value.trim(),
  ];
  const name = unquoted(display.trim());
  const number = numberOfUri(uri);
  const isFocus = message.getHeaders('Contact').some((contact) => />[^,]*;\s*isfocus\b/i.test(contact));
  if (number === undefined && isFocus) return { conference: uri };
  return { number, ...(name === '' ? {} : { name }) };
}
