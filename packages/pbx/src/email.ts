/**
 * The form in which e-mail addresses are compared: no surrounding space, lower case on both sides of the `@` (real
 * mail systems do not tell them apart), Unicode composed, an international domain in its ASCII form (RFC 5890).
 */
export function emailKey(email: string): string {
  const text = email.trim().normalize('NFC').toLowerCase();
  const at = text.lastIndexOf('@');
  return at < 0 ? text : `${text.slice(0, at)}@${asciiDomain(text.slice(at + 1).replace(/\.$/, ''))}`;
}

function asciiDomain(domain: string): string {
  if (/^[a-z0-9.-]*$/.test(domain)) return domain;
  return URL.canParse(`http://${domain}/`) ? new URL(`http://${domain}/`).hostname : domain;
}
