import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Reader, Writing } from '../database/tables.ts';

/** One administrative change, before it is written. */
export interface AuditFact {
  readonly tenantId: string;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What the first entry of a tenant is chained to. */
const BEGINNING = '0'.repeat(64);

/**
 * Writes facts behind the last one of the tenant, in the transaction of the changes themselves: no change without its entry. Each hash
 * covers the entry and the hash before it. All of one tenant.
 */
export async function writeAudit(writing: Writing, facts: readonly AuditFact[]): Promise<void> {
  const [first] = facts;
  if (first === undefined) return;
  // Two writers of a tenant must not both continue the same entry: the tenant's row is the lock.
  await writing
    .updateTable('tenants')
    .set({ id: sql.ref('id') })
    .where('id', '=', first.tenantId)
    .execute();
  let last = await lastEntry(writing, first.tenantId);
  for (const fact of facts) {
    const details = JSON.stringify(fact.details ?? {});
    const seq = last.seq + 1;
    const hash = auditHash(last.hash, { ...fact, seq, details });
    const { tenantId: tenant_id, atMs: at_ms, actor, action, subject } = fact;
    await writing
      .insertInto('audit')
      .values({ tenant_id, seq, at_ms, actor, action, subject, details, hash })
      .execute();
    last = { seq, hash };
  }
}

async function lastEntry(reader: Reader, tenantId: string): Promise<{ readonly seq: number; readonly hash: string }> {
  const last = reader.selectFrom('audit').select(['seq', 'hash']).where('tenant_id', '=', tenantId);
  return (await last.orderBy('seq', 'desc').limit(1).executeTakeFirst()) ?? { seq: 0, hash: BEGINNING };
}

interface Chained extends Omit<AuditFact, 'details'> {
  readonly seq: number;
  readonly details: string;
}

function auditHash(before: string, entry: Chained): string {
  const { tenantId, seq, atMs, actor, action, subject, details } = entry;
  const covered = JSON.stringify([before, tenantId, seq, atMs, actor, action, subject, details]);
  return createHash('sha256').update(covered).digest('hex');
}

/** Whether the log of a tenant is as it was written. */
export type AuditVerdict =
  | { readonly ok: true; readonly entries: number; readonly lastHash: string }
  | { readonly ok: false; readonly seq: number; readonly message: string };

const VERIFY_PAGE = 1000;

/**
 * Goes through the whole chain. The hash of the last entry, written down elsewhere, shows later whether entries were cut off at the
 * end: give it as `expectedHash`.
 */
export async function verifyAudit(reader: Reader, tenantId: string, expectedHash?: string): Promise<AuditVerdict> {
  let [before, seq, isExpectedSeen] = [BEGINNING, 0, expectedHash === undefined];
  for (;;) {
    const page = await reader
      .selectFrom('audit')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(VERIFY_PAGE)
      .execute();
    for (const row of page) {
      if (row.seq !== seq + 1) return { ok: false, seq: seq + 1, message: `Entry ${seq + 1} is missing.` };
      const { at_ms: atMs, actor, action, subject, details, hash } = row;
      if (auditHash(before, { tenantId, seq: row.seq, atMs, actor, action, subject, details }) !== hash)
        return { ok: false, seq: row.seq, message: `Entry ${row.seq} is not as it was written.` };
      [before, seq] = [hash, row.seq];
      if (hash === expectedHash) isExpectedSeen = true;
    }
    if (page.length < VERIFY_PAGE) break;
  }
  if (!isExpectedSeen)
    return { ok: false, seq, message: 'Entries are missing at the end: the expected hash is not there.' };
  return { ok: true, entries: seq, lastHash: before };
}
