import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Tags,
  type YAMLError,
} from 'yaml';
import type { DataPath, Finding, SystemError } from '../errors.ts';
import { pathText } from '../errors.ts';

/** The longest text that is read: well over a full system of 12,000 stations. */
export const MAX_TEXT_LENGTH = 32 * 1024 * 1024;

/** Aliases a document may use (`*name`), so that a small text cannot become a huge value. */
const MAX_ALIASES = 100;

/** After so many the rest is noise: one bracket can break everything behind it. */
const MAX_SYNTAX_ERRORS = 20;

/** A parsed text: its plain value, and the place of each field. */
export interface Source {
  readonly value: unknown;
  /** The finding with line and column of its field, or of the nearest thing around it. */
  locate(finding: Finding): SystemError;
}

/** Parses YAML or JSON (which is YAML). Numbers stay text, so that `0049` and `4020` are what was written. */
export function readSource(text: string): Source | { readonly errors: readonly SystemError[] } {
  if (text.length > MAX_TEXT_LENGTH) return { errors: [tooLarge(text.length)] };
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
    const wrong = document.errors.slice(0, MAX_SYNTAX_ERRORS);
    if (wrong.length > 0) return { errors: wrong.map((error) => syntaxError(error, lines)) };
    const value: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    return { value, locate: (finding) => locate(document, lines, finding) };
  } catch (error) {
    return { errors: [unreadable(error)] };
  }
}

const OPTIONS = { customTags: withoutNumbers, stringKeys: true, prettyErrors: false, logLevel: 'error' } as const;

function withoutNumbers(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || !/:(int|float)$/.test(tag.tag));
}

function tooLarge(length: number): SystemError {
  const message = `The text has ${length} characters.`;
  return { code: 'tooLarge', path: '', message, hint: `Give at most ${MAX_TEXT_LENGTH} characters.` };
}

const SYNTAX_HINT = 'Check indentation, quotes and brackets around this place.';

function syntaxError(error: YAMLError, lines: LineCounter): SystemError {
  const { line, col } = lines.linePos(error.pos[0]);
  const place = { path: '', line: Math.max(1, line), column: Math.max(1, col) };
  if (error.code !== 'DUPLICATE_KEY')
    return { code: 'syntax', ...place, message: plain(error.message), hint: SYNTAX_HINT };
  const message = 'This field stands here a second time.';
  return { code: 'keyDuplicate', ...place, message, hint: 'Keep one of the two.' };
}

/** The parser's words as a sentence; where it ran out of stack, what that means. */
function plain(message: string): string {
  if (message.includes('call stack')) return 'The text is nested too deeply.';
  return message.endsWith('.') ? message : `${message}.`;
}

/** What the parser throws: an unknown alias, too many of them, or nesting beyond the stack. */
function unreadable(error: unknown): SystemError {
  const reason = error instanceof Error ? plain(error.message) : '';
  return {
    code: 'syntax',
    path: '',
    line: 1,
    column: 1,
    message: `The text cannot be read. ${reason}`,
    hint: SYNTAX_HINT,
  };
}

function locate(document: Document.Parsed, lines: LineCounter, finding: Finding): SystemError {
  const { code, path, message, hint } = finding;
  const { line, col } = lines.linePos(offsetOf(document, path));
  return { code, path: pathText(path), line: Math.max(1, line), column: Math.max(1, col), message, hint };
}

/** Offset of the field's name, or of the list entry; of the last part that exists, when the path leads further. */
function offsetOf(document: Document.Parsed, path: DataPath): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of path) {
    if (isAlias(node)) node = node.resolve(document);
    const next = childOf(node, part);
    if (next === undefined) break;
    offset = startOf(next.place) ?? offset;
    node = next.node;
  }
  return offset;
}

function childOf(node: unknown, part: string | number): { place: unknown; node: unknown } | undefined {
  if (isMap(node)) {
    const pair = node.items.find((item: Pair) => keyOf(item) === String(part));
    return pair && { place: pair.key, node: pair.value };
  }
  if (!isSeq(node) || typeof part !== 'number') return undefined;
  const item: unknown = node.items[part];
  return item === undefined ? undefined : { place: item, node: item };
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
