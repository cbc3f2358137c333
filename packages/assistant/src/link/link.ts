import type { DownBody, LinkAnswer, LinkFrame, LinkQuestion, UpBody } from '@unisono/contract';
import type { AssistantClock, AssistantLog, AssistantRandom } from '../ports.ts';
import type { AssistantDatabase, Statement } from '../store/index.ts';
import type { Unanswered } from '../voicemail.ts';
import type { Channel, ChannelEvents } from './channels.ts';
import { LinkError } from './link-error.ts';
import type { Outbox } from './outbox.ts';
import { backOffMs } from './retry-after.ts';
import { LinkSession } from './session.ts';

/** Where the link stands, for administrators. */
export interface LinkStatus {
  readonly state: 'off' | 'connecting' | 'up' | 'waiting';
  readonly over: 'webSocket' | 'longPoll' | undefined;
  readonly sinceMs: number;
  /** Why it is not up, in words. */
  readonly problem: { readonly code: string; readonly message: string; readonly atMs: number } | undefined;
  readonly nextTryAtMs: number | undefined;
  /** Messages that the Connector has not acknowledged. */
  readonly waitingMessages: number;
  /** How far the Connector's clock is before ours. */
  readonly clockOffsetMs: number;
}

export interface LinkParts {
  readonly database: AssistantDatabase;
  readonly outbox: Outbox;
  readonly clock: AssistantClock;
  readonly random: AssistantRandom;
  readonly log: AssistantLog;
  readonly software: string;
  openWebSocket(events: ChannelEvents): Channel;
  openLongPoll(events: ChannelEvents): Channel;
  onUp(): void;
  /** What was to be told was not stored (a full disk) and is lost. */
  onLost(): void;
  onDownBody(body: DownBody, messageAtMs: number, clockOffsetMs: number): readonly Statement[];
  onQuestion(question: LinkQuestion): Promise<LinkAnswer | Unanswered | undefined>;
}

/** WebSockets that failed in a row after which the link goes on by long poll. */
const WEB_SOCKET_TRIES = 2;
/** After this long by long poll a WebSocket is tried again. */
const WEB_SOCKET_AGAIN_MS = 30 * 60_000;
/** A session that lasted this long was a success: the next failure begins to count anew. */
const STABLE_MS = 60_000;
/** What cannot be helped by long poll either. */
const SAME_FOR_BOTH: ReadonlySet<string> = new Set([
  'proxyCredentials',
  'proxyUnreachable',
  'certificate',
  'nameUnknown',
  'keyRefused',
  'busy',
]);

type Shown = Omit<LinkStatus, 'waitingMessages' | 'clockOffsetMs'>;

/** The one outbound link to the Connector: comes back by itself, with a back-off that is spread, until it is closed. */
export class Link {
  readonly #parts: LinkParts;
  #session: LinkSession | undefined;
  #channel: Channel | undefined;
  #stopTimer: () => void = () => {};
  #failures = 0;
  #webSocketFailures = 0;
  #longPollSinceMs: number | undefined;
  #isClosed = false;
  #status: Shown;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    const sinceMs = parts.clock.epochMs();
    this.#status = { state: 'off', over: undefined, sinceMs, problem: undefined, nextTryAtMs: undefined };
  }

  status(): LinkStatus {
    return {
      ...this.#status,
      waitingMessages: this.#parts.outbox.count(),
      clockOffsetMs: this.#session?.clockOffsetMs ?? 0,
    };
  }

  open(): void {
    this.#isClosed = false;
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer();
    this.#session?.end(new LinkError('closed', 'The Assistant stops.'));
    this.#channel?.close();
    this.#set({ state: 'off', over: undefined, nextTryAtMs: undefined });
  }

  /** Statements that add messages, to be written together with what they tell; call `pump` afterwards. */
  statements(bodies: readonly UpBody[]): Statement[] {
    return this.#parts.outbox.add(bodies, this.#parts.clock.epochMs(), this.#session?.sentSeq ?? 0);
  }

  /** Tells the Connector, now or when the link is up again. */
  tell(...bodies: readonly UpBody[]): void {
    const { database, log } = this.#parts;
    const statements = this.statements(bodies);
    if (database.writer === undefined) {
      database.writeNow(statements);
      this.pump();
      return;
    }
    database.writer.written(statements).then(
      () => this.pump(),
      (err: unknown) => {
        log.error({ err, messages: bodies.length }, 'what the cloud should be told was not stored');
        this.#parts.onLost();
      },
    );
  }

  pump(): void {
    this.#session?.pump();
  }

  #connect(): void {
    const { clock } = this.#parts;
    if (this.#isClosed) return;
    const nowMs = clock.epochMs();
    if (this.#longPollSinceMs !== undefined && nowMs - this.#longPollSinceMs > WEB_SOCKET_AGAIN_MS) {
      this.#longPollSinceMs = undefined;
      this.#webSocketFailures = 0;
    }
    const isLongPoll = this.#webSocketFailures >= WEB_SOCKET_TRIES;
    if (isLongPoll) this.#longPollSinceMs ??= nowMs;
    this.#set({ state: 'connecting', over: isLongPoll ? 'longPoll' : 'webSocket', nextTryAtMs: undefined });
    const session = this.#newSession((frame) => this.#channel?.send(frame));
    const events: ChannelEvents = {
      onOpen: () => session.begin(),
      onFrame: (value) => session.hear(value),
      onClosed: (error, wasOpen) => {
        if (!wasOpen && !isLongPoll && !SAME_FOR_BOTH.has(error.code)) this.#webSocketFailures++;
        session.end(error);
      },
    };
    this.#session = session;
    this.#channel = isLongPoll ? this.#parts.openLongPoll(events) : this.#parts.openWebSocket(events);
  }

  #newSession(send: (frame: LinkFrame) => void): LinkSession {
    const { outbox, clock, log, software, database } = this.#parts;
    const session: LinkSession = new LinkSession({
      outbox,
      clock,
      log,
      software,
      send,
      events: {
        onUp: () => {
          this.#set({ state: 'up', problem: undefined });
          this.#webSocketFailures = this.#status.over === 'webSocket' ? 0 : this.#webSocketFailures;
          log.info({ over: this.#status.over }, 'the link to the Connector is up');
          this.#parts.onUp();
        },
        onDown: (error) => this.#down(session, error),
        onDownBody: (body, atMs) => this.#parts.onDownBody(body, atMs, session.clockOffsetMs),
        write: (statements) => database.writeNow(statements),
        onQuestion: (question) => this.#parts.onQuestion(question),
      },
    });
    return session;
  }

  #down(session: LinkSession, error: LinkError): void {
    if (session !== this.#session || this.#isClosed) return;
    const { clock, random, log } = this.#parts;
    const nowMs = clock.epochMs();
    const wasStable = this.#status.state === 'up' && nowMs - this.#status.sinceMs > STABLE_MS;
    this.#session = undefined;
    this.#channel?.close();
    this.#channel = undefined;
    this.#failures = wasStable ? 1 : this.#failures + 1;
    const waitMs = backOffMs(this.#failures, random.fraction(), error.retryAfterMs);
    const problem = { code: error.code, message: error.message, atMs: nowMs };
    const isNews = this.#status.problem?.message !== error.message;
    this.#set({ state: 'waiting', over: undefined, problem, nextTryAtMs: nowMs + waitMs });
    if (isNews)
      log.warn({ code: error.code, because: error.message }, 'the link to the Connector is down; trying again');
    this.#stopTimer = clock.after(waitMs, () => this.#connect());
  }

  #set(change: Partial<Shown>): void {
    const isOther = change.state !== undefined && change.state !== this.#status.state;
    this.#status = { ...this.#status, ...change, ...(isOther && { sinceMs: this.#parts.clock.epochMs() }) };
  }
}
