/**
 * What a text is when it is YAML of the plainest kind: block lists and groups of fields, one value a line, no anchors,
 * tags, escapes, flow collections with content or comments behind values. `exportSystem` writes this kind, and so do
 * most programs. A system of 12,000 stations is read in a second instead of ten. Undefined: it is something else, or
 * wrong; then the YAML library reads it and says where.
 */
export function readPlainYaml(text: string): { readonly value: unknown } | undefined {
  const lines = contentLines(text);
  const [first] = lines ?? [];
  if (lines === undefined || first?.indent !== 0) return undefined;
  const cursor: Cursor = { lines, at: 0 };
  const value = readBlock(cursor, 0);
  return value === OTHER || cursor.at < lines.length ? undefined : { value };
}

interface Line {
  readonly indent: number;
  /** From the first character that is no space to the last. */
  readonly text: string;
}

interface Cursor {
  readonly lines: Line[];
  at: number;
}

/** Not of the plain kind. */
const OTHER = Symbol('other');

/** Deeper than any system data; keeps the recursion flat. */
const MAX_INDENT = 100;

/** Signs that are no printable text, or that some readers take for a line break. */
const SPECIAL = /[^\x20-\x7e\u00a1-\u2027\u202a-\ud7ff\ue000-\ufefe\u{10000}-\u{10ffff}]/u;

function contentLines(text: string): Line[] | undefined {
  const lines: Line[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const indent = raw.length - line.length;
    if (indent > MAX_INDENT || !/^ *$/.test(raw.slice(0, indent)) || SPECIAL.test(line)) return undefined;
    lines.push({ indent, text: line.trimEnd() });
  }
  return lines;
}

function readBlock(cursor: Cursor, indent: number): unknown {
  return cursor.lines[cursor.at]?.text.startsWith('- ') ? readList(cursor, indent) : readFields(cursor, indent);
}

function readList(cursor: Cursor, indent: number): unknown {
  const list: unknown[] = [];
  for (let line = lineAt(cursor, indent); line?.text.startsWith('- '); line = lineAt(cursor, indent)) {
    const text = line.text.slice(2);
    let entry: unknown;
    if (FIELD.test(text)) {
      cursor.lines[cursor.at] = { indent: indent + 2, text };
      entry = readFields(cursor, indent + 2);
    } else {
      cursor.at += 1;
      entry = readScalar(text);
    }
    if (entry === OTHER) return OTHER;
    list.push(entry);
  }
  return list;
}

const FIELD = /^([A-Za-z][A-Za-z0-9]*):(?: (.*))?$/;

function readFields(cursor: Cursor, indent: number): unknown {
  const fields: Record<string, unknown> = {};
  for (let line = lineAt(cursor, indent); line !== undefined; line = lineAt(cursor, indent)) {
    const [, name, value] = FIELD.exec(line.text) ?? [];
    if (name === undefined) return line.text.startsWith('- ') ? fields : OTHER;
    if (Object.hasOwn(fields, name)) return OTHER;
    cursor.at += 1;
    const read = value === undefined ? readInner(cursor, indent) : readScalar(value);
    if (read === OTHER) return OTHER;
    fields[name] = read;
  }
  return fields;
}

/** What stands below a name: deeper, or a list at the name's own indentation. */
function readInner(cursor: Cursor, indent: number): unknown {
  const next = cursor.lines[cursor.at];
  if (next === undefined) return OTHER;
  if (next.indent > indent) return readBlock(cursor, next.indent);
  return next.indent === indent && next.text.startsWith('- ') ? readList(cursor, indent) : OTHER;
}

function lineAt(cursor: Cursor, indent: number): Line | undefined {
  const line = cursor.lines[cursor.at];
  return line?.indent === indent ? line : undefined;
}

/** Letters, digits and signs that mean nothing in YAML, with single spaces between. */
const PLAIN = /^[\p{L}\p{N}+._/()](?:[\p{L}\p{N}+._@/()*-]| (?! ))*$/u;
const QUOTED = /^"([^"\\]*)"$|^'([^']*)'$/;
const WORDS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['[]', []],
  ['{}', {}],
  ['true', true],
  ['false', false],
]);
/** Words that YAML readers do not all take for text. */
const AMBIGUOUS = /^(null|true|false)$/i;

function readScalar(text: string): unknown {
  const word = WORDS.get(text);
  if (word !== undefined) return structuredClone(word);
  const [, double, single] = QUOTED.exec(text) ?? [];
  if (double !== undefined) return double;
  if (single !== undefined) return single;
  return PLAIN.test(text) && !AMBIGUOUS.test(text) ? text : OTHER;
}
