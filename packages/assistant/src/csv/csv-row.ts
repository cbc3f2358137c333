/**
 * One line of comma-separated values (RFC 4180). A text that a spreadsheet would take for a formula is made harmless by an
 * apostrophe, which reading takes off again.
 */
export function csvRow(cells: readonly string[]): string {
  return cells
    .map((cell) => (/^['=@\t\r]|^[+-](?!\d+$)/.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\r\n;]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');
}

/** What `csvRow` was given. */
export function unquoted(cell: string): string {
  return /^'(['=@\t\r]|[+-](?!\d+$))/.test(cell) ? cell.slice(1) : cell;
}
