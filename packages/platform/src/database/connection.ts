import { DatabaseSync } from 'node:sqlite';

/** How long a statement waits for another connection's transaction. */
const BUSY_TIMEOUT_MS = 5000;

/** Opens a connection on which a commit is on the disk when it returns (write-ahead log, every commit synchronised). */
export function openConnection(path: string): DatabaseSync {
  const connection = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  connection.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
  return connection;
}

/** Does the work in one transaction that is on the disk when this returns. Gives the reason when nothing of it was done. */
export function inTransaction(connection: DatabaseSync, work: () => void): string | undefined {
  try {
    connection.exec('begin immediate');
    work();
    connection.exec('commit');
    return undefined;
  } catch (error) {
    if (connection.isTransaction) connection.exec('rollback');
    return error instanceof Error ? error.message : String(error);
  }
}
