import { ENDPOINTS } from '@unisono/contract';
import { change } from '../change.ts';
import type { Site } from '../site.ts';
import { entryById, ownerOf, searchDirectory } from './directory-search.ts';
import { changeFavourites, shownFavourites } from './favourites.ts';
import { deleteEntry, historyPage, historySeen } from './history.ts';
import type { LdapSearch } from './ldap.ts';

/** History, directory and favourites of a signed-in person. */
export function bookRoutes({ context, on }: Site, ldap: LdapSearch): void {
  on(ENDPOINTS.history, ({ query, caller }) => historyPage(context.store, caller, query));
  on(ENDPOINTS.historySeen, ({ caller }) => change(context, (one) => historySeen(one, caller)));
  on(ENDPOINTS.deleteHistoryEntry, ({ params, caller }) =>
    change(context, (one) => deleteEntry(one, caller, params.entryId)),
  );
  on(ENDPOINTS.searchDirectory, ({ query, caller }) => searchDirectory(context, ldap, caller, query));
  on(ENDPOINTS.directoryEntry, ({ params, caller }) => entryById(context, caller, params.entryId));
  on(ENDPOINTS.whoseNumber, ({ query, caller }) => ownerOf(context, ldap, caller, query.number));
  on(ENDPOINTS.favourites, ({ caller }) => shownFavourites(context, caller));
  on(ENDPOINTS.changeFavourites, async ({ body, caller }) => {
    await change(context, (one) => changeFavourites(one, caller, body));
    return shownFavourites(context, caller);
  });
}
