import type { Payload } from '../dialog/payload.ts';
import { encodeUtf8 } from '../message/text.ts';

const TYPE = 'message/sipfrag;version=2.0';
const STATUS_LINE = /^SIP\/2\.0 ([1-6]\d\d)(?: ([^\r\n]*))?/;

/** How a referred request went, as it stands in a NOTIFY (RFC 3515 §2.4.5). */
export interface SipfragStatus {
  readonly status: number;
  readonly reason: string;
}

export function sipfragPayload({ status, reason }: SipfragStatus): Payload {
  const line = `SIP/2.0 ${status} ${encodeUtf8(reason).replace(/[\r\n\0]/g, ' ')}\r\n`;
  return { type: TYPE, bytes: Buffer.from(line, 'latin1') };
}

/** The status line of a sipfrag; undefined when the payload is none. */
export function parseSipfrag(payload: Payload | undefined): SipfragStatus | undefined {
  if (!payload || !/^message\/sipfrag\b/i.test(payload.type)) return undefined;
  const match = STATUS_LINE.exec(payload.bytes.toString('utf8', 0, 512));
  return match ? { status: Number(match[1]), reason: match[2] ?? '' } : undefined;
}
