import type { DirectoryEntry } from '@unisono/phone';
import { useCallback, useEffect, useRef, useState } from 'react';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Empty } from '../ui/parts.tsx';
import { walk } from '../ui/walk.ts';
import { useWords, type Word } from '../words/index.ts';
import { PersonRow } from './person-row.tsx';
import { type RowWatch, useSeenEntries } from './seen-entries.ts';

const PAUSE_MS = 140;
/** So far below what is seen the next page is asked for. */
const AHEAD = '600px';

interface Pages {
  /** Undefined: nothing has been read yet. */
  readonly query: string | undefined;
  readonly entries: readonly DirectoryEntry[];
  readonly next: string | undefined;
}

const NOTHING: Pages = { query: undefined, entries: [], next: undefined };

/** The directory, or who is found in it, page by page. */
function useDirectory(typed: string): { readonly found: Pages; readonly loadMore: () => void } {
  const { book } = usePhone();
  const isReachable = usePhoneState((state) => state.cloud.isReachable);
  const [found, setFound] = useState(NOTHING);
  const isLoading = useRef(false);
  const query = typed.trim();
  useEffect(() => {
    if (!isReachable) return;
    let isCurrent = true;
    const timer = setTimeout(
      async () => {
        const outcome = await book.search(query);
        if (isCurrent && outcome.ok) setFound({ query, entries: outcome.value.entries, next: outcome.value.next });
      },
      query === '' ? 0 : PAUSE_MS,
    );
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [book, query, isReachable]);
  const loadMore = useCallback(async () => {
    if (found.query === undefined || found.next === undefined || isLoading.current) return;
    isLoading.current = true;
    const outcome = await book.search(found.query, found.next);
    isLoading.current = false;
    if (!outcome.ok) return;
    const { entries, next } = outcome.value;
    // Something else may have been typed meanwhile.
    setFound((now) =>
      now === found ? { ...now, entries: [...now.entries, ...withoutKnown(now.entries, entries)], next } : now,
    );
  }, [book, found]);
  return { found, loadMore };
}

function withoutKnown(known: readonly DirectoryEntry[], entries: readonly DirectoryEntry[]): readonly DirectoryEntry[] {
  const ids = new Set(known.map(({ entryId }) => entryId));
  return entries.filter(({ entryId }) => !ids.has(entryId));
}

/** Everybody in the directory by name, more of them as one scrolls down; with something typed, who is found. */
export function Colleagues({ typed }: { typed: string }) {
  const words = useWords();
  const me = usePhoneState((state) => state.me?.userId);
  const { found, loadMore } = useDirectory(typed);
  const onDrawn = useSeenEntries();
  const isOwn = ({ source }: DirectoryEntry): boolean => source === 'person' || source === 'station';
  const colleagues = found.entries.filter((entry) => isOwn(entry) && entry.entryId !== me);
  const others = found.entries.filter((entry) => !isOwn(entry));
  const isKnown = found.query === typed.trim();
  const isReachable = usePhoneState((state) => state.cloud.isReachable);
  const count = colleagues.length + others.length;
  return (
    <>
      <p className="unseen" role="status">
        {isKnown && typed.trim() !== '' ? words('resultsCount', { n: count }) : ''}
      </p>
      {isReachable && isKnown && count === 0 && found.next === undefined && (
        <Empty icon="find">{words(typed.trim() === '' ? 'noPeople' : 'noResults')}</Empty>
      )}
      {!isReachable && count === 0 && <Empty icon="find">{words('awayNow')}</Empty>}
      <People title="colleagues" entries={colleagues} onDrawn={onDrawn} />
      <People title="contacts" entries={others} />
      {found.next !== undefined && <More onMore={loadMore} />}
    </>
  );
}

interface PeopleProps {
  readonly title: Word;
  readonly entries: readonly DirectoryEntry[];
  readonly onDrawn?: RowWatch;
}

function People({ title, entries, onDrawn }: PeopleProps) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const own = usePhoneState((state) => state.desk?.number);
  const rows = entries
    .flatMap((entry) =>
      // Of colleagues the desk number: the outside one rings the same.
      (title === 'colleagues' ? entry.numbers.slice(0, 1) : entry.numbers).map((one) => ({ ...one, entry })),
    )
    .filter(({ number }) => number !== own);
  if (rows.length === 0) return null;
  return (
    <section aria-labelledby={title}>
      <h2 id={title}>{words(title)}</h2>
      <ul className="list" onKeyDown={walk}>
        {rows.map(({ entry, number, kind }) => (
          <PersonRow
            key={`${entry.entryId} ${number}`}
            entry={entry}
            number={number}
            kind={kind}
            onDial={(dialled) => run(calls.dial(dialled))}
            {...(onDrawn === undefined ? {} : { onDrawn })}
          />
        ))}
      </ul>
    </section>
  );
}

/** Asks for the next page when it comes near, and when it is pressed. */
function More({ onMore }: { onMore: () => void }) {
  const words = useWords();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (button.current === null) return;
    const watcher = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && onMore(), {
      rootMargin: AHEAD,
    });
    watcher.observe(button.current);
    return () => watcher.disconnect();
  }, [onMore]);
  return (
    <button type="button" ref={button} className="button wide" onClick={onMore}>
      {words('showMore')}
    </button>
  );
}
