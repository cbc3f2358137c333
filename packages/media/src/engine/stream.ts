/** Names and secret of one ICE side (RFC 8839 §5.4). */
export interface IceCredentials {
  readonly ufrag: string;
  readonly password: string;
}

/** A certificate's digest as signalled (RFC 8122 §5): lower-case hash name, upper-case hex pairs with colons. */
export interface Fingerprint {
  readonly hash: string;
  readonly value: string;
}

export type SdesSuite = 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32' | 'AEAD_AES_128_GCM';

/** One `a=crypto` line, its key taken out of base64 (RFC 4568 §9.2); `keyAndSalt` is secret. */
export interface SdesKey {
  readonly tag: number;
  readonly suite: SdesSuite;
  readonly keyAndSalt: Buffer;
}

/** How one end of a stream secures its packets. */
export type StreamSecurity =
  | { readonly kind: 'plain' }
  /** Each direction has a key of its own, chosen by its sender. */
  | { readonly kind: 'sdes'; readonly key: SdesKey }
  | {
      readonly kind: 'dtls';
      readonly fingerprints: readonly Fingerprint[];
      /** What that end does in the handshake (RFC 4145 §4.1, RFC 8842). */
      readonly setup: 'active' | 'passive' | 'actpass';
    };

/** What one end says of its audio stream: read from its description, or about to be written into ours. */
export interface StreamEnd {
  /** Undefined for the unspecified address: there is nowhere to send to (a hold of old style). */
  readonly address: string | undefined;
  readonly port: number;
  /** Equal to `port` with rtcp-mux. */
  readonly rtcpPort: number;
  readonly security: StreamSecurity;
  readonly ice: IceCredentials | undefined;
}
