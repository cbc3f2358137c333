/** Words of a peer in a sentence of ours: short, printable, and without quotes that could end a quoted string. */
export function shown(text: string): string {
  const printable = text.replace(/[^ !#-[\]-~]/g, '?');
  return printable.length > 80 ? `${printable.slice(0, 77)}...` : printable;
}
