/**
 * - `unusable`: the file cannot be opened or is no database;
 * - `newer`: it was written by a newer version of the program;
 * - `refused`: one write was not possible (a constraint, a full disk); nothing of that write happened;
 * - `overloaded`: more writes are waiting than can be held; this one was not taken;
 * - `closed`: the database was closed, or its writer ended, before the write was done.
 */
export type DatabaseErrorCode = 'unusable' | 'newer' | 'refused' | 'overloaded' | 'closed';

export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;

  constructor(code: DatabaseErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
