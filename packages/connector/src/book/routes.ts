import { ENDPOINTS } from '@unisono/contract';
import { change } from '../change.ts';
import type { Site } from '../site.ts';
import { deleteEntry, historyPage, historySeen } from './history.ts';

/** History, directory and favourites of a signed-in person. */
export function bookRoutes({ context, on }: Site): void {
  on(ENDPOINTS.history, ({ query, caller }) => historyPage(context.store, caller, query));
  on(ENDPOINTS.historySeen, ({ caller }) => change(context, (one) => historySeen(one, caller)));
  on(ENDPOINTS.deleteHistoryEntry, ({ params, caller }) =>
    change(context, (one) => deleteEntry(one, caller, params.entryId)),
  );
}
