import type { CallParty } from '../state.ts';
import { splitOutsideQuotes, unquoted } from './reason.ts';

/**
 * Who passed a call on, newest first: from Diversion (RFC 5806, newest first by itself), else from History-Info (RFC 7044, oldest
 * first; the last entry is where the call is now).
 */
export function forwardedFrom(diversions: readonly string[], histories: readonly string[]): CallParty[] {
  const diverted = diversions.flatMap((value) => splitOutsideQuotes(value, ',')).flatMap(partyOf);
  if (diverted.length > 0) return diverted;
  const entries = histories.flatMap((value) => splitOutsideQuotes(value, ','));
  return entries.slice(0, -1).flatMap(partyOf).reverse();
}

function partyOf(value: string): CallParty[] {
  const [address = '', ...parameters] = splitOutsideQuotes(value, ';');
  const [, display = '', uri = ''] = /^\s*((?:"(?:[^"\\]|\\.)*"|[^<]*)?)\s*<([^>]*)>/.exec(address) ?? [
    '',
    '',
    address.trim(),
  ];
  if (parameters.some((one) => /^\s*privacy\s*=\s*"?(full|name|uri|id|history)/i.test(one))) return [];
  if (/[?&]privacy=(history|id|session|header)/i.test(uri)) return [];
  const number = numberOfUri(uri);
  const name = unquoted(display.trim());
  if (number === undefined && name === '') return [];
  return [{ ...(number === undefined ? {} : { number }), ...(name === '' ? {} : { name }) }];
}

/** User part of a SIP address, or the number of a tel URI, where it can be dialled. */
export function numberOfUri(uri: string): string | undefined {
  const user = /^(?:sips?:([^@;?>]+)@|tel:([^;?>]+))/i.exec(uri);
  const text = decode((user?.[1] ?? user?.[2] ?? '').split(':')[0] ?? '').split(';')[0] ?? '';
  return /^\+?[\d*#]{1,40}$/.test(text) ? text : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
