import { createContext, type DependencyList, useCallback, useContext, useEffect, useState } from 'react';
import { type Problem, Refused, type Session } from './api.ts';
import { type Language, text, type Word } from './words.ts';

export interface App {
  readonly language: Language;
  readonly session: Session;
  readonly mayChange: boolean;
  readonly isAdmin: boolean;
}

export const AppContext = createContext<App | undefined>(undefined);
export const LanguageContext = createContext<Language>('en');

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('nobody is signed in');
  return app;
}

/** The texts of the chosen language. */
export function useWords(): (word: Word | (string & {})) => string {
  const language = useContext(LanguageContext);
  return (word) => text(word, language);
}

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
  reload(): void;
}

/** Loads when what it depends on changes, and again every `everyMs`. What was loaded stays while it is loaded anew. */
export function useLoad<T>(load: () => Promise<T>, on: DependencyList, everyMs?: number): Loaded<T> {
  const [value, setValue] = useState<T>();
  const [problem, setProblem] = useState<Problem>();
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller says on what it depends
  useEffect(() => {
    let isCurrent = true;
    const run = (): void => {
      load().then(
        (loaded) => {
          if (!isCurrent) return;
          setValue(() => loaded);
          setProblem(undefined);
        },
        (error: unknown) => isCurrent && setProblem(problemOf(error)),
      );
    };
    run();
    const timer = everyMs === undefined ? undefined : setInterval(run, everyMs);
    return () => {
      isCurrent = false;
      clearInterval(timer);
    };
  }, [...on, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { value, problem, reload };
}

export interface Doing {
  readonly isBusy: boolean;
  readonly problem: Problem | undefined;
  run(work: () => Promise<void>): void;
}

/** Something that is done once at a time, with what went wrong. */
export function useDoing(): Doing {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const run = (work: () => Promise<void>): void => {
    if (isBusy) return;
    setBusy(true);
    setProblem(undefined);
    work()
      .catch((error: unknown) => setProblem(problemOf(error)))
      .finally(() => setBusy(false));
  };
  return { isBusy, problem, run };
}

function problemOf(error: unknown): Problem {
  if (error instanceof Refused) return error.problem;
  return { code: 'fault', status: 0, title: '', detail: String(error), action: '' };
}
