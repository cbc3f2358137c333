/** Its lower case is an ASCII letter and a combining dot: a mail system need not take it for that letter. */
const CAPITAL_I_WITH_DOT = '\u0130';

/**
 * The form in which e-mail addresses are compared: no surrounding space, Unicode composed, lower case on both sides of the `@` (real
 * mail systems do not tell them apart), an international domain in its ASCII form (RFC 5890). The cloud compares by a function of its
 * own, in `@unisono/contract`; a test of `@unisono/assistant`, which knows both, holds them together.
 */
export function emailKey(email: string): string {
  const text = email.trim().normalize('NFC');
  const at = text.lastIndexOf('@');
  if (at < 0) return lowered(text);
  return `${lowered(text.slice(0, at))}@${asciiDomain(text.slice(at + 1)) ?? lowered(text.slice(at + 1))}`;
}

function lowered(text: string): string {
  const parts = text.split(CAPITAL_I_WITH_DOT);
  return parts.map((part) => part.toLowerCase()).join(CAPITAL_I_WITH_DOT);
}

/** Undefined when it is no name of a domain. */
function asciiDomain(written: string): string | undefined {
  const domain = written.toLowerCase().replace(/\.$/, '');
  if (/^[a-z0-9.-]*$/.test(domain)) return domain;
  if (/[\s@:/?#%[\]\\]/.test(domain) || !URL.canParse(`http://${domain}/`)) return undefined;
  return new URL(`http://${domain}/`).hostname.replace(/\.$/, '');
}
