import type { Changed } from '../system/administration.ts';
import { fieldProblems, type Problem, Refusal } from './problems.ts';

type Done = Extract<Changed, { readonly ok: true }>;

/** What was changed, or a refusal that says why not. */
export function done(changed: Changed): Done {
  if (changed.ok) return changed;
  switch (changed.reason) {
    case 'invalid': {
      const isMissing = changed.errors.every(({ code }) => code === 'entryUnknown');
      const errors = fieldProblems(changed.errors);
      const detail = errors.map(({ message }) => message).join(' ');
      throw new Refusal(isMissing ? 'notFound' : 'dataInvalid', detail, { errors });
    }
    case 'licence':
      throw new Refusal('licenceRefused', changed.message, { action: changed.hint });
    case 'missing':
      throw new Refusal('notFound', `There is no ${changed.target} any more.`);
    case 'stale':
      throw stale(changed);
    case 'storage':
      throw new Refusal('storageFull', changed.message);
  }
}

function stale({ target, latest }: Extract<Changed, { readonly reason: 'stale' }>): Refusal {
  if (latest === undefined) return new Refusal('stale', `${target} was changed meanwhile, at a phone or by an import.`);
  const fields = Array.isArray(latest.detail) ? latest.detail.map(({ field }: { field: string }) => field) : [];
  const changedBy: Problem['changedBy'] = { actor: latest.actor, atMs: latest.atMs, fields };
  const what = fields.length === 0 ? '' : ` (${fields.join(', ')})`;
  return new Refusal('stale', `${latest.actor} has changed ${target}${what} meanwhile.`, { changedBy });
}
