import { z } from 'zod';
import { callEvent, historyEntry, messageWaiting, presence, userState } from '../calls/calls.ts';
import { linkState } from '../settings/settings.ts';
import { atMs, dialNumber, id } from '../values/scalars.ts';

/** What a signed-in client is told. Some say only that something is to be read anew. */
export const eventBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), event: callEvent }),
  z.object({ kind: z.literal('history'), entry: historyEntry }),
  /** The missed calls were looked at, on whatever device. */
  z.object({ kind: z.literal('historySeen') }),
  z.object({ kind: z.literal('settings'), changeId: id.optional(), outcome: z.string().optional() }),
  z.object({ kind: z.literal('connection'), isThere: z.boolean() }),
  z.object({ kind: z.literal('link'), state: linkState }),
  z.object({ kind: z.literal('messageWaiting'), messages: messageWaiting }),
  z.object({ kind: z.literal('userState'), state: userState }),
  z.object({ kind: z.literal('favourites') }),
  /** Of a favourite, by the number it has there. Not there: it is not shown any more. Not kept: favourites are read with their states. */
  z.object({ kind: z.literal('presence'), number: dialNumber, presence: presence.optional() }),
  /** Of an entry of the directory that this client looks at. Not there: it is not shown any more. Not kept. */
  z.object({ kind: z.literal('entryPresence'), entryId: id, presence: presence.optional() }),
  z.object({ kind: z.literal('devices') }),
  z.object({ kind: z.literal('pairing'), pairingId: id }),
  z.object({ kind: z.literal('profile') }),
  z.object({ kind: z.literal('signedOut'), reason: z.string() }),
]);
export type EventBody = z.output<typeof eventBody>;

/** One event. `position` goes into `after` when the connection is made anew. */
export const clientEvent = z
  .object({ type: z.literal('event'), position: z.string(), atMs, body: z.looseObject({ kind: z.string() }) })
  .meta({ id: 'ClientEvent' });
export type ClientEvent = z.output<typeof clientEvent>;

/**
 * What comes on an event connection: first `hello`; `isResumed` is false when events were missed that cannot be told any more,
 * and everything is to be read anew.
 */
export const eventFrame = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('hello'),
      version: z.int(),
      isResumed: z.boolean(),
      position: z.string(),
      pingSec: z.int(),
    }),
    clientEvent,
    z.object({ type: z.literal('ping'), atMs }),
    z.object({ type: z.literal('bye'), code: z.string(), message: z.string(), retryAfterSec: z.int().optional() }),
  ])
  .meta({ id: 'EventFrame' });
export type EventFrame = z.output<typeof eventFrame>;

/** Entries that a client can look at at once: what fits on a screen. */
export const MAX_WATCHED_ENTRIES = 100;

/** What a client says on an event connection: which entries of the directory are on its screen now, instead of those before. */
export const watchFrame = z.object({
  type: z.literal('watch'),
  entryIds: z.array(id).max(MAX_WATCHED_ENTRIES),
});

/** A ticket stands for the session in the address of a WebSocket, once and for half a minute: browsers cannot send headers there. */
export const eventTicket = z.object({ ticket: z.string(), expiresAtMs: atMs }).meta({ id: 'EventTicket' });

export const eventPoll = z
  .object({ isResumed: z.boolean(), position: z.string(), events: z.array(clientEvent) })
  .meta({ id: 'EventPoll' });
