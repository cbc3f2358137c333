import JsSIP from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession.js';
import { numberOfUri } from '../call/forwarded.ts';
import { unquoted } from '../call/reason.ts';
import type { StreamLike } from '../ports.ts';
import type {
  DialogId,
  IceServer,
  ReferResult,
  RemoteIdentity,
  SipCall,
  SipCallEvents,
  SipEnding,
} from './sip-port.ts';

/** A message as far as headers are read from it. */
interface Message {
  getHeader(name: string): string | undefined;
  getHeaders(name: string): string[];
  readonly method?: string;
  readonly status_code?: number;
  readonly reason_phrase?: string;
  readonly to_tag?: string;
}

/** RTCPeerConnection as far as it is used here. */
interface Peer {
  readonly iceConnectionState: string;
  addEventListener(name: string, listener: (event: never) => void): void;
  getStats(): Promise<Map<string, Record<string, unknown>>>;
  getSenders(): PeerSender[];
}

interface PeerSender {
  readonly track: { readonly kind: string } | null;
  readonly dtmf: DtmfSender | null;
  replaceTrack(track: unknown): Promise<void>;
}

interface DtmfSender {
  readonly canInsertDTMF: boolean;
  readonly toneBuffer: string;
  insertDTMF(tones: string, durationMs: number, gapMs: number): void;
}

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
/** How long a change of the session may wait for the one before it. */
const OFFER_TRIES = 50;
const OFFER_WAIT_MS = 100;
const REFER_TIMEOUT_MS = 60_000;
/** Candidates that come late are not waited for: the border learns them from the checks (it is ICE-lite, RFC 8445 §2.5). */
const GATHER_MS = 20;

export class JsSipCall implements SipCall {
  #id: string;
  readonly #session: RTCSession;
  #dialog: KnownDialog | undefined;
  #events: SipCallEvents | undefined;
  readonly #early: ((events: SipCallEvents) => void)[] = [];
  #peer: Peer | undefined;
  #isEnded = false;
  /** Those who wait for something that will not come any more. */
  readonly #whenOver = new Set<() => void>();

  constructor(id: string, session: RTCSession, dialog: KnownDialog | undefined) {
    this.#id = id;
    this.#session = session;
    this.#dialog = dialog;
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
    const sessionTimersExpires = SESSION_EXPIRES_SEC;
    this.#session.answer({ mediaStream: stream as never, pcConfig: { iceServers } as never, sessionTimersExpires });
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

  setHold(isHeld: boolean): Promise<boolean> {
    return this.#reOffer((done) => (isHeld ? this.#session.hold({}, done) : this.#session.unhold({}, done)));
  }

  restartIce(): Promise<boolean> {
    const rtcOfferConstraints = { iceRestart: true } as never;
    return this.#reOffer((done) => this.#session.renegotiate({ rtcOfferConstraints }, done));
  }

  setMuted(isMuted: boolean): void {
    if (isMuted) this.#session.mute({ audio: true });
    else this.#session.unmute({ audio: true });
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
    const track = stream.getTracks().find(({ kind }) => kind === 'audio');
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

  /** Waits for the offer that is on its way, then makes another. */
  async #reOffer(offer: (done: () => void) => boolean): Promise<boolean> {
    for (let tries = 0; tries < OFFER_TRIES && !this.#isEnded; tries++) {
      if (this.#session.isReadyToReOffer()) {
        const { promise, resolve } = Promise.withResolvers<boolean>();
        const isOver = () => resolve(false);
        this.#whenOver.add(isOver);
        return offer(() => resolve(true)) ? promise.finally(() => this.#whenOver.delete(isOver)) : false;
      }
      await new Promise((resolve) => setTimeout(resolve, OFFER_WAIT_MS));
    }
    return false;
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
      if (response?.to_tag !== undefined && this.#dialog !== undefined && session.direction.toString() === 'outgoing')
        this.#dialog = { ...this.#dialog, remoteTag: response.to_tag };
      this.#tell(({ onAccepted }) => onAccepted(response ? assertedIdentity(response) : {}));
    });
    session.on('confirmed', () => this.#tell(({ onConfirmed }) => onConfirmed()));
    for (const name of ['reinvite', 'update'] as const)
      session.on(name, ({ request }: { readonly request: unknown }) => {
        const identity = assertedIdentity(request as Message);
        if (identity.number !== undefined) this.#tell(({ onIdentity }) => onIdentity(identity));
      });
    session.on('hold', ({ originator }) => this.#onHold(String(originator), true));
    session.on('unhold', ({ originator }) => this.#onHold(String(originator), false));
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

  #onHold(originator: string, isHeld: boolean): void {
    this.#tell(({ onHold }) => onHold(originator === 'local' ? 'here' : 'there', isHeld));
  }

  #watch(peer: Peer): void {
    this.#peer = peer;
    peer.addEventListener('track', (event: { readonly streams: readonly StreamLike[] }) => {
      const [stream] = event.streams;
      if (stream) this.#tell(({ onStream }) => onStream(stream));
    });
    peer.addEventListener('iceconnectionstatechange', () => {
      const state = AUDIO_OF_ICE[peer.iceConnectionState];
      if (state !== undefined) this.#tell(({ onAudio }) => onAudio(state));
    });
  }

  #end(event: EndEvent): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
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

interface EndEvent {
  readonly originator: string;
  /** JsSIP gives the text of an error where it made none of it. */
  readonly message: Message | string | null;
  readonly cause: string;
}

function endingOf({ originator, message: given, cause }: EndEvent): SipEnding {
  const message = typeof given === 'string' ? null : given;
  const by = originator === 'local' ? 'here' : originator === 'remote' ? 'there' : 'system';
  const status = message?.status_code;
  return {
    by,
    how: howOf(message, cause),
    ...(status === undefined ? {} : { status }),
    detail: typeof given === 'string' ? given : (given?.reason_phrase ?? (given === null ? cause : '')),
    reasons: message?.getHeaders('Reason') ?? [],
  };
}

function howOf(message: Message | null, cause: string): SipEnding['how'] {
  const { causes } = JsSIP.C;
  if (cause === causes.RTP_TIMEOUT || cause === causes.WEBRTC_ERROR) return 'media';
  if (cause === causes.INTERNAL_ERROR) return 'media';
  if (cause === causes.CONNECTION_ERROR || cause === causes.DIALOG_ERROR) return 'connection';
  if (cause === causes.REQUEST_TIMEOUT || cause === causes.NO_ACK) return 'timeout';
  if (message?.status_code !== undefined) return 'response';
  return cause === causes.CANCELED ? 'cancel' : 'bye';
}

/** Whom P-Asserted-Identity names (RFC 3325); its name wins over that of From. */
export function assertedIdentity(message: Pick<Message, 'getHeaders'>): RemoteIdentity {
  const [value] = message.getHeaders('P-Asserted-Identity');
  if (value === undefined) return {};
  const [, display = '', uri = ''] = /^\s*((?:"(?:[^"\\]|\\.)*"|[^<]*)?)\s*<([^>]*)>/.exec(value) ?? [
    '',
    '',
    value.trim(),
  ];
  const name = unquoted(display.trim());
  return { number: numberOfUri(uri), ...(name === '' ? {} : { name }) };
}
