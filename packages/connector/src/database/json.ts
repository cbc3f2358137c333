/** A position in a list, as clients carry it around. */
export function toCursor(parts: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** The parts of a cursor, when it has the form of one with those types; it holds nothing that a caller may not choose. */
export function fromCursor<const Types extends readonly ('string' | 'number')[]>(
  cursor: string,
  types: Types,
): { -readonly [Index in keyof Types]: Types[Index] extends 'string' ? string : number } | undefined {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(parts) || parts.length !== types.length) return undefined;
    if (!types.every((type, index) => typeof parts[index] === type)) return undefined;
    if (parts.some((part) => typeof part === 'number' && !Number.isSafeInteger(part))) return undefined;
    return parts as never;
  } catch {
    return undefined;
  }
}

/** Text as it is searched in: lower case, without accents. */
export function folded(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss');
}

/** A `like` pattern that finds the text anywhere, with `\` as escape. */
export function containing(text: string): string {
  return `%${folded(text).replace(/[\\%_]/g, '\\$&')}%`;
}
