/** What goes between a test and the softphone in the page: plain data. */

export interface RegisterOptions {
  /** `wss://127.0.0.1:8443/ws` */
  readonly url: string;
  readonly uri: string;
  /** User name for digest, when it is not the one in `uri`. */
  readonly user: string;
  readonly password: string;
  readonly expiresSec?: number;
  readonly sessionTimers?: boolean;
  /** `+sip.instance` of RFC 5626, a UUID; a new one for each page when absent. */
  readonly instanceId?: string;
  /** As for RTCPeerConnection. */
  readonly pcConfig?: {
    readonly iceServers?: { urls: string[]; username?: string; credential?: string }[];
    readonly iceTransportPolicy?: 'all' | 'relay';
  };
}

export type CallState = 'new' | 'ringing' | 'accepted' | 'confirmed' | 'ended';

export interface CallView {
  readonly id: number;
  readonly direction: 'incoming' | 'outgoing';
  readonly state: CallState;
  /** JsSIP's word for why it ended. */
  readonly cause: string;
  /** Reason header (RFC 3326) of the BYE or CANCEL that ended it; '' without one. */
  readonly reason: string;
  readonly endedBy: string;
  /** Milliseconds since the page began at which each state was entered. */
  readonly atMs: Partial<Record<CallState, number>>;
  readonly digits: string;
  readonly heldByUs: boolean;
  readonly heldByThem: boolean;
  readonly remoteNumber: string;
  readonly remoteName: string;
}

export interface PhoneView {
  readonly registration: 'none' | 'registered' | 'failed';
  readonly registrationCause: string;
  /** WebSockets opened so far. */
  readonly sockets: number;
  readonly calls: readonly CallView[];
}

export interface StreamFigures {
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly packetsSent: number;
  readonly codec: string;
  readonly dtls: string;
  readonly candidateTypes: readonly string[];
}
