import type { ClientConnection } from '../contract-types.ts';
import { inGroups } from './grouping.ts';

export type DiallingRules = ClientConnection['dialling'];

/** Everywhere in the European Union and most of the world, whatever the phone system says. */
const ALWAYS_EMERGENCY = ['112'];

/** A number as it is typed so far, in groups. Internal numbers and codes stay as they are. */
export function formatTyped(typed: string, rules: DiallingRules | undefined): string {
  const [number = '', ...rest] = splitDigits(typed);
  return [formatNumber(number, rules), ...rest].join('');
}

/** What is dialled, and from the first pause on what is sent when the call is answered. */
export interface DialString {
  readonly number: string;
  /** Begins with a comma, or is empty. */
  readonly digits: string;
}

/** Digits of a number at most. */
const MAX_DIGITS = 40;

/** Why `readDialString` gives nothing. */
export function whyNoNumber(text: string): 'numberTooLong' | 'notANumber' {
  const [written = ''] = splitDigits(text.trim());
  return digitsOf(written).length > MAX_DIGITS ? 'numberTooLong' : 'notANumber';
}

/**
 * Reads what was typed or pasted, an address with its name ("Carla Rossi <4022>"), and `tel:`, `callto:`, `sip:` links; undefined when
 * there is no number in it.
 */
export function readDialString(text: string): DialString | undefined {
  const [, address] = /^[^<>]*<([^<>]+)>\s*$/.exec(text) ?? [];
  if (address !== undefined) return readDialString(address);
  const link = readLink(text.trim());
  if (link !== undefined) return link;
  const [written = '', ...rest] = splitDigits(text.trim());
  const number = plainNumber(written);
  if (number === undefined) return undefined;
  const digits = rest
    .join('')
    .replace(/[pw;]/gi, ',')
    .replace(/[^\dA-D*#,]/gi, '')
    .toUpperCase();
  return { number, digits: /[^,]/.test(digits) ? digits : '' };
}

/** What stands before a number in signatures and letters: "Tel.", "Telefon: ", "Phone". */
const LABEL =
  /^(?:[^\d+*#(]*[:=]|(?:tel(?:ef?on|ephone)?|fon|phone|mobile?|mobil(?:funk|telefon)|handy|cell|durchwahl|ext)\b\.?)\s*/i;

/** Digits, `*`, `#` and a plus at the beginning; undefined where the text holds something else, a word for example. */
function plainNumber(written: string): string | undefined {
  const number = digitsOf(written);
  return /^\+?[\d*#]{1,40}$/.test(number) ? number : undefined;
}

/** The same of any length; empty where there is no number. */
function digitsOf(written: string): string {
  // "+49 (0) 89 …": the zero in brackets is dialled within the country only.
  const text = written.replace(LABEL, '').replace(/^(\s*(?:\+|00)[\d\s]{1,5})\(0\)/, '$1');
  return /^[\s(]*\+?[\d\s()/.*#‐-―\u00a0-]+$/.test(text) ? text.replace(/[^\d*#+]/g, '') : '';
}

/** RFC 3966 and its relatives. Parameters: `;postd=` (RFC 2806) is sent after the answer, `;ext=` too. */
function readLink(text: string): DialString | undefined {
  const [, scheme, rest] = /^(tel|callto|sips?|web\+tel):(.*)$/is.exec(text) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  const decoded = decode(rest.replace(/^\/\//, ''));
  const [address = '', ...parameters] = decoded.split(/[;?&]/);
  const user = scheme.toLowerCase().startsWith('sip') ? (address.split('@')[0] ?? '') : address;
  const sent = parameters.map((one) => /^(?:postd|ext)=(.+)$/i.exec(one)?.[1]).find((one) => one !== undefined);
  return readDialString(sent === undefined ? user : `${user},${sent}`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Number and what follows the first pause, its comma included. A `p` or `w` between digits is a pause, too. */
function splitDigits(text: string): string[] {
  const at = /[,;]|(?<=[\d*#])[pw](?=[\d*#,])/i.exec(text)?.index;
  return at === undefined ? [text] : [text.slice(0, at), text.slice(at)];
}

/** A number for lists: as it is dialled here, in groups. */
export function formatNumber(number: string, rules: DiallingRules | undefined): string {
  const digits = number.replace(/[^\d*#+]/g, '');
  if (rules === undefined || /[*#]/.test(digits) || !/\d/.test(digits)) return digits;
  if (isInternal(digits, rules)) return digits;
  if (digits.startsWith('+')) return inGroups(digits);
  const { outsideLinePrefix } = rules;
  const isOutside = outsideLinePrefix !== '' && digits.startsWith(outsideLinePrefix);
  const outside = isOutside ? digits.slice(outsideLinePrefix.length) : digits;
  const shown = formatOutside(outside, rules);
  return isOutside ? `${outsideLinePrefix} ${shown}`.trim() : shown;
}

function isInternal(digits: string, { internalLengths, outsideLinePrefix }: DiallingRules): boolean {
  const isOutside = outsideLinePrefix !== '' && digits.startsWith(outsideLinePrefix);
  return !digits.startsWith('+') && !isOutside && digits.length <= Math.max(0, ...internalLengths);
}

function formatOutside(digits: string, { countryCode, internationalPrefix }: DiallingRules): string {
  if (internationalPrefix !== '' && digits.startsWith(internationalPrefix)) {
    const shown = inGroups(`+${digits.slice(internationalPrefix.length)}`);
    return `${internationalPrefix} ${shown.slice(1)}`.trim();
  }
  return inGroups(digits, countryCode);
}

/** With and without the outside line: in an emergency nobody thinks of prefixes. */
export function isEmergencyNumber(typed: string, rules: DiallingRules | undefined): boolean {
  const digits = typed.replace(/[^\d*#+]/g, '');
  const numbers = [...(rules?.emergencyNumbers ?? []), ...ALWAYS_EMERGENCY];
  const prefix = rules?.outsideLinePrefix ?? '';
  return numbers.some((number) => digits === number || (prefix !== '' && digits === prefix + number));
}
