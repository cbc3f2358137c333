import type { CallClass, NumberFormat, Numbering } from '../model/index.ts';

/** E.164 with plus; the shortest real ones (country code and a short number) have five digits. */
const E164 = /^\+[1-9]\d{4,14}$/;

/** True for `+` and 5 to 15 digits. */
export function isE164(number: string): boolean {
  return E164.test(number);
}

/**
 * The canonical form of an outside number as it is dialled on a public line: E.164 with plus, or the digits of a
 * premium or service number that has no E.164 form. It may be too short or too long: ask `isE164`.
 */
export function canonicalOutside(digits: string, numbering: Numbering): string {
  if (digits.startsWith('+')) return digits;
  const { countryCode, internationalPrefix, nationalPrefix, areaCode = '' } = numbering;
  if (isShortNumber(digits, numbering)) return digits;
  if (internationalPrefix !== '' && digits.startsWith(internationalPrefix)) {
    return `+${digits.slice(internationalPrefix.length)}`;
  }
  if (nationalPrefix !== '' && digits.startsWith(nationalPrefix)) {
    return `+${countryCode}${digits.slice(nationalPrefix.length)}`;
  }
  return `+${countryCode}${areaCode}${digits}`;
}

function isShortNumber(digits: string, numbering: Numbering): boolean {
  const begins = (prefix: string) => digits.startsWith(prefix);
  return numbering.servicePrefixes.some(begins) || numbering.premiumPrefixes.some(begins);
}

/** What a class of service must allow for this canonical outside number. */
export function callClassOf(number: string, numbering: Numbering): CallClass {
  const begins = (prefix: string) => number.startsWith(prefix);
  if (numbering.premiumPrefixes.some(begins)) return 'premium';
  if (numbering.servicePrefixes.some(begins)) return 'services';
  if (!number.startsWith('+')) return 'national';
  return number.startsWith(`+${numbering.countryCode}`) ? 'national' : 'international';
}

/** Writes a canonical outside number in the format of a trunk group. */
export function writeOutside(number: string, format: NumberFormat, numbering: Numbering): string {
  if (format === 'e164' || !number.startsWith('+')) return number;
  const { countryCode, nationalPrefix, internationalPrefix } = numbering;
  const own = `+${countryCode}`;
  const international = internationalPrefix + number.slice(1);
  if (!number.startsWith(own)) return international;
  const national = nationalPrefix + number.slice(own.length);
  // A number that begins with zero inside the country would be read as one abroad.
  return internationalPrefix !== '' && national.startsWith(internationalPrefix) ? international : national;
}

/** What a station dials to reach a canonical number: inside digits as they are, outside with every prefix. */
export function writeDiallable(number: string, numbering: Numbering): string {
  if (!number.startsWith('+')) return number;
  return numbering.outsideLinePrefix + writeOutside(number, 'national', numbering);
}

/** Shorter bare digits are not taken as E.164: they are numbers of a tie line or of a service. */
const MIN_BARE_E164_LENGTH = 7;

/**
 * The canonical form of a number a trunk sent. In format `e164` digits without plus and without an international or
 * national prefix are taken as E.164, because many providers leave the plus out; few digits stay as they are.
 */
export function readTrunkNumber(digits: string, format: NumberFormat, numbering: Numbering): string {
  const { internationalPrefix, nationalPrefix } = numbering;
  const begins = (prefix: string) => prefix !== '' && digits.startsWith(prefix);
  const isBare = !digits.startsWith('+') && !begins(internationalPrefix) && !begins(nationalPrefix);
  if (format === 'national' || !isBare) return canonicalOutside(digits, numbering);
  return digits.length < MIN_BARE_E164_LENGTH ? digits : `+${digits}`;
}
