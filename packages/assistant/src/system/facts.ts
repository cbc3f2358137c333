import type { Change, System } from '@unisono/pbx';
import type { AuditFact } from '../audit/audit-log.ts';
import { differences, hidden } from '../audit/differences.ts';
import { entryOf } from './entry.ts';

/** What the changes did, entry by entry, for the audit log. An entry that several changes touch is told once. */
export function factsOf(before: System, after: System, changes: readonly Change[]): AuditFact[] {
  const targets = new Set(changes.map((change) => targetOf(change)));
  const created = changes.some(({ kind }) => kind === 'create') ? createdTargets(before, after, changes) : [];
  targets.delete(undefined);
  return [...new Set([...(targets as Set<string>), ...created])].flatMap((target) => factOf(before, after, target));
}

function targetOf(change: Change): string | undefined {
  switch (change.kind) {
    case 'create':
      return undefined;
    case 'update':
    case 'delete':
      return `${change.list}/${change.id}`;
    case 'set':
      return change.section;
    case 'stationState':
      return `stations/${change.station}`;
    case 'userSettings':
      return `users/${change.user}`;
  }
}

/** Ids of new entries may have been made by the domain, so they are looked up and not read off the change. */
function createdTargets(before: System, after: System, changes: readonly Change[]): string[] {
  const lists = new Set(changes.flatMap((change) => (change.kind === 'create' ? [change.list] : [])));
  return [...lists].flatMap((list) => {
    const known = new Set(before.data[list].map(({ id }) => id));
    return after.data[list].filter(({ id }) => !known.has(id)).map(({ id }) => `${list}/${id}`);
  });
}

function factOf(before: System, after: System, target: string): AuditFact[] {
  const [old, now] = [entryOf(before, target), entryOf(after, target)];
  if (old === undefined && now === undefined) return [];
  if (old === undefined) return [{ action: 'create', target, detail: { value: hidden(now) } }];
  if (now === undefined) return [{ action: 'delete', target, detail: { value: hidden(old) } }];
  const detail = differences(old, now);
  return detail.length === 0 ? [] : [{ action: 'update', target, detail }];
}
