/** What a database error means for whoever asked. */
export type DatabaseFailure = 'unique' | 'busy' | 'full' | 'unavailable' | undefined;

interface ErrorLike {
  readonly code?: unknown;
  readonly errcode?: unknown;
  readonly message?: unknown;
}

/** SQLite's primary result codes (https://sqlite.org/rescode.html), from the extended ones. */
const SQLITE: Readonly<Record<number, DatabaseFailure>> = {
  5: 'busy',
  6: 'busy',
  13: 'full',
  10: 'unavailable',
  14: 'unavailable',
  8: 'unavailable',
};

/** SQLSTATE of PostgreSQL: unique violation, lock not available, serialisation, deadlock, disk full, too many connections, shutdown. */
const POSTGRES: Readonly<Record<string, DatabaseFailure>> = {
  '23505': 'unique',
  '55P03': 'busy',
  '40001': 'busy',
  '40P01': 'busy',
  '57014': 'busy',
  '53100': 'full',
  '53300': 'unavailable',
  '57P01': 'unavailable',
  '57P02': 'unavailable',
  '57P03': 'unavailable',
  ECONNREFUSED: 'unavailable',
  ECONNRESET: 'unavailable',
};

/** Reads an error of `node:sqlite` or `pg`; undefined: none of these. */
export function databaseFailure(error: unknown): DatabaseFailure {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, errcode, message } = error as ErrorLike;
  if (typeof errcode === 'number') {
    if (errcode === 2067 || errcode === 1555) return 'unique';
    return SQLITE[errcode & 0xff];
  }
  if (typeof code === 'string' && POSTGRES[code] !== undefined) return POSTGRES[code];
  return typeof message === 'string' && /Connection terminated|timeout exceeded when trying to connect/.test(message)
    ? 'unavailable'
    : undefined;
}

export function isTaken(error: unknown): boolean {
  return databaseFailure(error) === 'unique';
}

/** Another change was faster, and what this one had read is not so any more. */
export class InTheWay extends Error {
  override readonly name = 'InTheWay';
  readonly code = '40001';
}

/** PostgreSQL has sent this transaction away so that another one can go on: done over, it may work. */
export function isInTheWay(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null ? (error as ErrorLike).code : undefined;
  return code === '40P01' || code === '40001';
}
