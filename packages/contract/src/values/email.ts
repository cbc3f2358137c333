import { z } from 'zod';

/** The longest address that can be delivered to (RFC 5321 §4.5.3.1.3, without the angle brackets). */
export const MAX_EMAIL_LENGTH = 254;

/** What an address never contains here: quoted local parts, comments and lists are valid in mail and nobody's sign-in name. */
const FORM = /^[^\s@<>()[\],;:"\\\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}]+@[^\s@<>()[\],;:"\\/?#%\p{Cc}\p{Cs}\p{Co}\p{Cn}]+$/u;

/** Its lower case is an ASCII letter and a combining dot: a mail system need not take it for that letter. */
const CAPITAL_I_WITH_DOT = '\u0130';

/**
 * The form in which e-mail addresses are compared, everywhere: no surrounding space, Unicode composed (NFC), the domain in lower
 * case, in its ASCII form (RFC 5890) and without a dot at its end, the local part in lower case (RFC 5321 §2.4 lets a mail
 * system tell cases apart; none in use does). What follows a plus sign counts: it is another address. Two addresses that only
 * look alike (Cyrillic `а`, Latin `a`) stay two. Takes any text; what is no address is only folded.
 */
export function emailKey(email: string): string {
  const text = email.trim().normalize('NFC');
  const at = text.lastIndexOf('@');
  if (at < 0) return lowered(text);
  return `${lowered(text.slice(0, at))}@${asciiDomain(text.slice(at + 1)) ?? lowered(text.slice(at + 1))}`;
}

/** Whether two addresses are one. */
export function isSameEmail(a: string, b: string): boolean {
  return emailKey(a) === emailKey(b);
}

/** The domain of an address in the form in which domains are compared; undefined when there is none. */
export function emailDomain(email: string): string | undefined {
  const key = emailKey(email);
  const at = key.lastIndexOf('@');
  return at < 0 || at === key.length - 1 ? undefined : key.slice(at + 1);
}

/** An e-mail address as people write it. Signs that only imitate other signs (full width, ligatures) are refused. */
export const emailAddress = z
  .string()
  .trim()
  .normalize('NFC')
  .max(MAX_EMAIL_LENGTH)
  .refine(isEmailAddress, 'Write an e-mail address, like "anna@example.com".')
  .meta({ description: 'An e-mail address.', examples: ['anna@example.com'] });

function isEmailAddress(text: string): boolean {
  if (!FORM.test(text)) return false;
  const composed = text.normalize('NFC');
  const at = composed.lastIndexOf('@');
  const local = composed.slice(0, at);
  if (local !== local.normalize('NFKC') || local.includes(CAPITAL_I_WITH_DOT)) return false;
  if (/^\.|\.\.|\.$/.test(local)) return false;
  const domain = asciiDomain(composed.slice(at + 1));
  return domain !== undefined && isHostName(domain);
}

function lowered(text: string): string {
  return text
    .split(CAPITAL_I_WITH_DOT)
    .map((part) => part.toLowerCase())
    .join(CAPITAL_I_WITH_DOT);
}

function asciiDomain(written: string): string | undefined {
  const domain = written.toLowerCase().replace(/\.$/, '');
  if (/^[a-z0-9.-]*$/.test(domain)) return domain;
  if (/[\s@:/?#%[\]\\]/.test(domain) || !URL.canParse(`http://${domain}/`)) return undefined;
  return new URL(`http://${domain}/`).hostname.replace(/\.$/, '');
}

/** Two labels at least, the last one no number: `example.com`, not `localhost` and not `10.0.0.1`. */
function isHostName(domain: string): boolean {
  const labels = domain.split('.');
  const isLabel = (label: string): boolean => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label);
  return labels.length >= 2 && domain.length <= 253 && labels.every(isLabel) && !/^\d+$/.test(labels.at(-1) ?? '');
}
