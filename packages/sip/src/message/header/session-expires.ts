import { findParam } from '../params.ts';
import { parseDeltaSeconds, parseParamValue } from './value.ts';

/** Session-Expires (RFC 4028 §4). */
export interface SessionExpires {
  readonly expiresSec: number;
  /** Who refreshes; undefined when it is left open. */
  readonly refresher: 'uac' | 'uas' | undefined;
}

export function parseSessionExpires(text: string): SessionExpires | undefined {
  const parts = parseParamValue(text);
  const expiresSec = parts && parseDeltaSeconds(parts.value);
  if (expiresSec === undefined) return undefined;
  const refresher = findParam(parts?.paramsText ?? '', 'refresher')?.toLowerCase();
  return { expiresSec, refresher: refresher === 'uac' || refresher === 'uas' ? refresher : undefined };
}

export function printSessionExpires(timer: SessionExpires): string {
  return timer.refresher === undefined ? `${timer.expiresSec}` : `${timer.expiresSec};refresher=${timer.refresher}`;
}

/** Shortest session interval that anybody may ask for, and the default of Min-SE (RFC 4028 §5). */
export const MIN_SE_DEFAULT_SEC = 90;

/** Min-SE in seconds (RFC 4028 §5); parameters are allowed and mean nothing. */
export function parseMinSe(text: string): number | undefined {
  const parts = parseParamValue(text);
  return parts && parseDeltaSeconds(parts.value);
}
