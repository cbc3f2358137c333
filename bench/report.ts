/** What comes out: a JSON line for each run, and a table of medians with their spread. */
import { type Summary, summarize } from './statistics.ts';

export interface MeasuredRun {
  readonly measurement: string;
  readonly target: string;
  /** From 1. */
  readonly round: number;
  /** Figures by name; the name carries the unit. */
  readonly values: Readonly<Record<string, number>>;
  readonly problems: Readonly<Record<string, number>>;
}

/** The figure of a measurement that the table shows, how it is called, and how it is compared. */
export interface Column {
  readonly measurement: string;
  readonly value: string;
  readonly title: string;
  readonly digits: number;
  /** Whether more of it is better, so that a ratio to a reference says something. */
  readonly isCompared: boolean;
}

export interface Row extends Pick<Column, 'title' | 'digits' | 'isCompared'> {
  readonly target: string;
  readonly summary: Summary;
}

/** One row for each figure and target that was measured, in the order of the columns. */
export function tableRows(runs: readonly MeasuredRun[], columns: readonly Column[]): Row[] {
  return columns.flatMap(({ measurement, value, title, digits, isCompared }) => {
    const measured = runs.filter((run) => run.measurement === measurement && run.values[value] !== undefined);
    const targets = [...new Set(measured.map((run) => run.target))];
    return targets.map((target) => {
      const values = measured.filter((run) => run.target === target).map((run) => run.values[value] ?? Number.NaN);
      return { title, target, digits, isCompared, summary: summarize(values) };
    });
  });
}

/** The table as Markdown; `×` is the median of the row over the median of the reference's row of the same title. */
export function markdownTable(rows: readonly Row[], references: readonly string[]): string {
  const head = ['what', 'server', 'median', 'lowest – highest', 'rounds', ...references.map((name) => `× ${name}`)];
  const lines = rows.map((row) => {
    const { summary, digits } = row;
    const ratios = references.map((name) =>
      ratio(
        row,
        rows.find((other) => isReference(other, row, name)),
      ),
    );
    const spread = `${format(summary.lowest, digits)} – ${format(summary.highest, digits)}`;
    return [row.title, row.target, format(summary.median, digits), spread, String(summary.rounds), ...ratios];
  });
  const cells = [head, head.map((_, index) => (index < 2 ? '---' : '---:')), ...lines];
  return cells.map((line) => `| ${line.join(' | ')} |`).join('\n');
}

function isReference(other: Row, row: Row, name: string): boolean {
  return other.title === row.title && other.target === name;
}

function ratio(row: Row, reference: Row | undefined): string {
  if (!reference || reference === row || !row.isCompared) return '';
  const times = row.summary.median / reference.summary.median;
  return Number.isFinite(times) ? times.toFixed(2) : '';
}

function format(value: number, digits: number): string {
  if (!Number.isFinite(value)) return '–';
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Which figures of a document: all, or those of the client, which are measured by themselves. */
export type FiguresName = 'figures' | 'figures of the client';

/** The document with the text between its marks replaced; throws when it has none. */
export function withFigures(document: string, figures: string, name: FiguresName = 'figures'): string {
  const [beginMark, endMark] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const [begin, end] = [document.indexOf(beginMark), document.indexOf(endMark)];
  if (begin < 0 || end < begin) throw new Error(`the document has no ${beginMark} … ${endMark}`);
  return `${document.slice(0, begin + beginMark.length)}\n\n${figures}\n\n${document.slice(end)}`;
}
