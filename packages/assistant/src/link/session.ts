import {
  commonVersion,
  type DownBody,
  type LinkAnswer,
  type LinkFrame,
  type LinkQuestion,
  type LinkWelcome,
  MAX_IN_FLIGHT,
  PROTOCOL_VERSIONS,
  readDown,
  readFrame,
  readQuestion,
} from '@unisono/contract';
import type { AssistantClock, AssistantLog } from '../ports.ts';
import type { Statement } from '../store/index.ts';
import type { Unanswered } from '../voicemail.ts';
import { LinkError } from './link-error.ts';
import type { Outbox } from './outbox.ts';

/** What the session tells whoever made it. */
export interface SessionEvents {
  /** The Connector has greeted: the link is up. */
  onUp(welcome: LinkWelcome): void;
  /** The session is over, with the reason. */
  onDown(error: LinkError): void;
  /** Handles what came down; the position is stored together with what it returns. Called once for each number. */
  onDownBody(body: DownBody, messageAtMs: number): readonly Statement[];
  /** Writes what `onDownBody` gave. */
  write(statements: readonly Statement[]): void;
  /** Rejects for a fault of ours; undefined: it cannot be answered here. */
  onQuestion(question: LinkQuestion): Promise<LinkAnswer | Unanswered | undefined>;
}

export interface SessionParts {
  readonly outbox: Outbox;
  readonly clock: AssistantClock;
  readonly log: AssistantLog;
  readonly software: string;
  readonly events: SessionEvents;
  /** Sends one frame; the transport keeps their order. */
  readonly send: (frame: LinkFrame) => void;
}

const HELLO_MS = 20_000;

/** One connection of the link, over whatever carries its frames: greeting, both directions, silence. */
export class LinkSession {
  readonly #parts: SessionParts;
  #sentSeq = 0;
  #welcome: LinkWelcome | undefined;
  #isOver = false;
  #stopWatch: () => void = () => {};
  #lastHeardMs: number;
  /** How far the Connector's clock is before ours, milliseconds. */
  clockOffsetMs = 0;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#lastHeardMs = parts.clock.epochMs();
  }

  get sentSeq(): number {
    return this.#sentSeq;
  }

  get isUp(): boolean {
    return this.#welcome !== undefined && !this.#isOver;
  }

  /** Greets. */
  begin(): void {
    const { outbox, software, send, clock } = this.#parts;
    const received = outbox.received();
    send({
      type: 'hello',
      versions: [...PROTOCOL_VERSIONS],
      software,
      outbox: outbox.id,
      ...(received && { received }),
    });
    this.#stopWatch = clock.after(HELLO_MS, () =>
      this.end(new LinkError('timeout', 'The Connector did not greet in time.')),
    );
  }

  /** Something is in the outbox. */
  pump(): void {
    if (!this.isUp) return;
    const { outbox, send } = this.#parts;
    const [oldest] = outbox.after(0, 1);
    const inFlight = oldest === undefined ? 0 : Math.max(0, this.#sentSeq - oldest.seq + 1);
    for (const message of outbox.after(this.#sentSeq, Math.max(0, MAX_IN_FLIGHT - inFlight))) {
      this.#sentSeq = message.seq;
      send({ type: 'message', ...message });
    }
  }

  /** A frame has come. */
  hear(value: unknown): void {
    if (this.#isOver) return;
    this.#lastHeardMs = this.#parts.clock.epochMs();
    const read = readFrame(value);
    if (read.kind === 'unknown') return;
    if (read.kind === 'invalid')
      return this.end(new LinkError('protocol', `The Connector sent what is not understood: ${read.message}.`));
    this.#take(read.value);
  }

  end(error: LinkError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopWatch();
    this.#parts.events.onDown(error);
  }

  #take(frame: LinkFrame): void {
    const { outbox, send, clock } = this.#parts;
    switch (frame.type) {
      case 'welcome':
        return this.#greeted(frame);
      case 'message':
        return this.#message(frame);
      case 'ack':
        if (frame.outbox === outbox.id) this.#acknowledged(frame.seq);
        return;
      case 'refused':
        this.#parts.log.error({ code: frame.code, because: frame.message }, 'the Connector refused a message for good');
        if (frame.outbox === outbox.id) this.#acknowledged(frame.seq);
        return;
      case 'question':
        return this.#question(frame);
      case 'ping':
        return send({ type: 'pong', sentAtMs: frame.sentAtMs, atMs: clock.epochMs() });
      case 'pong': {
        const nowMs = clock.epochMs();
        this.clockOffsetMs = Math.round(frame.atMs - (frame.sentAtMs + nowMs) / 2);
        return;
      }
      case 'bye': {
        const retryAfterMs = frame.retryAfterSec === undefined ? undefined : frame.retryAfterSec * 1000;
        return this.end(
          new LinkError(byeCode(frame.code), `The Connector ended the link: ${frame.message}`, { retryAfterMs }),
        );
      }
      case 'hello':
      case 'answer':
        return;
    }
  }

  /** What waits behind it goes out when there is room again. */
  #acknowledged(seq: number): void {
    this.#parts.outbox.acknowledged(seq).then(
      () => this.pump(),
      (err: unknown) => this.#parts.log.error({ err }, 'what the Connector has was not taken out of the outbox'),
    );
  }

  #greeted(welcome: LinkWelcome): void {
    const { outbox, clock, events } = this.#parts;
    if (commonVersion(PROTOCOL_VERSIONS, [welcome.version]) === undefined)
      return this.end(
        new LinkError(
          'protocol',
          'The Connector speaks no version of the link that is known here: update this system.',
        ),
      );
    this.#stopWatch();
    this.#welcome = welcome;
    this.clockOffsetMs = welcome.atMs - clock.epochMs();
    if (welcome.received?.outbox === outbox.id) {
      this.#acknowledged(welcome.received.seq);
      this.#sentSeq = welcome.received.seq;
    }
    // Another outbox than the one we know: the Connector has lost its memory and counts from 1 again.
    if (outbox.received()?.outbox !== welcome.outbox)
      events.write([outbox.setReceived({ outbox: welcome.outbox, seq: 0 })]);
    events.onUp(welcome);
    this.#watch();
    this.pump();
  }

  #message({ seq, body, atMs }: Extract<LinkFrame, { type: 'message' }>): void {
    const { outbox, send, events } = this.#parts;
    const received = outbox.received();
    if (received === undefined) return this.end(new LinkError('protocol', 'The Connector spoke before it greeted.'));
    if (seq > received.seq) {
      const read = readDown(body);
      if (read.kind === 'invalid') {
        send({ type: 'refused', outbox: received.outbox, seq, code: 'invalidRequest', message: read.message });
        events.write([outbox.setReceived({ ...received, seq })]);
        return;
      }
      // What is not known here is passed over, so that it does not stand in the way of what is.
      const statements = read.kind === 'known' ? events.onDownBody(read.value, atMs) : [];
      events.write([...statements, outbox.setReceived({ ...received, seq })]);
    }
    send({ type: 'ack', outbox: received.outbox, seq: Math.max(seq, received.seq) });
    this.pump();
  }

  #question({ id, body }: Extract<LinkFrame, { type: 'question' }>): void {
    const { send, events } = this.#parts;
    const read = readQuestion(body);
    const unknown = { code: 'notFound', message: 'This cannot be answered here.' };
    const answered = read.kind === 'known' ? events.onQuestion(read.value) : Promise.resolve(unknown);
    answered.then(
      (answer = unknown) =>
        send('kind' in answer ? { type: 'answer', id, body: answer } : { type: 'answer', id, ...answer }),
      () => send({ type: 'answer', id, code: 'fault', message: 'The phone system could not do this.' }),
    );
  }

  /** Pings, and ends a connection on which nothing is heard any more, whatever the sockets believe. */
  #watch(): void {
    const { clock, send } = this.#parts;
    const pingMs = (this.#welcome?.pingSec ?? 30) * 1000;
    this.#stopWatch = clock.after(pingMs, () => {
      const silentMs = clock.epochMs() - this.#lastHeardMs;
      if (silentMs > 2 * pingMs)
        return this.end(
          new LinkError('timeout', `Nothing was heard from the Connector for ${Math.round(silentMs / 1000)} seconds.`),
        );
      send({ type: 'ping', sentAtMs: clock.epochMs() });
      this.#watch();
    });
  }
}

function byeCode(code: string): LinkError['code'] {
  if (code === 'notAllowed') return 'keyRefused';
  return code === 'shutdown' || code === 'overloaded' ? 'busy' : 'refused';
}
