import { createHash } from 'node:crypto';
import type { Change } from '../change.ts';
import { ProblemError } from './problem-error.ts';

/** One request that may come again. */
export interface Repeatable {
  readonly tenantId: string;
  /** Who asks: keys of different callers do not meet. */
  readonly caller: string;
  readonly key: string;
  /** What is asked: the same key with something else is refused. */
  readonly content: unknown;
}

/**
 * Does the work once: a repetition gets the answer of the first time, which is written with the work itself. Throws
 * `idempotencyConflict`.
 */
export async function onlyOnce<Result>(one: Change, request: Repeatable, work: () => Promise<Result>): Promise<Result> {
  const key = `${request.caller} ${request.key}`;
  const request_hash = createHash('sha256').update(JSON.stringify(request.content)).digest('hex');
  const row = { tenant_id: request.tenantId, key, request_hash, answer: '', at_ms: one.nowMs };
  const mine = await one.writing
    .insertInto('idempotency')
    .values(row)
    .onConflict((conflict) => conflict.columns(['tenant_id', 'key']).doNothing())
    .returning('key')
    .executeTakeFirst();
  const stored = one.writing.selectFrom('idempotency').selectAll().where('tenant_id', '=', request.tenantId);
  if (mine === undefined) {
    const first = await stored.where('key', '=', key).executeTakeFirstOrThrow();
    if (first.request_hash !== request_hash) throw new ProblemError('idempotencyConflict');
    return JSON.parse(first.answer) as Result;
  }
  const result = await work();
  const written = one.writing.updateTable('idempotency').set({ answer: JSON.stringify(result) });
  await written.where('tenant_id', '=', request.tenantId).where('key', '=', key).execute();
  return result;
}
