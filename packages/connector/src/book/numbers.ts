import type { ConnectionData } from '@unisono/contract';

type Dialling = Pick<
  ConnectionData['dialling'],
  'countryCode' | 'areaCode' | 'nationalPrefix' | 'internationalPrefix' | 'outsideLinePrefix' | 'internalLengths'
>;

/**
 * The form in which numbers are compared: digits alone, with the country code where the number is an outside one. Without dialling rules
 * a national number stays as it is.
 */
export function numberKey(number: string, dialling?: Dialling): string {
  const digits = number.replace(/\D/g, '');
  if (number.trim().startsWith('+') || dialling === undefined) return digits;
  const { internationalPrefix, nationalPrefix, countryCode, outsideLinePrefix, internalLengths } = dialling;
  if (internalLengths.includes(digits.length)) return digits;
  const outside =
    outsideLinePrefix !== '' && digits.startsWith(outsideLinePrefix) ? digits.slice(outsideLinePrefix.length) : digits;
  if (internationalPrefix !== '' && outside.startsWith(internationalPrefix))
    return outside.slice(internationalPrefix.length);
  if (nationalPrefix !== '' && outside.startsWith(nationalPrefix))
    return countryCode + outside.slice(nationalPrefix.length);
  return outside;
}
