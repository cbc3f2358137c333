/** An entry as it is shown: of an account only the user name and whether there is a password, of a mailbox whether it has a PIN. */
export function shownEntry(entry: unknown): Record<string, unknown> {
  return withoutSecrets(entry) as Record<string, unknown>;
}

function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value);
  const isAccount = fields.some(([name]) => name === 'password' || name === 'ha1');
  const shown = fields
    .filter(([name]) => name !== 'password' && name !== 'ha1')
    .map(([name, inner]) => (name === 'mailboxPin' ? ['hasMailboxPin', true] : [name, withoutSecrets(inner)]));
  return { ...Object.fromEntries(shown), ...(isAccount ? { hasPassword: true } : {}) };
}

/**
 * What is sent back as it was read must not be taken for a field: `hasPassword` says nothing when it is written, but that the password
 * which is stored stays; nor does `hasMailboxPin`. Parts of a list are found again by their id.
 */
export function writtenEntry(body: unknown, stored?: unknown): unknown {
  if (Array.isArray(body)) return body.map((one) => writtenEntry(one, partOf(stored, one)));
  if (typeof body !== 'object' || body === null) return body;
  const before: Readonly<Record<string, unknown>> = typeof stored === 'object' && stored !== null ? { ...stored } : {};
  const { hasPassword, hasMailboxPin: _, ...fields } = body as Record<string, unknown>;
  const written = Object.fromEntries(
    Object.entries(fields).map(([name, inner]) => [name, writtenEntry(inner, before[name])]),
  );
  const isKept =
    hasPassword === true &&
    written.password === undefined &&
    written.ha1 === undefined &&
    written.username === before.username;
  if (!isKept) return written;
  const { password, ha1 } = before;
  return { ...written, ...(password === undefined ? {} : { password }), ...(ha1 === undefined ? {} : { ha1 }) };
}

function partOf(stored: unknown, one: unknown): unknown {
  const id = typeof one === 'object' && one !== null ? (one as { id?: unknown }).id : undefined;
  if (!Array.isArray(stored) || id === undefined) return undefined;
  return stored.find((part: unknown) => (part as { id?: unknown } | null)?.id === id);
}

/** Whether every word is somewhere in the texts of the entry; secrets are not searched. */
export function isFound(entry: unknown, words: readonly string[]): boolean {
  const text = textOf(shownEntry(entry)).toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The words of a search, as `isFound` wants them. */
export function searchWords(search: string | undefined): readonly string[] {
  return (search ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}

function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number') return `${value}\n`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textOf).join('');
}
