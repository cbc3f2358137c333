import { detached } from '../message/detached.ts';
import type { HeaderList } from '../message/headers.ts';
import { NO_BODY, type SipMessage } from '../message/message.ts';

/** A body with its type, passed on as it came. */
export interface Payload {
  /** Content-Type value, `application/sdp` mostly. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** The body of a message; undefined when it is empty. */
export function payloadOf(message: SipMessage): Payload | undefined {
  if (message.body.length === 0) return undefined;
  return { type: message.headers.get('Content-Type') ?? 'application/octet-stream', bytes: message.body };
}

/** Puts a payload into a message that has none. */
export function attachPayload(
  message: { readonly headers: HeaderList; body: Buffer },
  payload: Payload | undefined,
): void {
  message.body = payload?.bytes ?? NO_BODY;
  if (payload) message.headers.append('Content-Type', payload.type);
}

/** What a payload is kept as for the length of a call: text takes half the memory of a buffer. */
export interface KeptPayload {
  readonly type: string;
  readonly text: string;
}

const SDP_TYPE = 'application/sdp';

export function keepPayload({ type, bytes }: Payload): KeptPayload {
  return { type: type === SDP_TYPE ? SDP_TYPE : detached(type), text: bytes.toString('latin1') };
}

export function keptPayload({ type, text }: KeptPayload): Payload {
  return { type, bytes: Buffer.from(text, 'latin1') };
}

/** True when a payload is what was kept, octet by octet. */
export function isKept(payload: Payload, kept: KeptPayload | undefined): boolean {
  return kept !== undefined && payload.type === kept.type && payload.bytes.toString('latin1') === kept.text;
}

/** A session description as payload. */
export function sdpPayload(sdp: string | Buffer): Payload {
  return { type: SDP_TYPE, bytes: typeof sdp === 'string' ? Buffer.from(sdp, 'utf8') : sdp };
}

/** Header fields to add to a message that is about to be sent. */
export type ExtraHeaders = readonly (readonly [name: string, value: string])[];

export function appendHeaders(headers: HeaderList, extra: ExtraHeaders | undefined): void {
  if (extra) for (const [name, value] of extra) headers.append(name, value);
}
