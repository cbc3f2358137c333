import {
  commonVersion,
  type FrameOf,
  type LinkFrame,
  type LinkHello,
  MAX_IN_FLIGHT,
  PROTOCOL_VERSIONS,
} from '@unisono/contract';
import { linkTopic } from '../change.ts';
import type { Context } from '../context.ts';
import { newId } from '../secrets/secrets.ts';
import { takeMessages, type UpHandler } from './inbox.ts';
import { acknowledge, messagesAfter, type SystemKey } from './outbox.ts';
import { isCurrent, takeOver } from './presence.ts';
import { Questions } from './questions.ts';

/** Frames that may wait here: those under way, and some to keep them company. */
const MAX_PENDING = 4 * MAX_IN_FLIGHT;

/** Where a session's frames go. */
export interface FrameSink {
  send(frames: readonly LinkFrame[]): void;
  /** No frame follows. */
  end(): void;
}

/** And what it tells of messages that are written. */
export interface SessionEvents extends FrameSink {
  taken(messages: readonly FrameOf<'message'>[]): void;
}

/**
 * One connection of a link, whatever carries it. Frames come in by `take`, one batch after the other; what is to be said goes to the
 * sink. Sends what lies in the outbox, not more than `MAX_IN_FLIGHT` unacknowledged, and looks there when it is told to and now and
 * then by itself.
 */
export class LinkSession {
  readonly id: string;
  readonly system: SystemKey;
  readonly questions: Questions;
  readonly #context: Context;
  readonly #handle: UpHandler;
  readonly #sink: SessionEvents;
  #theirOutbox: string | undefined;
  #ourOutbox = '';
  #sentSeq = 0;
  #ackedSeq = 0;
  #isEnded = false;
  readonly #pending: LinkFrame[] = [];
  #heardAtMs: number;
  #work: Promise<void> = Promise.resolve();

  constructor(context: Context, system: SystemKey, handle: UpHandler, sink: SessionEvents) {
    this.#context = context;
    this.system = system;
    this.#handle = handle;
    this.#sink = sink;
    this.id = newId(context.random, 's');
    this.questions = new Questions(context, (frame) => this.#send([frame]));
    this.#heardAtMs = context.clock.nowMs();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  get isOpen(): boolean {
    return this.#theirOutbox !== undefined && !this.#isEnded;
  }

  get topic(): string {
    return linkTopic(this.system.tenantId, this.system.system);
  }

  /** When the other side was heard last. */
  get heardAtMs(): number {
    return this.#heardAtMs;
  }

  /** Takes frames in the order in which they came. Resolves when they are dealt with. */
  take(frames: readonly LinkFrame[]): Promise<void> {
    this.#heardAtMs = this.#context.clock.nowMs();
    this.#pending.push(...frames);
    if (this.#pending.length > MAX_PENDING) {
      this.end('protocol', `More than ${MAX_IN_FLIGHT} messages are under way.`);
      return Promise.resolve();
    }
    // What came while a commit was on its way shares the next one.
    return this.#inTurn(() => this.#takeAll(this.#pending.splice(0)));
  }

  /** Sends what is in the outbox. */
  look(): Promise<void> {
    return this.#inTurn(async () => {
      if (!this.isOpen) return;
      if (!(await isCurrent(this.#context.store, this.system, this.id)))
        return this.end('replaced', 'A newer link of this system has taken over.');
      await this.#sendOutbox();
    });
  }

  /** Says goodbye and ends, once. */
  end(code: string, message: string, retryAfterSec?: number): void {
    if (this.#isEnded) return;
    this.#sink.send([{ type: 'bye', code, message, ...(retryAfterSec === undefined ? {} : { retryAfterSec }) }]);
    this.closed();
  }

  /** What carries it has ended. */
  closed(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.questions.end();
    this.#sink.end();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(async () => {
      if (!this.#isEnded) await work();
    });
    this.#work = done.catch((err: unknown) => {
      this.#context.log.error({ err, system: this.system.system }, 'a link could not go on');
      this.end('overloaded', 'The service cannot write now.', 2);
    });
    return this.#work;
  }

  async #takeAll(frames: readonly LinkFrame[]): Promise<void> {
    let messages: FrameOf<'message'>[] = [];
    for (const frame of frames) {
      if (frame.type === 'message') messages.push(frame);
      else {
        await this.#takeMessages(messages);
        messages = [];
        await this.#takeOne(frame);
      }
      if (this.#isEnded) return;
    }
    await this.#takeMessages(messages);
  }

  async #takeOne(frame: Exclude<LinkFrame, FrameOf<'message'>>): Promise<void> {
    if (frame.type === 'hello') return this.#greet(frame);
    if (frame.type === 'ping')
      return this.#send([{ type: 'pong', sentAtMs: frame.sentAtMs, atMs: this.#context.clock.nowMs() }]);
    if (frame.type === 'bye') return this.closed();
    if (this.#theirOutbox === undefined) return this.end('protocol', 'The first frame has to be a hello.');
    if (frame.type === 'ack') return this.#acknowledged(frame);
    if (frame.type === 'answer') return this.questions.answered(frame);
    if (frame.type === 'refused')
      this.#context.log.warn(
        { system: this.system.system, seq: frame.seq, code: frame.code, message: frame.message },
        'a phone system has refused a message',
      );
  }

  async #greet(hello: LinkHello): Promise<void> {
    const version = commonVersion(PROTOCOL_VERSIONS, hello.versions);
    if (version === undefined)
      return this.end('unsupportedVersion', `This side speaks version ${PROTOCOL_VERSIONS.join(', ')}.`);
    const row = await takeOver(this.#context, this.system, this.id);
    this.#theirOutbox = hello.outbox;
    this.#ourOutbox = row.outbox;
    const isSame = hello.received?.outbox === row.outbox;
    this.#ackedSeq = isSame ? (hello.received?.seq ?? 0) : 0;
    this.#sentSeq = this.#ackedSeq;
    if (this.#ackedSeq > 0) await acknowledge(this.#context.store, this.system, this.#ackedSeq);
    const received = row.their_outbox === hello.outbox ? row.their_seq : 0;
    this.#send([
      {
        type: 'welcome',
        version,
        software: this.#context.software,
        session: this.id,
        system: this.system.system,
        tenant: this.system.tenantId,
        outbox: row.outbox,
        received: { outbox: hello.outbox, seq: received },
        pingSec: this.#context.policy.linkPingSec,
        atMs: this.#context.clock.nowMs(),
      },
    ]);
    await this.#sendOutbox();
  }

  async #takeMessages(messages: readonly FrameOf<'message'>[]): Promise<void> {
    if (messages.length === 0) return;
    if (this.#theirOutbox === undefined) return this.end('protocol', 'The first frame has to be a hello.');
    const outbox = this.#theirOutbox;
    const { seq, refused } = await takeMessages(this.#context, this.system, outbox, messages, this.#handle);
    this.#send([...refused, { type: 'ack', outbox, seq }]);
    this.#sink.taken(messages);
  }

  async #acknowledged(ack: FrameOf<'ack'>): Promise<void> {
    if (ack.outbox !== this.#ourOutbox || ack.seq <= this.#ackedSeq) return;
    this.#ackedSeq = ack.seq;
    await acknowledge(this.#context.store, this.system, ack.seq);
    await this.#sendOutbox();
  }

  async #sendOutbox(): Promise<void> {
    const room = MAX_IN_FLIGHT - (this.#sentSeq - this.#ackedSeq);
    if (room <= 0) return;
    const messages = await messagesAfter(this.#context.store, this.system, this.#sentSeq, room);
    const last = messages.at(-1);
    if (last === undefined) return;
    this.#sentSeq = last.seq;
    this.#send(messages);
  }

  #send(frames: readonly LinkFrame[]): void {
    if (!this.#isEnded) this.#sink.send(frames);
  }
}
