import { createHash } from 'node:crypto';
import { statementOf } from '@unisono/platform';
import type { Store } from './open-store.ts';

/** True when this very text of the file was imported last. */
export function wasImported({ read, query }: Store, file: string, text: string): boolean {
  const [row] = read(query.selectFrom('system_imports').select('sha256').where('file', '=', file));
  return row?.sha256 === fingerprint(text);
}

/** Remembers that this text of the file is the one in force. */
export function rememberImport({ query, writeNow }: Store, file: string, text: string, atMs: number): void {
  const row = { sha256: fingerprint(text), at_ms: atMs };
  const insert = query.insertInto('system_imports').values({ file, ...row });
  writeNow([statementOf(insert.onConflict((conflict) => conflict.column('file').doUpdateSet(row)))]);
}

function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
