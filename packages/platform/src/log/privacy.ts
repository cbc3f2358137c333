/** Fields whose values never reach a log, at any level. */
export const SECRET_FIELDS = [
  'password',
  'passphrase',
  'secret',
  'token',
  'ha1',
  'nonce',
  'response',
  'credentials',
  'authorization',
  'proxyAuthorization',
  'privateKey',
] as const;

/** Fields that hold a phone number, or a SIP address whose user part is one. */
export const NUMBER_FIELDS = [
  'number',
  'caller',
  'called',
  'dialled',
  'target',
  'from',
  'to',
  'uri',
  'aor',
  'contact',
  'username',
  'device',
  'station',
] as const;

/** Fields with a sentence in which a number may stand. */
export const TEXT_FIELDS = ['why', 'reason', 'detail'] as const;

const SHOWN_DIGITS = 2;

/**
 * A phone number with only its last two digits: `+49891234` becomes `***34`. In a SIP address only the user part is masked, so
 * that host and port stay readable. Text without digits is given back as it is.
 */
export function maskNumber(text: string): string {
  const scheme = /^(sips?:|tel:)?/i.exec(text)?.[0] ?? '';
  const at = text.indexOf('@');
  const user = text.slice(scheme.length, at === -1 ? undefined : at);
  const rest = at === -1 ? '' : text.slice(at);
  // An address without a user part (sip:192.0.2.1) names a machine and no person.
  if (scheme.toLowerCase().startsWith('sip') && at === -1) return text;
  return scheme + maskDigits(user) + rest;
}

/** A sentence in which every run of four digits or more is masked: SIP statuses and IP addresses stay readable. */
export function maskNumbersIn(text: string): string {
  return text.replace(/\+?\d{4,}/g, maskNumber);
}

function maskDigits(text: string): string {
  return text.replace(/[+(]*\d(?:[\d\s().-]*\d)?/g, (number) => {
    const digits = number.replace(/\D/g, '');
    return `***${digits.length > SHOWN_DIGITS ? digits.slice(-SHOWN_DIGITS) : ''}`;
  });
}
