import type { MediaLoss, MediaSide } from '../engine.ts';
import type { Fingerprint, IceCredentials, SdesSuite } from '../stream.ts';

/*
 * What the engine says to a worker and hears of it: plain data that can cross a thread. A call is told as it should be,
 * whole, each time; the worker finds out what has changed. Packets never pass here.
 */

/** One direction's SDES key; secret. */
export interface SdesSecret {
  readonly suite: SdesSuite;
  /** Master key and salt, base64. */
  readonly keyAndSalt: string;
}

export type LegSecurity =
  | { readonly kind: 'plain' }
  /** `remote` is undefined until the party has answered. */
  | { readonly kind: 'sdes'; readonly local: SdesSecret; readonly remote: SdesSecret | undefined }
  | {
      readonly kind: 'dtls';
      /** Undefined until the party has answered: whoever speaks first then is the client. */
      readonly role: 'client' | 'server' | undefined;
      /** Of the party's certificate; undefined until it is known, and no media passes before. */
      readonly fingerprints: readonly Fingerprint[] | undefined;
      /** Another number asks for a new handshake (RFC 8842 §4). */
      readonly association: number;
    };

/** Where a party said it listens; `address` is undefined for the unspecified one. */
export interface LegRemote {
  readonly address: string | undefined;
  readonly port: number;
  readonly rtcpPort: number;
}

/** One party's end of a call. */
export interface LegConfig {
  /** Unique within the call and never used again there. */
  readonly id: number;
  readonly side: MediaSide;
  readonly family: 4 | 6;
  /** False: RTP and RTCP share a port from the start, and no second one is taken. */
  readonly hasRtcpPort: boolean;
  readonly rtcpMux: boolean;
  readonly security: LegSecurity;
  readonly ice: { readonly local: IceCredentials; readonly remoteUfrag: string | undefined } | undefined;
  /** Undefined until the party's description is known. */
  readonly remote: LegRemote | undefined;
  /** False while there is a provisional answer at most: no time-out runs yet. */
  readonly isConfirmed: boolean;
  /** More addresses packets are taken from. */
  readonly signalledFrom: readonly string[];
  /** Milliseconds of silence that lose the call, 0: the party may be silent (hold, or nothing agreed yet). */
  readonly inactivityMs: number;
  /** Of the codec, for jitter. */
  readonly clockRateHz: number;
}

/** Packets of one leg go to another. */
export interface LinkConfig {
  readonly from: number;
  readonly to: number;
  /** False: a hold; RTCP still passes. */
  readonly isOpen: boolean;
  /** Payload numbers to rewrite: what comes in, what goes out. Others pass as they are. */
  readonly payloadTypes: readonly (readonly [number, number])[];
}

export interface CallConfig {
  readonly legs: readonly LegConfig[];
  /** At most one from and one to each leg. */
  readonly links: readonly LinkConfig[];
}

/** Ports of a leg; `rtcpPort` equals `port` where no second one was taken. */
export interface LegPorts {
  readonly id: number;
  readonly port: number;
  readonly rtcpPort: number;
}

export type ApplyResult =
  | { readonly ok: true; readonly ports: readonly LegPorts[] }
  /** The call is as it was before. */
  | { readonly ok: false; readonly code: 'no-ports' | 'unavailable'; readonly message: string };

/** Counts of one leg. */
export interface LegReport {
  readonly id: number;
  readonly packetsReceived: number;
  readonly octetsReceived: number;
  readonly packetsSent: number;
  readonly octetsSent: number;
  readonly packetsLost: number;
  readonly packetsDropped: number;
  readonly jitterMs: number | undefined;
  readonly roundTripMs: number | undefined;
  /** Set once media may pass: the path is known and keys are there. */
  readonly isConnected: boolean;
}

/** What an engine asks of a worker, in this thread or in another. */
export interface RelayControl {
  apply(callId: string, config: CallConfig): Promise<ApplyResult>;
  /** Idempotent. */
  remove(callId: string): Promise<void>;
  /** Empty for an unknown call. */
  report(callId: string): Promise<readonly LegReport[]>;
  close(): Promise<void>;
}

/** What a worker tells without being asked. */
export type CallLost = (callId: string, loss: MediaLoss, message: string) => void;
