import { setImmediate } from 'node:timers/promises';
import type { ImportReport } from '@unisono/contract';
import { CsvError, type Info, parse } from 'csv-parse';
import { ProblemError } from '../http/problem-error.ts';
import { forEachInSlices } from './slices.ts';

/** Lines of a file, and lines that a report lists. */
const MAX_LINES = 200_000;
const MAX_LISTED = 200;

/** One record of a file with the line it begins at. */
export interface CsvLine {
  readonly line: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** Names of columns as they are compared: without case, spaces, hyphens and underscores. */
const columnKey = (name: string): string => name.toLowerCase().replace(/[\s_-]/g, '');

/**
 * Reads CSV with a header (RFC 4180; comma, semicolon or tab; with or without a byte order mark). Lines with too few or too many
 * fields are given with those they have. Throws `invalidRequest` for a file without the columns, or that is no CSV.
 */
export async function readCsv(
  text: string,
  columns: readonly string[],
  required: readonly string[],
): Promise<CsvLine[]> {
  const header = text.slice(0, 10_000).split(/\r?\n/, 1)[0] ?? '';
  const known = new Map(columns.map((column) => [columnKey(column), column]));
  const delimiter = [',', ';', '\t'].find((sign) => header.includes(sign)) ?? ',';
  const named = header
    .replace(/^\ufeff/, '')
    .split(delimiter)
    .map((name) => known.get(columnKey(name.replaceAll('"', '').trim())));
  const missing = required.filter((column) => !named.includes(column));
  if (missing.length > 0)
    throw new ProblemError(
      'invalidRequest',
      `The first line has to name the columns ${columns.join(', ')}; ${missing.join(', ')} is missing.`,
    );
  const records = await parseAll(text, delimiter);
  if (records.length > MAX_LINES)
    throw new ProblemError('tooLarge', `The file has ${records.length} lines; ${MAX_LINES} are the most.`);
  const lines: CsvLine[] = [];
  await forEachInSlices(records.slice(1), ({ record, info }) => {
    lines.push({
      line: info.lines - record.reduce((count, field) => count + field.split('\n').length - 1, 0),
      fields: Object.fromEntries(
        record.flatMap((field, index) => {
          const column = named[index];
          return column === undefined ? [] : [[column, field.trim()]];
        }),
      ),
    });
  });
  return lines;
}

/** Octets read in one go. */
const PIECE = 65_536;

interface CsvRecord {
  readonly record: string[];
  readonly info: Info;
}

async function parseAll(text: string, delimiter: string): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: 100_000,
  });
  const ended = new Promise<void>((resolve, reject) => {
    parser.once('end', resolve);
    parser.once('error', reject);
  });
  // It is waited for below; an error may come before.
  ended.catch(() => {});
  parser.on('data', (one: CsvRecord) => records.push(one));
  try {
    const octets = Buffer.from(text);
    for (let from = 0; from < octets.length && !parser.destroyed; from += PIECE) {
      parser.write(octets.subarray(from, from + PIECE));
      await setImmediate();
    }
    if (!parser.destroyed) parser.end();
    await ended;
    return records;
  } catch (error) {
    if (error instanceof CsvError) throw new ProblemError('invalidRequest', `The file is no CSV: ${error.message}`);
    throw error;
  }
}

type Line = ImportReport['errors'][number];

/** Gathers what an import does; counts everything and lists a bounded part. */
export class Report {
  readonly #lines: { errors: Line[]; changes: Line[] } = { errors: [], changes: [] };
  readonly #counts = { create: 0, update: 0, unchanged: 0, error: 0 };

  get failed(): number {
    return this.#counts.error;
  }

  add(line: Line): void {
    this.#counts[line.outcome]++;
    const list = line.outcome === 'error' ? this.#lines.errors : this.#lines.changes;
    if (line.outcome !== 'unchanged' && list.length < MAX_LISTED) list.push(line);
  }

  finish(dryRun: boolean, isApplied: boolean): ImportReport {
    const { create: created, update: updated, unchanged, error: failed } = this.#counts;
    const lines = created + updated + unchanged + failed;
    return { dryRun, isApplied, lines, created, updated, unchanged, failed, ...this.#lines };
  }
}
