import { ENDPOINTS, EVENTS_PATH, type EventFrame, watchFrame } from '@unisono/contract';
import type { FastifyRequest } from 'fastify';
import type { WebSocket } from 'ws';
import { change, EVERYTHING_TOPIC, userTopic } from '../change.ts';
import type { Context } from '../context.ts';
import { bearerToken } from '../http/authenticate.ts';
import type { SessionCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';
import { refuseFactorDue } from '../http/routes.ts';
import { giveTicket, takeTicket } from '../sign-in/tickets.ts';
import type { Site } from '../site.ts';
import { type EventHub, eventsAfter } from './hub.ts';

const TICKET_MS = 30_000;
/** Octets that may wait for a slow client before it is let go; it comes back and resumes. */
const MAX_BUFFERED_OCTETS = 1_048_576;

/** Events for clients, over WebSocket and over long poll. */
export function eventRoutes(site: Site, hub: EventHub): void {
  const { app, context, authenticator, on } = site;

  on(ENDPOINTS.eventTicket, async ({ caller }) => {
    const { tenantId, userId, sessionHash } = caller;
    const ticket = { tenantId, userId, purpose: 'events', lifeMs: TICKET_MS, data: { sessionHash } } as const;
    const { secret, expiresAtMs } = await change(context, (one) => giveTicket(one, ticket));
    return { ticket: secret, expiresAtMs };
  });

  on(ENDPOINTS.pollEvents, async ({ query, caller }) => {
    const after = positionOf(query.after);
    const found = await eventsAfter(context.store, caller, after);
    const isOver = found.events.length > 0 || !found.isResumed || query.waitSec === 0;
    const { events, position, isResumed } = isOver ? found : await waitFor(context, caller, after, query.waitSec);
    return { isResumed, position: String(position), events };
  });

  app.get(
    EVENTS_PATH,
    {
      websocket: true,
      onRequest: async (request) => {
        request.caller = await callerOf(site, request);
        refuseFactorDue(request.caller);
      },
    },
    (socket, request) => {
      const { after } = request.query as { readonly after?: string };
      void listen(hub, socket, request.caller as SessionCaller, after).catch((err: unknown) => {
        context.log.warn({ err }, 'an event connection could not begin');
        socket.close(1011);
      });
    },
  );

  async function callerOf({ context }: Site, request: FastifyRequest): Promise<SessionCaller> {
    const { ticket } = request.query as { readonly ticket?: string };
    if (ticket === undefined || bearerToken(request.raw.headers.authorization) !== undefined)
      return (await authenticator.caller(request, 'session')) as SessionCaller;
    const taken = await change(context, (one) =>
      takeTicket<{ sessionHash: string }>(one, ['events'], ticket.slice(0, 200)),
    );
    const caller = taken === undefined ? undefined : await authenticator.sessionCaller(taken.data.sessionHash);
    if (caller === undefined) throw new ProblemError('notSignedIn');
    return caller;
  }
}

async function listen(hub: EventHub, socket: WebSocket, caller: SessionCaller, after?: string): Promise<void> {
  const { look, end } = await hub.open(caller, positionOf(after), {
    send: (frame: EventFrame) => {
      socket.send(JSON.stringify(frame));
      if (socket.bufferedAmount > MAX_BUFFERED_OCTETS) socket.terminate();
    },
    end: () => socket.close(1000),
  });
  socket.on('message', (data) => {
    const entryIds = watchedOf(String(data));
    if (entryIds !== undefined) look(entryIds);
  });
  socket.on('close', end);
  socket.on('error', end);
  if (socket.readyState !== socket.OPEN) end();
}

/** What a client looks at; undefined for everything else, which a newer client may say. */
function watchedOf(text: string): readonly string[] | undefined {
  try {
    return watchFrame.safeParse(JSON.parse(text)).data?.entryIds;
  } catch {
    return undefined;
  }
}

/** Until something is there for this person, or the time is over. */
async function waitFor(context: Context, caller: SessionCaller, after: number | undefined, waitSec: number) {
  const topic = userTopic(caller.tenantId, caller.userId);
  const { promise, resolve } = Promise.withResolvers<void>();
  const late = context.clock.after(waitSec * 1000, resolve);
  const unsubscribe = context.signals.subscribe((signalled) => {
    if (signalled === topic || signalled === EVERYTHING_TOPIC) resolve();
  });
  await promise;
  late.cancel();
  unsubscribe();
  return eventsAfter(context.store, caller, after);
}

/** A position that is none is no position: the client begins anew. */
function positionOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
