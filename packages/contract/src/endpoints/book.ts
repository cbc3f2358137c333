import { z } from 'zod';
import {
  directoryEntry,
  directoryResult,
  favourites,
  favouritesChange,
  historyPage,
  numberOwner,
} from '../clients/book.ts';
import { cursor, dialNumber, id, pageSize } from '../values/scalars.ts';
import { API_PREFIX } from '../values/version.ts';
import { endpoint } from './endpoint.ts';

const access = 'session';

/** History, directory and favourites of a signed-in person. */
export const BOOK_ENDPOINTS = {
  history: endpoint({
    method: 'GET',
    path: `${API_PREFIX}/me/history`,
    access,
    group: 'History',
    about: 'The calls of this person, the latest first.',
    query: z.object({
      cursor: cursor.optional(),
      limit: pageSize(50, 200),
      show: z.enum(['all', 'missed', 'incoming', 'outgoing']).default('all'),
      /** Part of a name or number. */
      q: z.string().max(100).optional(),
    }),
    replies: { 200: historyPage },
  }),
  historySeen: endpoint({
    method: 'POST',
    path: `${API_PREFIX}/me/history/seen`,
    access,
    group: 'History',
    about: 'The missed calls up to now have been looked at.',
    replies: { 204: null },
  }),
  deleteHistoryEntry: endpoint({
    method: 'DELETE',
    path: `${API_PREFIX}/me/history/:entryId`,
    access,
    group: 'History',
    about: 'Takes one entry out of the history of this person.',
    params: z.object({ entryId: id }),
    replies: { 204: null },
  }),
  searchDirectory: endpoint({
    method: 'GET',
    path: `${API_PREFIX}/directory`,
    access,
    group: 'Directory',
    about:
      'People of the tenant and numbers of its phone systems in one alphabet, then shared contacts, by parts of names, numbers or addresses; without `q` all of them.',
    query: z.object({ q: z.string().max(100).default(''), cursor: cursor.optional(), limit: pageSize(25, 100) }),
    replies: { 200: directoryResult },
  }),
  directoryEntry: endpoint({
    method: 'GET',
    path: `${API_PREFIX}/directory/entries/:entryId`,
    access,
    group: 'Directory',
    about: 'One entry.',
    params: z.object({ entryId: id }),
    replies: { 200: directoryEntry },
  }),
  whoseNumber: endpoint({
    method: 'GET',
    path: `${API_PREFIX}/directory/numbers`,
    access,
    group: 'Directory',
    about: 'Whose number it is.',
    query: z.object({ number: dialNumber }),
    replies: { 200: numberOwner },
  }),
  favourites: endpoint({
    method: 'GET',
    path: `${API_PREFIX}/me/favourites`,
    access,
    group: 'Directory',
    about: 'The favourites, in their order.',
    replies: { 200: favourites },
  }),
  changeFavourites: endpoint({
    method: 'PUT',
    path: `${API_PREFIX}/me/favourites`,
    access,
    group: 'Directory',
    about: 'The whole list anew, with the version it was made from.',
    body: favouritesChange,
    replies: { 200: favourites },
    problems: ['conflict'],
  }),
} as const;
