import { parse } from 'csv-parse/sync';
import { COLUMNS } from './columns.ts';
import { unquoted } from './csv-row.ts';

export const MAX_IMPORT_OCTETS = 32 * 1024 * 1024;
/** More lines than any system takes. */
export const MAX_IMPORT_LINES = 100_000;

/** One thing that is wrong with a file. `line` 1 is the head. */
export interface LineError {
  readonly line: number;
  readonly code: string;
  readonly column: string;
  readonly message: string;
  readonly hint: string;
}

/** A line as it was written, by column; empty cells are left out. */
export interface TableRow {
  readonly line: number;
  readonly cells: ReadonlyMap<string, string>;
}

export type Table =
  | { readonly ok: true; readonly rows: readonly TableRow[] }
  | { readonly ok: false; readonly errors: readonly LineError[] };

/** Reads the file: commas or semicolons, quotes as in RFC 4180, UTF-8 with or without a mark at its beginning. */
export function readTable(text: string): Table {
  const firstLine = text.slice(0, text.search(/[\r\n]|$/));
  const delimiter = firstLine.split(';').length > firstLine.split(',').length ? ';' : ',';
  let records: { record: string[]; info: { lines: number } }[];
  try {
    records = parse(text, {
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }) as unknown as typeof records;
  } catch (error) {
    return { ok: false, errors: [syntax(error)] };
  }
  const [head, ...rows] = records;
  if (head === undefined) return { ok: false, errors: [problem(1, '', 'fileEmpty', 'The file is empty.', headHint())] };
  if (rows.length > MAX_IMPORT_LINES) {
    const message = `The file has ${rows.length} lines.`;
    return { ok: false, errors: [problem(1, '', 'fileTooLong', message, `Give at most ${MAX_IMPORT_LINES}.`)] };
  }
  const names = head.record.map((name) => name.trim());
  const wrong = headErrors(names);
  if (wrong.length > 0) return { ok: false, errors: wrong };
  const tooWide = rows.filter(({ record }) => record.length > names.length && record.slice(names.length).some(Boolean));
  if (tooWide.length > 0) return { ok: false, errors: tooWide.map(({ info }) => wide(info.lines, names.length)) };
  return { ok: true, rows: rows.map(({ record, info }) => ({ line: info.lines, cells: cellsOf(names, record) })) };
}

function cellsOf(names: readonly string[], record: readonly string[]): ReadonlyMap<string, string> {
  const cells = new Map<string, string>();
  names.forEach((name, index) => {
    const cell = record[index];
    if (cell !== undefined && cell !== '') cells.set(name, unquoted(cell));
  });
  return cells;
}

function headErrors(names: readonly string[]): LineError[] {
  const known = new Set(COLUMNS.map(({ name }) => name));
  const unknown = names.filter((name) => !known.has(name));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...unknown.map((name) => problem(1, name, 'columnUnknown', `There is no column "${name}".`, headHint())),
    ...twice.map((name) => problem(1, name, 'columnTwice', `The column "${name}" is there twice.`, 'Remove one.')),
  ];
}

function headHint(): string {
  return `Columns are: ${COLUMNS.map(({ name }) => name).join(', ')}.`;
}

function wide(line: number, count: number): LineError {
  return problem(
    line,
    '',
    'lineTooLong',
    'The line has more cells than the head.',
    `Give ${count}; put quotes around cells with commas.`,
  );
}

function syntax(error: unknown): LineError {
  const { lines = 1, message } = error as { lines?: number; message: string };
  return problem(
    lines,
    '',
    'fileSyntax',
    message,
    'Put quotes around cells with quotes, and write quotes in them twice.',
  );
}

export function problem(line: number, column: string, code: string, message: string, hint: string): LineError {
  return { line, column, code, message, hint };
}
