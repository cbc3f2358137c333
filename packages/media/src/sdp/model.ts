/** Where a session or a stream lives: `IN IP4 192.0.2.1` (RFC 8866 §5.7). */
export interface NetworkAddress {
  readonly netType: string;
  readonly addressType: string;
  /** As written, so a multicast address keeps its `/ttl/count`. */
  readonly host: string;
}

/** The `o=` line (RFC 8866 §5.2). The two numbers stay text: they may be wider than 64 bits. */
export interface Origin extends NetworkAddress {
  readonly username: string;
  readonly sessionId: string;
  readonly sessionVersion: string;
}

/** A `c=` line. */
export interface ConnectionLine {
  readonly kind: 'connection';
  readonly connection: NetworkAddress;
}

/** An `a=` line; `value` is null for a property attribute such as `a=recvonly`. */
export interface AttributeLine {
  readonly kind: 'attribute';
  readonly name: string;
  readonly value: string | null;
}

/** Any other line, known (`b t i u e p r z k`) or not, kept as it stood. */
export interface TextLine {
  readonly kind: 'text';
  readonly letter: string;
  readonly text: string;
}

export type SdpLine = ConnectionLine | AttributeLine | TextLine;

/** What session and media sections have in common: lines in the order in which they stood. */
export interface Section {
  readonly lines: readonly SdpLine[];
}

/** One `m=` line with the lines that belong to it (RFC 8866 §5.14). Port 0 means: rejected. */
export interface MediaDescription extends Section {
  readonly media: string;
  readonly port: number;
  /** From `port/count`; 1 when not written. */
  readonly portCount: number;
  readonly protocol: string;
  readonly formats: readonly string[];
}

/** A session description: a plain record, never changed, only replaced. */
export interface SessionDescription extends Section {
  readonly origin: Origin;
  readonly name: string;
  readonly media: readonly MediaDescription[];
}

/** Which way a stream flows, as seen by the side whose description it is (RFC 8866 §6.7). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** A body as it comes from the wire or goes to it. */
export type SdpBody = string | Uint8Array;

/** Text of a body; octets are read as UTF-8. */
export function sdpText(body: SdpBody): string {
  if (typeof body === 'string') return body;
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8');
}
