/**
 * Which side of the border a party is on. Each side has media addresses of its own, and each description shows only
 * addresses of the side it is sent to.
 */
export type MediaSide = 'outside' | 'inside';

/** How a party's streams are secured: RTP/AVP, `a=crypto` (RFC 4568), or DTLS-SRTP (RFC 5764). */
export type MediaSecurity = 'plain' | 'sdes' | 'dtls';

/** One end of an exchange: whom a description comes from, or whom the rewritten one is for. */
export interface MediaParty {
  readonly side: MediaSide;
  /** Addresses its signalling came from; packets are taken from these and from those in its description only. */
  readonly signalledFrom?: readonly string[] | undefined;
}

/** What the rewritten offer speaks towards the party that it is for. */
export interface MediaProfile {
  readonly security: MediaSecurity;
  /** True: ICE-lite candidates and `a=ice-lite`, as browsers want it. */
  readonly ice: boolean;
  /** `require` for browsers (RFC 8843 §9), `offer` lets the answerer choose, `none` takes two ports. */
  readonly rtcpMux: 'require' | 'offer' | 'none';
}

export const WEBRTC: MediaProfile = { security: 'dtls', ice: true, rtcpMux: 'require' };
export const PLAIN: MediaProfile = { security: 'plain', ice: false, rtcpMux: 'none' };
export const SDES: MediaProfile = { security: 'sdes', ice: false, rtcpMux: 'none' };

/**
 * Names one exchange of one call, as rtpengine's control protocol does. `fromTag` is always the tag of the side that
 * made the offer of this exchange; `viaBranch` keeps branches of one forked INVITE apart until they have a To tag.
 */
export interface MediaKey {
  readonly callId: string;
  readonly fromTag: string;
  readonly toTag?: string | undefined;
  readonly viaBranch?: string | undefined;
}

export interface OfferRequest extends MediaKey {
  readonly sdp: string;
  readonly from: MediaParty;
  readonly to: MediaParty;
  /** What `to` is to be offered. Within a session that has been answered, what was agreed there counts. */
  readonly profile: MediaProfile;
}

export interface AnswerRequest extends MediaKey {
  readonly sdp: string;
  /** Who answers. The rewritten answer is for the offerer and speaks what the offer spoke. */
  readonly from: MediaParty;
  /**
   * Said in a provisional response: whoever offered may leave it unread until the final one comes (SIP.js does), so no
   * time-out runs yet. The same answer without it starts them.
   */
  readonly isProvisional?: boolean | undefined;
}

export type MediaEngineErrorCode =
  /** The body is no session description; `message` names the line. SIP: 400. */
  | 'bad-sdp'
  /** Nothing in it that can be carried. SIP: 488. */
  | 'no-audio'
  | 'no-common-codec'
  | 'unsupported-transport'
  | 'unsupported-address'
  /** The answer does not fit the offer. SIP: ends the call. */
  | 'mismatched-answer'
  /** No exchange is known by that key. SIP: 481. */
  | 'unknown-call'
  /** Ports or capacity are used up. SIP: 503. */
  | 'no-ports'
  /** No engine answers. SIP: 503. */
  | 'unavailable';

export interface MediaEngineError {
  readonly code: MediaEngineErrorCode;
  /** A sentence for people, fit for a Warning header. */
  readonly message: string;
}

export type MediaEngineResult =
  | { readonly ok: true; readonly sdp: string }
  | { readonly ok: false; readonly error: MediaEngineError };

/** What one party sent and received so far. */
export interface MediaLegStatistics {
  readonly tag: string;
  readonly side: MediaSide;
  readonly security: MediaSecurity;
  readonly codec: string | undefined;
  readonly packetsReceived: number;
  readonly octetsReceived: number;
  readonly packetsSent: number;
  readonly octetsSent: number;
  /** Packets that never came, by sequence numbers (RFC 3550 A.3). */
  readonly packetsLost: number;
  /** Refused packets: wrong source, failed authentication, replayed, malformed. */
  readonly packetsDropped: number;
  readonly jitterMs: number | undefined;
  readonly roundTripMs: number | undefined;
  /** Estimated by the E-model (ITU-T G.107) from loss, delay and codec, 1 … 4.5. */
  readonly mos: number | undefined;
}

export interface MediaCallStatistics {
  readonly callId: string;
  readonly startedAtMs: number;
  readonly legs: readonly MediaLegStatistics[];
}

/** Why the engine gave up a call; whoever owns the call must end or anchor it anew. */
export type MediaLoss =
  /** ICE or DTLS did not complete in time. */
  | 'not-connected'
  /** The certificate is not the one whose fingerprint was signalled. */
  | 'wrong-fingerprint'
  /** Nothing was heard of a party for the configured time. */
  | 'inactive'
  /** The worker or the engine that held it is gone. */
  | 'engine-lost';

export interface MediaEngineEvents {
  onCallLost(callId: string, loss: MediaLoss, message: string): void;
}

export interface MediaEngineSnapshot {
  readonly kind: 'embedded' | 'rtpengine';
  readonly calls: number;
  readonly portsUsed: number;
  readonly portsTotal: number;
  /** Workers or instances that are up. */
  readonly available: number;
  readonly configured: number;
}

/**
 * Anchors the media of calls between two sides (the semantics of rtpengine's control protocol). An offer makes or changes
 * an exchange, an answer completes it, and a second offer in either direction changes the session. Several offers of one
 * From tag with different branches are a fork: each gets its own ports, and the first answer does not end the others.
 * Exchanges of one call come one after the other; of different calls they may overlap. Expected failures are values and
 * leave what was agreed before in force; promises reject for faults of the program only.
 */
export interface MediaEngine {
  offer(request: OfferRequest): Promise<MediaEngineResult>;
  answer(request: AnswerRequest): Promise<MediaEngineResult>;
  /** Gives back ports and keys. Without `toTag` and `viaBranch` the whole call; idempotent. */
  delete(key: Pick<MediaKey, 'callId'> & Partial<MediaKey>): Promise<void>;
  /** What a call came to so far; without legs when it is from before a restart of this process, and carried all the same. */
  query(callId: string): Promise<MediaCallStatistics | undefined>;
  snapshot(): MediaEngineSnapshot;
  /** Ends every call without a word. */
  close(): Promise<void>;
}
