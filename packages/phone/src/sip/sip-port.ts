import type { StreamLike } from '../ports.ts';
import type { OfferResult } from './offers.ts';

/** The user agent as the rest sees it. Nothing but `jssip-agent.ts` knows which library does it. */
export interface SipAgent {
  /** Opens the connection to the border, or another one after a loss. */
  openSocket(): void;
  closeSocket(): void;
  /** Asks whether anybody is at the other end of the connection, and waits a moment. */
  isAnswered(): Promise<boolean>;
  register(): void;
  setCredentials(username: string, password: string): void;
  /** Calls `number`@our domain, or an address that begins with `sip:`. */
  call(callId: string, target: string, options: SipCallOptions): SipCall;
  /** Subscribes at our own address (RFC 6665), and again after each registration. */
  subscribe(event: string, accept: string, onBody: (body: string) => void): void;
  /** Subscribes at another address until the function it gives is called. */
  follow(address: string, event: string, accept: string, onBody: (body: string) => void): () => void;
  /** Takes the registration back and closes everything. */
  close(): Promise<void>;
}

export interface SipCallOptions {
  readonly stream: StreamLike;
  readonly iceServers: readonly IceServer[];
  /** The dialog that this call takes over (RFC 3891). */
  readonly replaces?: DialogId;
}

export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/** RFC 3891: tags as the other side of the dialog to be replaced sees them. */
export interface DialogId {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
}

export interface SipAgentEvents {
  onSocketOpen(): void;
  onSocketClose(): void;
  /** A better door of the border can be opened again than the one in use. */
  onBetterDoor(): void;
  onRegistered(): void;
  onRegistrationFailed(status: number | undefined, detail: string): void;
  /** An INVITE came; the answer is the id that its call has here. */
  onIncoming(call: SipCall, invite: IncomingInvite): string;
}

export interface IncomingInvite {
  readonly number: string | undefined;
  readonly name: string | undefined;
  /** Values of Diversion and History-Info, as they came. */
  readonly diversions: readonly string[];
  readonly histories: readonly string[];
  /** The user moves a call here from that device of his: `desk`, or an installation. */
  readonly movedFrom?: string;
  /** The call comes from a device of the user whose microphone was off. */
  readonly isMuted: boolean;
}

/** One call of the user agent. */
export interface SipCall {
  setEvents(events: SipCallEvents): void;
  answer(options: { readonly stream: StreamLike; readonly iceServers: readonly IceServer[] }): void;
  /** Refuses a ringing call; `contact` is where it goes on (302). */
  reject(status: number, reason: string, contact?: string): void;
  /** CANCEL, BYE or a refusal, as the state wants it. */
  hangUp(reason?: string): void;
  /** Resolves when the other side has agreed or not; nothing is said to it as soon as a hold is wanted. */
  setHold(isHeld: boolean): Promise<OfferResult>;
  setMuted(isMuted: boolean): void;
  /** Resolves to false when the call cannot carry digits. */
  sendDigits(digits: string): Promise<boolean>;
  /** REFER; resolves with the last status that NOTIFY told (RFC 3515 §2.4.5), or the one that refused the REFER. */
  refer(target: string, replaces?: SipCall): Promise<ReferResult>;
  /** New ICE for the same call; `onAudio` tells what comes of it. Resolves to false where it could not be agreed. */
  restartIce(): Promise<boolean>;
  replaceTrack(stream: StreamLike): Promise<void>;
  stats(): Promise<readonly Readonly<Record<string, unknown>>[]>;
  dialogId(): DialogId | undefined;
  /** Call-ID on the wire. */
  sipCallId(): string | undefined;
}

export interface ReferResult {
  readonly status: number;
  readonly reason: string;
}

export interface SipCallEvents {
  /** 180 or 183; `identity` where the answer tells whom it reached. */
  onProgress(status: number, identity: RemoteIdentity): void;
  /** A 2xx was sent or came; `isMuted`: it says that the device we took the call from had its microphone off. */
  onAccepted(identity: RemoteIdentity, isMuted: boolean): void;
  onConfirmed(): void;
  /** The other side is somebody else now, or has a name (RFC 4916, 5876). */
  onIdentity(identity: RemoteIdentity): void;
  onHeldByOther(isHeld: boolean): void;
  onStream(stream: StreamLike): void;
  onAudio(state: 'connecting' | 'flowing' | 'lost'): void;
  onEnded(ending: SipEnding): void;
}

export interface RemoteIdentity {
  readonly number?: string | undefined;
  readonly name?: string | undefined;
  /** Address of the conference that the other side is the focus of (RFC 4579 §5.1). */
  readonly conference?: string | undefined;
}

/** How a call of the user agent ended. */
export interface SipEnding {
  readonly by: 'here' | 'there' | 'system';
  readonly how: 'cancel' | 'bye' | 'response' | 'media' | 'connection' | 'timeout';
  /** Of the response that ended it. */
  readonly status?: number;
  /** Reason phrase, or what the system says. */
  readonly detail?: string;
  /** Values of Reason header fields (RFC 3326). */
  readonly reasons: readonly string[];
}
