import type { Clock, SocketTransport } from '@unisono/sip';

type OnProblem = NonNullable<ConstructorParameters<typeof SocketTransport>[0]['onProblem']>;
type Problem = Parameters<OnProblem>[0];

/** How long others of the same kind are only counted. */
export const COUNTED_MS = 300_000;

/** What of one kind has come since one was told. */
interface Kind {
  others: number;
  last: Problem;
}

/**
 * Tells what connections ran into, of each kind and transport the first one at once, then every few minutes how many others there were:
 * a browser that does not trust the certificate yet, or a scanner, fails many times a minute.
 */
export function transportProblems(
  clock: Clock,
  tell: (fields: Readonly<Record<string, unknown>>, message: string) => void,
): OnProblem {
  const kinds = new Map<string, Kind>();
  const again = {
    onTimer: (key: string) => {
      const kind = kinds.get(key);
      kinds.delete(key);
      if (kind === undefined || kind.others === 0) return;
      const { message, ...fields } = kind.last;
      tell(
        { ...fields, others: kind.others },
        `${message} The last of ${kind.others} in ${COUNTED_MS / 60_000} minutes.`,
      );
      begin(key, kind.last);
    },
  };
  function begin(key: string, last: Problem): void {
    kinds.set(key, { others: 0, last });
    clock.startTimer(COUNTED_MS, again, key);
  }
  return (problem) => {
    const key = `${problem.code} ${problem.transport}`;
    const kind = kinds.get(key);
    if (kind !== undefined) {
      kind.others++;
      kind.last = problem;
      return;
    }
    const { message, ...fields } = problem;
    tell(fields, message);
    begin(key, problem);
  };
}
