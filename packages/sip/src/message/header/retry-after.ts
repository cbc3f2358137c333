import { trimBlanks } from '../text.ts';
import { parseDeltaSeconds, parseParamValue, secondsParam } from './value.ts';

/** When to try again (RFC 3261 §20.33). */
export interface RetryAfter {
  readonly delaySec: number;
  /** For people, without its parentheses; '' when absent. */
  readonly comment: string;
  /** How long the other side will be there then; undefined when it does not say. */
  readonly durationSec: number | undefined;
}

/** Parses `18000;duration=3600` or `120 (in a meeting)`. */
export function parseRetryAfter(text: string): RetryAfter | undefined {
  const open = text.indexOf('(');
  const close = open < 0 ? -1 : text.lastIndexOf(')');
  if (close < open) return undefined;
  const comment = open < 0 ? '' : text.slice(open + 1, close);
  const parts = parseParamValue(open < 0 ? text : `${text.slice(0, open)}${text.slice(close + 1)}`);
  const delaySec = parts && parseDeltaSeconds(parts.value);
  if (!parts || delaySec === undefined) return undefined;
  return { delaySec, comment: trimBlanks(comment), durationSec: secondsParam(parts.paramsText, 'duration') };
}

/** Prints delay and duration; comments are not sent. */
export function printRetryAfter(retry: Pick<RetryAfter, 'delaySec' | 'durationSec'>): string {
  return retry.durationSec === undefined ? `${retry.delaySec}` : `${retry.delaySec};duration=${retry.durationSec}`;
}
