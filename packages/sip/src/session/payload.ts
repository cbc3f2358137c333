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

/** A session description as payload. */
export function sdpPayload(sdp: string | Buffer): Payload {
  return { type: 'application/sdp', bytes: typeof sdp === 'string' ? Buffer.from(sdp, 'utf8') : sdp };
}

/** True when both are absent or equal octet by octet. */
export function samePayload(a: Payload | undefined, b: Payload | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.type === b.type && a.bytes.equals(b.bytes));
}

/** Header fields to add to a message that is about to be sent. */
export type ExtraHeaders = readonly (readonly [name: string, value: string])[];

export function appendHeaders(headers: HeaderList, extra: ExtraHeaders | undefined): void {
  if (extra) for (const [name, value] of extra) headers.append(name, value);
}
