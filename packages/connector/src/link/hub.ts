import type { FrameOf, LinkAnswer, LinkQuestion } from '@unisono/contract';
import { ACCESS_TOPIC } from '../change.ts';
import type { Context } from '../context.ts';
import { ProblemError } from '../http/problem-error.ts';
import type { UpHandler } from './inbox.ts';
import type { SystemKey } from './outbox.ts';
import { goOffline, linkStateOf, noteHeard } from './presence.ts';
import { RemoteQuestions } from './remote.ts';
import { type FrameSink, LinkSession } from './session.ts';

const ANSWER_MS = 4000;
/** Silence of so many ping intervals ends a link: what carried it may be half open. */
const DEAD_AFTER_PINGS = 2;

/** Hears of messages that are written. */
export type OnTaken = (system: SystemKey, messages: readonly FrameOf<'message'>[]) => void;

/** The links that this process has. */
export class LinkHub {
  readonly #context: Context;
  readonly #handle: UpHandler;
  readonly #onTaken: OnTaken;
  readonly #sessions = new Map<string, { readonly session: LinkSession; readonly keyId: string }>();
  readonly #ends = new Set<Promise<void>>();
  readonly #remote: RemoteQuestions;
  readonly #unsubscribe: () => void;
  #timer: { cancel(): void };

  constructor(context: Context, handle: UpHandler, onTaken: OnTaken = () => {}) {
    this.#context = context;
    this.#handle = handle;
    this.#onTaken = onTaken;
    this.#remote = new RemoteQuestions(context, (system, question) => this.#askHere(system, question));
    this.#unsubscribe = context.signals.subscribe((topic) => this.#signalled(topic));
    this.#timer = context.clock.after(context.policy.linkLookMs, () => this.#tick());
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** A new connection of a link. */
  open(system: SystemKey, keyId: string, sink: FrameSink): LinkSession {
    const session: LinkSession = new LinkSession(this.#context, system, this.#handle, {
      send: (frames) => sink.send(frames),
      end: () => {
        this.#sessions.delete(session.id);
        this.#noteEnd(session);
        sink.end();
      },
      taken: (messages) => this.#onTaken(system, messages),
    });
    this.#sessions.set(session.id, { session, keyId });
    return session;
  }

  /** Asks a phone system. Rejects with `systemOffline` when its link is down. */
  async ask(system: SystemKey, question: LinkQuestion): Promise<LinkAnswer> {
    const here = this.#askHere(system, question);
    if (here !== undefined) return here;
    const { isOnline } = await linkStateOf(this.#context, system.tenantId, system.system);
    if (!isOnline) throw new ProblemError('systemOffline');
    return this.#remote.ask(system, question, ANSWER_MS);
  }

  #askHere({ tenantId, system }: SystemKey, question: LinkQuestion): Promise<LinkAnswer> | undefined {
    // The newest: one that was taken over may not have noticed yet.
    const open = [...this.#sessions.values()].findLast(
      ({ session }) => session.isOpen && session.system.tenantId === tenantId && session.system.system === system,
    );
    return open?.session.questions.ask(question, ANSWER_MS);
  }

  /** Ends every link; resolves when that is noted. */
  async close(): Promise<void> {
    this.#timer.cancel();
    this.#unsubscribe();
    for (const { session } of [...this.#sessions.values()]) session.end('shutdown', 'The service restarts.', 2);
    await Promise.all(this.#ends);
  }

  #noteEnd(session: LinkSession): void {
    const noted = goOffline(this.#context, session.system, session.id)
      .catch((err: unknown) =>
        this.#context.log.warn({ err, system: session.system.system }, 'the end of a link was not noted'),
      )
      .finally(() => this.#ends.delete(noted));
    this.#ends.add(noted);
  }

  #signalled(topic: string): void {
    if (topic === ACCESS_TOPIC) return void this.#checkKeys();
    this.#remote.signalled(topic);
    for (const { session } of this.#sessions.values()) if (session.topic === topic) void session.look();
  }

  /** A link ends with the key it came with. */
  async #checkKeys(): Promise<void> {
    const nowMs = this.#context.clock.nowMs();
    for (const { session, keyId } of [...this.#sessions.values()]) {
      const key = await this.#context.store
        .selectFrom('api_keys')
        .select(['revoked_at_ms', 'expires_at_ms'])
        .where('tenant_id', '=', session.system.tenantId)
        .where('id', '=', keyId)
        .executeTakeFirst();
      const endsAtMs = Math.min(key?.revoked_at_ms ?? Infinity, key?.expires_at_ms ?? Infinity);
      if (key === undefined || endsAtMs <= nowMs) session.end('notAllowed', 'The API key of this link has ended.');
    }
  }

  #tick(): void {
    const { clock, policy } = this.#context;
    const deadMs = clock.nowMs() - DEAD_AFTER_PINGS * policy.linkPingSec * 1000;
    for (const { session } of [...this.#sessions.values()]) {
      if (session.heardAtMs < deadMs) session.end('silence', 'Nothing was heard for too long.');
      else void session.look();
    }
    this.#ticks++;
    if (this.#ticks % KEY_CHECK_TICKS === 0) void this.#checkKeys().catch(() => {});
    if (this.#ticks % HEARD_TICKS === 0) for (const { session } of this.#sessions.values()) this.#note(session);
    this.#timer = clock.after(policy.linkLookMs, () => this.#tick());
  }

  #ticks = 0;

  #note(session: LinkSession): void {
    void noteHeard(this.#context, session.system).catch(() => {});
  }
}

/** In looks of `linkLookMs`: keys that expire, and the note for other processes. */
const KEY_CHECK_TICKS = 30;
const HEARD_TICKS = 10;
