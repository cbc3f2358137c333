import type { Context } from '../context.ts';
import { MIN_MS } from '../context.ts';
import { ProblemError } from '../http/problem-error.ts';

/** Wrong ones that cost nothing. */
export const FREE_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 15 * MIN_MS;
/** After so long without a wrong one the count begins again. */
const FORGET_MS = 24 * 60 * MIN_MS;

/**
 * Slows down who tries secrets out: called before a secret is looked at, so that attempts at the same time are counted too. Counts per
 * tenant by what is tried on (an account, a kind of code), in the database, so that several processes count together. From the
 * sixth attempt in a day on each pause is twice the last, up to 15 minutes. A right one forgets: `forgetAttempts`. Throws
 * `tooManyRequests` during a pause.
 */
export async function countAttempt(context: Context, tenantId: string, subject: string): Promise<void> {
  const nowMs = context.clock.nowMs();
  const leftMs = await context.store.transaction().execute(async (writing) => {
    const row = { tenant_id: tenantId, subject, count: 0, blocked_until_ms: 0, last_at_ms: nowMs };
    const before = await writing
      .insertInto('attempts')
      .values(row)
      .onConflict((conflict) =>
        conflict.columns(['tenant_id', 'subject']).doUpdateSet((update) => ({ count: update.ref('attempts.count') })),
      )
      .returningAll()
      .executeTakeFirstOrThrow();
    if (before.blocked_until_ms > nowMs) return before.blocked_until_ms - nowMs;
    const count = before.last_at_ms < nowMs - FORGET_MS ? 1 : before.count + 1;
    await writing
      .updateTable('attempts')
      .set({ count, last_at_ms: nowMs, blocked_until_ms: nowMs + pauseMs(count) })
      .where('tenant_id', '=', tenantId)
      .where('subject', '=', subject)
      .execute();
    return 0;
  });
  if (leftMs <= 0) return;
  const retryAfterSec = Math.ceil(leftMs / 1000);
  throw new ProblemError('tooManyRequests', 'Too many wrong attempts were made.', { retryAfterSec });
}

function pauseMs(count: number): number {
  const beyond = count - FREE_ATTEMPTS;
  return beyond <= 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (beyond - 1));
}

export async function forgetAttempts(context: Context, tenantId: string, subject: string): Promise<void> {
  const row = context.store.deleteFrom('attempts').where('tenant_id', '=', tenantId);
  await row.where('subject', '=', subject).execute();
}
