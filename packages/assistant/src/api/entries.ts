/** An entry as it is shown: of an account only the user name and whether there is a password. */
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
    .map(([name, inner]) => [name, withoutSecrets(inner)]);
  return { ...Object.fromEntries(shown), ...(isAccount ? { hasPassword: true } : {}) };
}

/** What is sent back as it was read must not be taken for a field: `hasPassword` says nothing when it is written. */
export function writtenEntry(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(writtenEntry);
  if (typeof body !== 'object' || body === null) return body;
  const fields = Object.entries(body).filter(([name]) => name !== 'hasPassword');
  return Object.fromEntries(fields.map(([name, inner]) => [name, writtenEntry(inner)]));
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
