import type { HeaderList } from '../headers.ts';
import { parseDecimal } from '../octets.ts';
import { findParam } from '../params.ts';
import { decodeUtf8, encodeUtf8, isToken, quote } from '../text.ts';
import { parseElements, parseParamValue } from './value.ts';

/** Why a request was sent or a call ended (RFC 3326). */
export interface Reason {
  /** `SIP`, `Q.850` or another token, as written. */
  readonly protocol: string;
  readonly cause: number | undefined;
  /** For people; '' when absent. */
  readonly text: string;
}

/** Every Reason value in order; values that are malformed are left out, as they only inform. */
export function parseReasons(headers: HeaderList): Reason[] {
  const reasons = parseElements(headers, 'Reason', (element) => parseReason(element) ?? null) ?? [];
  return reasons.filter((reason) => reason !== null);
}

export function parseReason(text: string): Reason | undefined {
  const parts = parseParamValue(text);
  if (!parts || !isToken(parts.value)) return undefined;
  const cause = findParam(parts.paramsText, 'cause');
  return {
    protocol: parts.value,
    cause: cause === undefined ? undefined : parseDecimal(cause, 9999),
    text: decodeUtf8(findParam(parts.paramsText, 'text') ?? ''),
  };
}

export function printReason(reason: Reason): string {
  const cause = reason.cause === undefined ? '' : `;cause=${reason.cause}`;
  const text = reason.text === '' ? '' : `;text=${quote(encodeUtf8(reason.text))}`;
  return `${reason.protocol}${cause}${text}`;
}
