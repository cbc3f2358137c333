import { type FrameOf, type LinkAnswer, type LinkQuestion, readAnswer } from '@unisono/contract';
import type { Context } from '../context.ts';
import { ProblemError } from '../http/problem-error.ts';
import { newId } from '../secrets/secrets.ts';

const MAX_WAITING = 200;

interface Waiting {
  answer(frame: FrameOf<'answer'>): void;
  fail(error: ProblemError): void;
}

/** Questions of the moment on one link: answered within their time or not at all. */
export class Questions {
  readonly #context: Context;
  readonly #send: (frame: FrameOf<'question'>) => void;
  readonly #waiting = new Map<string, Waiting>();

  constructor(context: Context, send: (frame: FrameOf<'question'>) => void) {
    this.#context = context;
    this.#send = send;
  }

  /** Rejects with `systemOffline` when no answer comes, `invalidRequest` when the phone system says that it cannot be. */
  ask(body: LinkQuestion, timeoutMs: number): Promise<LinkAnswer> {
    if (this.#waiting.size >= MAX_WAITING) throw new ProblemError('overloaded', undefined, { retryAfterSec: 1 });
    const id = newId(this.#context.random, 'q');
    const { promise, resolve, reject } = Promise.withResolvers<LinkAnswer>();
    const late = this.#context.clock.after(timeoutMs, () => done(() => reject(noAnswer())));
    const done = (end: () => void): void => {
      late.cancel();
      this.#waiting.delete(id);
      end();
    };
    this.#waiting.set(id, {
      answer: (frame) => done(() => settle(frame, resolve, reject)),
      fail: (error) => done(() => reject(error)),
    });
    this.#send({ type: 'question', id, timeoutMs, body });
    return promise;
  }

  answered(frame: FrameOf<'answer'>): void {
    this.#waiting.get(frame.id)?.answer(frame);
  }

  end(): void {
    for (const waiting of [...this.#waiting.values()]) waiting.fail(noAnswer());
  }
}

function settle(
  frame: FrameOf<'answer'>,
  resolve: (answer: LinkAnswer) => void,
  reject: (error: ProblemError) => void,
): void {
  const read = readAnswer(frame.body);
  if (frame.body !== undefined && read.kind === 'known') return resolve(read.value);
  if (frame.body === undefined) return reject(refusal(frame));
  reject(new ProblemError('upstream', 'The phone system gave an answer that cannot be read.'));
}

/** A phone system that says `notFound` to a question it does not know is an older one: it has no such thing either. */
function refusal({ code, message }: FrameOf<'answer'>): ProblemError {
  return new ProblemError(code === 'noSuchThing' ? 'notFound' : 'invalidRequest', message);
}

function noAnswer(): ProblemError {
  return new ProblemError('systemOffline');
}
