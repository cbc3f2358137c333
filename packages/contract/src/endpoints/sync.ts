import { z } from 'zod';
import { pollReply, pollRequest } from '../link/frames.ts';
import { connectionUpload, connectionUploadResult, storedConnections } from '../people/connection.ts';
import { stationUpload, storedStations } from '../people/station.ts';
import { syncPage } from '../people/user.ts';
import { cursor, idempotencyKey, pageSize } from '../values/scalars.ts';
import { API_PREFIX } from '../values/version.ts';
import { endpoint } from './endpoint.ts';

const group = 'Synchronisation';
const access = 'assistant';

/** What an Assistant calls, with the API key of its phone system. */
export const SYNC_ENDPOINTS = {
  syncUsers: endpoint({
    method: 'GET',
    path: `${API_PREFIX}/sync/users`,
    access,
    group,
    about:
      'All Unify Phone users of the tenant, in pages; or, with `since`, what changed. The first page has an ETag that stands for all pages: 304 says that nothing changed at all.',
    query: z.object({ cursor: cursor.optional(), since: cursor.optional(), limit: pageSize(500, 1000) }),
    headers: z.object({ 'if-none-match': z.string().max(256).optional() }),
    replies: { 200: syncPage, 304: null },
    problems: ['cursorExpired'],
  }),
  uploadConnections: endpoint({
    method: 'POST',
    path: `${API_PREFIX}/sync/connections`,
    access,
    group,
    about:
      'Uploads and withdraws connection data. All entries are on the disk when it is answered. The same key with the same content gets the same answer; entries are idempotent by their version as well.',
    headers: z.object({ 'idempotency-key': idempotencyKey }),
    body: connectionUpload,
    replies: { 200: connectionUploadResult },
    problems: ['idempotencyConflict', 'storageFull'],
  }),
  listConnections: endpoint({
    method: 'GET',
    path: `${API_PREFIX}/sync/connections`,
    access,
    group,
    about: 'What is stored for this phone system: versions and fingerprints, no data.',
    query: z.object({ cursor: cursor.optional(), limit: pageSize(1000, 5000) }),
    replies: { 200: storedConnections },
  }),
  uploadStations: endpoint({
    method: 'POST',
    path: `${API_PREFIX}/sync/stations`,
    access,
    group,
    about:
      'Puts numbers of the phone system into the directory, and takes them out, in the order of the entries. All of it is on the disk when it is answered. What is repeated changes nothing.',
    body: stationUpload,
    replies: { 204: null },
    problems: ['storageFull'],
  }),
  listStations: endpoint({
    method: 'GET',
    path: `${API_PREFIX}/sync/stations`,
    access,
    group,
    about: 'What this phone system has in the directory: ids and fingerprints, no data.',
    query: z.object({ cursor: cursor.optional(), limit: pageSize(1000, 5000) }),
    replies: { 200: storedStations },
  }),
  pollLink: endpoint({
    method: 'POST',
    path: `${API_PREFIX}/link/poll`,
    access,
    group: 'Link',
    about: 'The link where WebSockets do not come through: the same frames, a batch in each direction.',
    body: pollRequest,
    replies: { 200: pollReply },
    problems: ['unsupportedVersion', 'conflict'],
  }),
} as const;

/** The link as a WebSocket; not in the table because it is no request with an answer. */
export const LINK_PATH = `${API_PREFIX}/link`;
