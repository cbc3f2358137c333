import { ENDPOINTS, LINK_PATH, type LinkFrame, MAX_FRAME_OCTETS, readFrame, readFrameText } from '@unisono/contract';
import type { WebSocket } from 'ws';
import type { KeyCaller } from '../http/caller.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { Clock } from '../ports.ts';
import type { Site } from '../site.ts';
import type { LinkHub } from './hub.ts';
import { Mailbox } from './mailbox.ts';
import type { LinkSession } from './session.ts';

/** Octets that may wait for a slow peer before its link is ended. */
const MAX_BUFFERED_OCTETS = 16 * MAX_FRAME_OCTETS;

/** How long the last words of a session wait. */
const LAST_WORDS_MS = 60_000;

/** The link, over WebSocket and over long poll. */
export function linkRoutes({ app, context, authenticator, on }: Site, hub: LinkHub): void {
  app.get(
    LINK_PATH,
    {
      websocket: true,
      onRequest: async (request) => {
        request.caller = await authenticator.caller(request, 'assistant');
      },
    },
    (socket, request) => carry(hub, socket, request.caller as KeyCaller),
  );

  const polls = new Polls(hub, context.clock);
  on(ENDPOINTS.pollLink, async ({ body, caller }) => {
    const poll = body.session === undefined ? polls.begin(caller) : polls.find(body.session, caller);
    if (poll === undefined)
      throw new ProblemError('conflict', 'This session of the link has ended.', {
        action: 'Begin again with a hello.',
      });
    await poll.session.take(readAll(body.frames));
    const waitMs = Math.min(body.waitSec, context.policy.linkPingSec) * 1000;
    return { session: poll.session.id, frames: await poll.mailbox.wait(waitMs) };
  });
}

interface Poll {
  readonly session: LinkSession;
  readonly mailbox: Mailbox;
}

/** Sessions that are carried by long polls. One that has ended stays for a while: its last words wait for the next poll. */
class Polls {
  readonly #hub: LinkHub;
  readonly #clock: Clock;
  readonly #polls = new Map<string, Poll>();

  constructor(hub: LinkHub, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
  }

  begin(caller: KeyCaller): Poll {
    const mailbox = new Mailbox(this.#clock);
    const session = this.#hub.open(caller, caller.keyId, {
      send: (frames) => mailbox.put(frames),
      end: () => {
        mailbox.end();
        this.#clock.after(LAST_WORDS_MS, () => this.#polls.delete(session.id));
      },
    });
    const poll = { session, mailbox };
    this.#polls.set(session.id, poll);
    return poll;
  }

  find(sessionId: string, { tenantId, system }: KeyCaller): Poll | undefined {
    const poll = this.#polls.get(sessionId);
    if (poll?.session.system.tenantId !== tenantId || poll.session.system.system !== system) return undefined;
    return poll.session.isEnded && poll.mailbox.isEmpty ? undefined : poll;
  }
}

/** Frames of kinds that a newer side has are passed over. Throws `invalidRequest`. */
function readAll(values: readonly unknown[]): LinkFrame[] {
  return values.flatMap((value) => {
    const read = readFrame(value);
    if (read.kind === 'invalid') throw new ProblemError('invalidRequest', read.message);
    return read.kind === 'known' ? [read.value] : [];
  });
}

function carry(hub: LinkHub, socket: WebSocket, caller: KeyCaller): void {
  const session = hub.open(caller, caller.keyId, {
    send: (frames) => {
      for (const frame of frames) socket.send(JSON.stringify(frame));
      if (socket.bufferedAmount > MAX_BUFFERED_OCTETS) socket.terminate();
    },
    end: () => socket.close(1000),
  });
  socket.on('message', (data, isBinary) => {
    const read = isBinary
      ? { kind: 'invalid' as const, message: 'a frame has to be text' }
      : readFrameText(data.toString());
    if (read.kind === 'invalid') session.end('protocol', read.message);
    else if (read.kind === 'known') void session.take([read.value]);
  });
  socket.on('close', () => session.closed());
  socket.on('error', () => session.closed());
}
