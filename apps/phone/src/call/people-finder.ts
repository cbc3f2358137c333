import type { DirectoryEntry } from '@unisono/phone';
import { useEffect, useState } from 'react';
import { usePhone } from '../phone-context.ts';

const PAUSE_MS = 140;

/** People found by what is typed, a moment after the typing pauses. What was found stays until there is something new. */
export function usePeople(query: string): { readonly people: readonly DirectoryEntry[]; readonly isKnown: boolean } {
  const { book } = usePhone();
  const [found, setFound] = useState<{ query: string; people: readonly DirectoryEntry[] }>({ query: '', people: [] });
  const wanted = query.trim();
  useEffect(() => {
    if (wanted === '') return setFound({ query: '', people: [] });
    let isCurrent = true;
    const timer = setTimeout(async () => {
      const outcome = await book.search(wanted);
      if (isCurrent && outcome.ok) setFound({ query: wanted, people: outcome.value.entries });
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [wanted, book]);
  return { people: wanted === '' ? [] : found.people, isKnown: found.query === wanted };
}

/** One line per number of the people found. */
export function linesOf(
  people: readonly DirectoryEntry[],
): readonly { entry: DirectoryEntry; number: string; kind: string }[] {
  return people.flatMap((entry) => entry.numbers.map(({ number, kind }) => ({ entry, number, kind })));
}
