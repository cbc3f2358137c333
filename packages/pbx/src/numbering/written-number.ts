import type { Numbering } from '../model/index.ts';

/** RFC 3966 visual separators and what people put between digits besides. */
const SEPARATORS = /[\s\-.()/\u00a0\u2010-\u2015\u2212]/g;

/**
 * The dialled characters of a number as somebody wrote it: without `tel:` and parameters, separators and a bracketed
 * national prefix (`+49 (0)89 …`); a global phone-context (RFC 3966 §5.1.5) goes before the digits.
 */
export function stripWriting(text: string, numbering: Numbering): string {
  const [body = '', ...parameters] = text.trim().replace(/^tel:/i, '').split(';');
  const bracketed = `(${numbering.nationalPrefix})`;
  const at = numbering.nationalPrefix === '' ? -1 : body.indexOf(bracketed);
  const plain = at > 0 ? body.slice(0, at) + body.slice(at + bracketed.length) : body;
  const digits = plain.replace(SEPARATORS, '');
  return digits.startsWith('+') ? digits : globalContext(parameters) + digits;
}

function globalContext(parameters: readonly string[]): string {
  const context = parameters.find((p) => p.toLowerCase().startsWith('phone-context=+'));
  return context === undefined ? '' : context.slice('phone-context='.length).replace(SEPARATORS, '');
}
