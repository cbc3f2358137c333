// Runs in a worker thread: takes batches, commits each as one transaction, answers when the commit is on the disk.
import type { StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { inTransaction, openConnection } from './connection.ts';
import type { Answer, Batch, SqlValue } from './writer-protocol.ts';

type Group = readonly { readonly id: number; readonly values: readonly SqlValue[] }[];

function groupsOf({ shape, values }: Batch): Group[] {
  const groups: Group[] = [];
  let at = 0;
  let value = 0;
  while (at < shape.length) {
    const group: { id: number; values: readonly SqlValue[] }[] = [];
    for (let left = shape[at++] ?? 0; left > 0; left--) {
      const id = shape[at++] ?? 0;
      const count = shape[at++] ?? 0;
      group.push({ id, values: values.slice(value, value + count) });
      value += count;
    }
    groups.push(group);
  }
  return groups;
}

const connection = openConnection(workerData as string);
/** Prepared on first use: a text that cannot be prepared fails the writes that use it and no others. */
const statements: { sql: string; prepared?: StatementSync }[] = [];

function run(group: Group): void {
  for (const { id, values } of group) {
    const statement = statements[id];
    if (statement === undefined) throw new Error(`statement ${id} was never sent`);
    statement.prepared ??= connection.prepare(statement.sql);
    statement.prepared.run(...values);
  }
}

function commit(groups: readonly Group[]): Answer {
  const together = inTransaction(connection, () => groups.forEach(run));
  if (together === undefined) return { failures: [] };
  // One group spoiled the shared transaction: each gets its own, so that only the culprit fails.
  return {
    failures: groups.flatMap((group, index) => {
      const reason = inTransaction(connection, () => run(group));
      return reason === undefined ? [] : [{ index, reason }];
    }),
  };
}

parentPort?.on('message', (batch: Batch) => {
  for (const sql of batch.newSql) statements.push({ sql });
  parentPort?.postMessage(commit(groupsOf(batch)));
});
