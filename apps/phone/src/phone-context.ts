import type { Outcome, Phone, PhoneProblem, PhoneState } from '@unisono/phone';
import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import { announce } from './announcer.ts';
import { isWord, useWords, type Words } from './words/index.ts';

export const PhoneContext = createContext<Phone | undefined>(undefined);

export function usePhone(): Phone {
  const phone = useContext(PhoneContext);
  if (phone === undefined) throw new Error('there is no phone above this component');
  return phone;
}

/** A part of the phone's state; drawn anew when that part changes. `pick` gives the same object for the same state. */
export function usePhoneState<T>(pick: (state: PhoneState) => T): T {
  const phone = usePhone();
  return useSyncExternalStore(phone.subscribe, () => pick(phone.getState()));
}

/** What went wrong, in the chosen language where there are words for it. */
export function problemText(words: Words, problem: PhoneProblem): string {
  const { code, retryAfterSec } = problem;
  if (code === 'tooManyRequests' && retryAfterSec !== undefined)
    return words('tooManyForNow', { sec: String(retryAfterSec) });
  const word = `problem.${code}`;
  if (!isWord(word)) return words('problem.other');
  return words(word, { who: problem.target ?? '' });
}

/** Whom a problem is about by name: somebody this phone knows, or one of the own devices. */
function withName(words: Words, { getState, numbers }: Phone, problem: PhoneProblem): PhoneProblem {
  const { target } = problem;
  if (target === undefined) return problem;
  if (target === 'desk' || target === 'clients')
    return { ...problem, target: words(target === 'desk' ? 'toDesk' : 'toClients') };
  const { devices, favourites, history, calls } = getState();
  const known = [...favourites.list, ...history.entries.map(({ party }) => party), ...calls.map(({ party }) => party)];
  const device = devices.find(({ installationId }) => installationId === target)?.name;
  const name = known.find(({ number, name: of }) => number === target && of !== undefined)?.name;
  return { ...problem, target: device ?? name ?? numbers.show(target) };
}

/** Runs a command; when it fails, says so where the eye and the screen reader find it. */
export function useRun(): <T>(command: Promise<Outcome<T>>) => Promise<T | undefined> {
  const words = useWords();
  const phone = usePhone();
  return async (command) => {
    const outcome = await command;
    if (outcome.ok) return outcome.value;
    announce({ text: problemText(words, withName(words, phone, outcome.problem)), tone: 'bad' });
    return undefined;
  };
}

export interface Doing {
  readonly isBusy: boolean;
  readonly problem: string | undefined;
  /** The same for programs. */
  readonly code: PhoneProblem['code'] | undefined;
  /** Whether it came to a good end. */
  run<T>(command: Promise<Outcome<T>>): Promise<Outcome<T>>;
}

/** A command that a form gives: once at a time, what went wrong is shown in the form. */
export function useDoing(): Doing {
  const words = useWords();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<PhoneProblem>();
  return {
    isBusy,
    problem: problem && problemText(words, problem),
    code: problem?.code,
    run: async (command) => {
      setBusy(true);
      setProblem(undefined);
      const outcome = await command;
      setBusy(false);
      if (!outcome.ok) setProblem(outcome.problem);
      return outcome;
    },
  };
}

/** The time, anew each second while `isRunning`. */
export function useNowMs(isRunning: boolean): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (!isRunning) return;
    setNowMs(Date.now());
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [isRunning]);
  return nowMs;
}
