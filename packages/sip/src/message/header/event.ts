import { findParam } from '../params.ts';
import { isToken } from '../text.ts';
import { parseParamValue, secondsParam } from './value.ts';

/** Which events a subscription is about (RFC 6665 §8.2.1). */
export interface EventHeader {
  /** `dialog`, `refer`, `message-summary` …; compared by octets. */
  readonly package: string;
  /** Tells subscriptions of one dialog apart. */
  readonly id: string | undefined;
}

export function parseEvent(text: string): EventHeader | undefined {
  const parts = parseParamValue(text);
  return parts && isToken(parts.value) ? { package: parts.value, id: findParam(parts.paramsText, 'id') } : undefined;
}

export function printEvent(event: EventHeader): string {
  return event.id === undefined ? event.package : `${event.package};id=${event.id}`;
}

/** How a subscription stands (RFC 6665 §8.2.3). */
export interface SubscriptionState {
  /** `active`, `pending`, `terminated` or another token, in lower case. */
  readonly state: string;
  /** Why it ended: `timeout`, `noresource`, `deactivated` … */
  readonly reason: string | undefined;
  readonly expiresSec: number | undefined;
  readonly retryAfterSec: number | undefined;
}

export function parseSubscriptionState(text: string): SubscriptionState | undefined {
  const parts = parseParamValue(text);
  if (!parts || !isToken(parts.value)) return undefined;
  return {
    state: parts.value.toLowerCase(),
    reason: findParam(parts.paramsText, 'reason')?.toLowerCase(),
    expiresSec: secondsParam(parts.paramsText, 'expires'),
    retryAfterSec: secondsParam(parts.paramsText, 'retry-after'),
  };
}

export function printSubscriptionState(state: SubscriptionState): string {
  let text = state.state;
  if (state.reason !== undefined) text += `;reason=${state.reason}`;
  if (state.expiresSec !== undefined) text += `;expires=${state.expiresSec}`;
  if (state.retryAfterSec !== undefined) text += `;retry-after=${state.retryAfterSec}`;
  return text;
}
