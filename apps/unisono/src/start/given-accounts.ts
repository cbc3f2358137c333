import type { Store } from '../stores/open-store.ts';

/** Told in the audit log: which fields were changed, or the whole entry that was made. */
type Detail = readonly { readonly field: string }[] | Readonly<Record<string, unknown>>;

/**
 * Entries whose account was made or changed by an administrator, as `stations/4023`: their passwords were shown once, to whoever asked for
 * them, and are not printed at each start.
 */
export function accountsGivenSince({ read, query }: Store): ReadonlySet<string> {
  const rows = read(query.selectFrom('assistant_audit').select(['action', 'target', 'detail']));
  return new Set(
    rows
      .filter(({ action, detail }) => isAboutAccount(action, JSON.parse(detail) as Detail))
      .map(({ target }) => target),
  );
}

function isAboutAccount(action: string, detail: Detail): boolean {
  if (action === 'create') return true;
  return Array.isArray(detail) && detail.some(({ field }: { field: string }) => /^(device|account)\b/.test(field));
}
