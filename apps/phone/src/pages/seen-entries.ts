import { useCallback, useEffect, useId, useRef } from 'react';
import { usePhone } from '../phone-context.ts';

/** Scrolling pauses for so long before others are looked at. */
const PAUSE_MS = 250;
/** As the phone asks for. */
const AGAIN_MS = 60_000;
/** More are not on a screen. */
const MOST = 100;

/** A row that is drawn is handed in; gives how it ends. */
export type RowWatch = (row: HTMLElement | null) => (() => void) | undefined;

/** Has the phone look at those of the directory who are on the screen. Rows say their entry in `data-entry`; each is given to what this returns. */
export function useSeenEntries(): RowWatch {
  const { book } = usePhone();
  const view = `${useId()}${useRef(crypto.randomUUID()).current}`;
  const seen = useRef(new Set<HTMLElement>());
  const watcher = useRef<IntersectionObserver>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const say = useCallback(() => {
    clearTimeout(timer.current);
    const entryIds = new Set([...seen.current].map((row) => row.dataset.entry ?? ''));
    void book.watch(view, [...entryIds].slice(0, MOST));
    timer.current = setTimeout(say, AGAIN_MS);
  }, [book, view]);
  const changed = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(say, PAUSE_MS);
  }, [say]);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      void book.watch(view, []);
    },
    [book, view],
  );
  return useCallback(
    (row) => {
      if (row === null) return undefined;
      watcher.current ??= new IntersectionObserver((rows) => {
        for (const { target, isIntersecting } of rows)
          if (isIntersecting) seen.current.add(target as HTMLElement);
          else seen.current.delete(target as HTMLElement);
        changed();
      });
      watcher.current.observe(row);
      return () => {
        watcher.current?.unobserve(row);
        if (seen.current.delete(row)) changed();
      };
    },
    [changed],
  );
}
