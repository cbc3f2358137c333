import type { CallClass, Numbering, NumberRange } from '../model/index.ts';
import { type PostDial, splitDialString } from './dial-string.ts';
import { type DialledFeature, readFeatureCode } from './feature-codes.ts';
import { callClassOf, canonicalOutside } from './outside-number.ts';
import { stripWriting } from './written-number.ts';

/** The longest dial string that is looked at. */
export const MAX_DIAL_STRING_LENGTH = 128;

/** What a dialled string is, before asking whether it exists and who may dial it. */
export type Dialled =
  | { readonly kind: 'internal'; readonly number: string; readonly postDial: readonly PostDial[] }
  | {
      readonly kind: 'outside';
      /** E.164 with plus, or the digits of a short number. */
      readonly number: string;
      readonly callClass: CallClass;
      readonly postDial: readonly PostDial[];
    }
  | { readonly kind: 'emergency'; readonly number: string }
  | ({ readonly kind: 'feature' } & DialledFeature)
  | { readonly kind: 'invalid'; readonly reason: 'empty' | 'notANumber' | 'incomplete' | 'tooLong' };

/**
 * Reads what a station dialled: separators, tel: URIs and pauses go, prefixes are resolved. `dialled` is the user
 * part of the Request-URI with escapes decoded (`#`, not `%23`).
 */
export function normalise(dialled: string, numbering: Numbering): Dialled {
  if (dialled.length > MAX_DIAL_STRING_LENGTH) return { kind: 'invalid', reason: 'tooLong' };
  const { number: written, postDial } = splitDialString(dialled);
  const text = stripWriting(written, numbering);
  if (text === '') return { kind: 'invalid', reason: 'empty' };
  const emergency = emergencyNumber(text, numbering);
  if (emergency !== undefined) return { kind: 'emergency', number: emergency };
  const feature = readFeatureCode(text, numbering.featureCodes);
  if (feature !== undefined) return { kind: 'feature', ...feature };
  if (!/^\+?\d+$/.test(text)) return { kind: 'invalid', reason: 'notANumber' };
  return isInternal(text, numbering)
    ? { kind: 'internal', number: text, postDial }
    : outside(withoutOutsideLine(text, numbering), numbering, postDial);
}

/** Emergency numbers are recognised alone, after the outside-line prefix and after the own country code. */
function emergencyNumber(text: string, numbering: Numbering): string | undefined {
  const { outsideLinePrefix, internationalPrefix, countryCode, emergencyNumbers } = numbering;
  return emergencyNumbers.find(
    (number) =>
      text === number ||
      text === outsideLinePrefix + number ||
      text === `+${countryCode}${number}` ||
      text === `${internationalPrefix}${countryCode}${number}` ||
      text === `${outsideLinePrefix}${internationalPrefix}${countryCode}${number}`,
  );
}

/** With an outside-line prefix everything without it is internal, else the internal ranges decide. */
function isInternal(text: string, numbering: Numbering): boolean {
  if (text.startsWith('+')) return false;
  const prefix = numbering.outsideLinePrefix;
  if (prefix !== '') return !text.startsWith(prefix);
  return numbering.internalRanges.some((range) => isInRange(text, range));
}

/** Whether a number lies in the range; one of another length does not. */
export function isInRange(number: string, range: NumberRange): boolean {
  return number.length === range.from.length && number >= range.from && number <= range.to;
}

function withoutOutsideLine(text: string, numbering: Numbering): string {
  return text.startsWith('+') ? text : text.slice(numbering.outsideLinePrefix.length);
}

function outside(digits: string, numbering: Numbering, postDial: readonly PostDial[]): Dialled {
  if (digits === '') return { kind: 'invalid', reason: 'incomplete' };
  const number = canonicalOutside(digits, numbering);
  if (number.startsWith('+') && number.length < MIN_E164_LENGTH) return { kind: 'invalid', reason: 'incomplete' };
  if (number.length > MAX_E164_LENGTH) return { kind: 'invalid', reason: 'tooLong' };
  if (number.startsWith('+0')) return { kind: 'invalid', reason: 'notANumber' };
  return { kind: 'outside', number, callClass: callClassOf(number, numbering), postDial };
}

/** Plus sign and five digits. */
const MIN_E164_LENGTH = 6;
/** Plus sign and fifteen digits (ITU-T E.164 §6). */
const MAX_E164_LENGTH = 16;
