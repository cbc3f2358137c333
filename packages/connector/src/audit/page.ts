import { fromCursor, toCursor } from '../database/json.ts';
import type { Reader } from '../database/tables.ts';
import { ProblemError } from '../http/problem-error.ts';

/** A page of the audit log, the latest first. */
export async function auditPage(
  reader: Reader,
  tenantId: string,
  query: { readonly cursor?: string | undefined; readonly limit: number },
) {
  const before = query.cursor === undefined ? [Number.MAX_SAFE_INTEGER] : fromCursor(query.cursor, ['number']);
  if (before === undefined) throw new ProblemError('invalidRequest', 'This is no cursor of this list.');
  const rows = await reader
    .selectFrom('audit')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('seq', '<', before[0] ?? 0)
    .orderBy('seq', 'desc')
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    entries: page.map(({ seq, at_ms, actor, action, subject, details, hash }) => ({
      seq,
      atMs: at_ms,
      actor,
      action,
      subject,
      details: JSON.parse(details) as Record<string, unknown>,
      hash,
    })),
    ...(rows.length > query.limit && last !== undefined ? { next: toCursor([last.seq]) } : {}),
  };
}
