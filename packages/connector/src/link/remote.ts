import { type LinkAnswer, type LinkQuestion, PROBLEMS, type Problem, type ProblemCode } from '@unisono/contract';
import type { Context } from '../context.ts';
import { ProblemError } from '../http/problem-error.ts';
import { newId } from '../secrets/secrets.ts';
import type { SystemKey } from './outbox.ts';

const ASK = 'ask ';
const ANSWER = 'answer ';

interface Asked {
  readonly id: string;
  readonly system: SystemKey;
  readonly question: LinkQuestion;
}

type Answered = { readonly id: string } & ({ readonly answer: LinkAnswer } | { readonly problem: Problem });

/** Puts a question to a phone system whose link is at this process; undefined: it is not. */
export type AskHere = (system: SystemKey, question: LinkQuestion) => Promise<LinkAnswer> | undefined;

/** Questions to phone systems whose link another process over the same database has. */
export class RemoteQuestions {
  readonly #context: Context;
  readonly #askHere: AskHere;
  readonly #waiting = new Map<string, (answered: Answered) => void>();

  constructor(context: Context, askHere: AskHere) {
    this.#context = context;
    this.#askHere = askHere;
  }

  /** Rejects with `systemOffline` when nobody answers in time. */
  ask(system: SystemKey, question: LinkQuestion, timeoutMs: number): Promise<LinkAnswer> {
    const { clock, random, signals } = this.#context;
    const id = newId(random, 'rq');
    return new Promise((resolve, reject) => {
      const late = clock.after(timeoutMs, () => {
        this.#waiting.delete(id);
        reject(new ProblemError('systemOffline'));
      });
      this.#waiting.set(id, (answered) => {
        late.cancel();
        this.#waiting.delete(id);
        if ('answer' in answered) resolve(answered.answer);
        else reject(problemOf(answered.problem));
      });
      signals.publish(`${ASK}${JSON.stringify({ id, system, question } satisfies Asked)}`);
    });
  }

  /** Takes a signal that is a question or an answer. */
  signalled(topic: string): void {
    if (topic.startsWith(ANSWER)) {
      const answered = JSON.parse(topic.slice(ANSWER.length)) as Answered;
      this.#waiting.get(answered.id)?.(answered);
    } else if (topic.startsWith(ASK)) this.#asked(JSON.parse(topic.slice(ASK.length)) as Asked);
  }

  #asked({ id, system, question }: Asked): void {
    // Our own question comes back to us too; and who has no such link leaves it to others.
    if (this.#waiting.has(id)) return;
    const say = (answered: Answered): void => this.#context.signals.publish(`${ANSWER}${JSON.stringify(answered)}`);
    this.#askHere(system, question)?.then(
      (answer) => say({ id, answer }),
      (error: unknown) => {
        if (error instanceof ProblemError) say({ id, problem: error.problem });
      },
    );
  }
}

/** A process of another version may have codes that are not known here. */
function problemOf({ code, detail }: Problem): ProblemError {
  const known = (Object.keys(PROBLEMS) as ProblemCode[]).find((one) => one === code);
  return new ProblemError(known ?? 'upstream', detail);
}
