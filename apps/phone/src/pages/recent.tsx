import { folded, type HistoryEntry, type HistoryFilter, type HistoryLine, isMissed } from '@unisono/phone';
import { useEffect, useState } from 'react';
import { telLink } from '../browser/tel-link.ts';
import { detailText } from '../call/said-text.ts';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { FindField } from '../ui/find-field.tsx';
import { focusPage } from '../ui/focus-page.ts';
import { Icon } from '../ui/icons.tsx';
import { Empty, IconButton, PageHead, usePartyTexts } from '../ui/parts.tsx';
import { clockTime, day, duration, moment } from '../ui/times.ts';
import { useLanguage, useWords, type Word } from '../words/index.ts';
import { historyIcon, resultText } from './history-words.ts';
import { StarButton } from './star-button.tsx';

const FILTERS: readonly HistoryFilter[] = ['all', 'missed', 'dialled', 'received', 'diverted', 'voicemail'];

export function Recent() {
  const words = useWords();
  const run = useRun();
  const phone = usePhone();
  const { filter, search, entries, hasMore, isLoading, missedCount } = usePhoneState((state) => state.history);
  const isReachable = usePhoneState((state) => state.cloud.isReachable);
  useEffect(() => {
    if (missedCount > 0 && document.visibilityState === 'visible') phone.history.markSeen();
  }, [missedCount, phone]);
  return (
    <>
      <PageHead title={words('recent')} />
      <Search filter={filter} />
      <fieldset className="chips" aria-label={words('filters')}>
        {FILTERS.map((one) => (
          <button
            key={one}
            type="button"
            className="chip"
            aria-pressed={filter === one}
            onClick={() => run(phone.history.setFilter(one, search))}
          >
            {words(`filter.${one}`)}
          </button>
        ))}
      </fieldset>
      {entries.length === 0 && (
        <Empty icon="recent">{words(isLoading ? 'loading' : isReachable ? nothing(filter, search) : 'awayNow')}</Empty>
      )}
      <Days entries={entries} />
      {hasMore && (
        <button
          type="button"
          className="button wide"
          disabled={isLoading}
          onClick={() => run(phone.history.loadMore())}
        >
          {words('showMore')}
        </button>
      )}
    </>
  );
}

function nothing(filter: HistoryFilter, search: string): Word {
  if (search !== '') return 'noCallsFound';
  return filter === 'all' ? 'noCalls' : 'noCallsOfKind';
}

const PAUSE_MS = 250;

/** Looks through the whole history, a moment after the typing pauses. */
function Search({ filter }: { filter: HistoryFilter }) {
  const { history } = usePhone();
  const shown = usePhoneState((state) => state.history.search);
  const [typed, setTyped] = useState(shown);
  const wanted = typed.trim();
  useEffect(() => {
    if (wanted === shown) return;
    const timer = setTimeout(() => void history.setFilter(filter, wanted), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted, shown, filter, history]);
  return <FindField label="findCalls" typed={typed} onTyped={setTyped} />;
}

function Days({ entries }: { entries: readonly HistoryEntry[] }) {
  const language = useLanguage();
  const nowMs = Date.now();
  const days = Map.groupBy(folded(entries), ({ entry: { startedAtMs } }) => day(startedAtMs, language, nowMs));
  return [...days].map(([name, ofDay]) => (
    <section key={name} aria-label={name}>
      <h2 className="day">{name}</h2>
      <ul className="list">
        {ofDay.map((line) => (
          <Entry key={line.entry.entryId} {...line} />
        ))}
      </ul>
    </section>
  ));
}

function Entry({ entry, parts }: HistoryLine) {
  const words = useWords();
  const language = useLanguage();
  const run = useRun();
  const { calls, numbers, history } = usePhone();
  const [isOpen, setOpen] = useState(false);
  const remove = () => Promise.all([entry, ...parts].map(({ entryId }) => run(history.remove(entryId))));
  const [name, number] = usePartyTexts()(entry.party);
  // What a conference was begun with is no number.
  const dialled = entry.party.number ?? (/\d/.test(entry.dialled ?? '') ? entry.dialled : undefined);
  const result = resultText(words, entry, numbers.show);
  return (
    <li>
      <div className="item">
        <button
          type="button"
          className={isMissed(entry) ? 'item what missed' : 'item what'}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <span className="kind">
            <Icon name={historyIcon(entry)} />
          </span>
          <span className="what">
            <strong className="cut">{name}</strong>
            <span className="unseen">{words(entry.direction)}</span>
            <small className="cut">{result}</small>
          </span>
          <span className="side tnum">
            {clockTime(entry.startedAtMs, language)}
            <br />
            {entry.answeredAtMs === undefined ? '' : duration(entry.endedAtMs - entry.answeredAtMs)}
          </span>
        </button>
        {dialled !== undefined && (
          <IconButton
            icon="phone"
            className="call"
            label={words('callX', { who: name })}
            onClick={() => (numbers.isEmergency(dialled) ? telLink.show(dialled) : run(calls.dial(dialled)))}
          />
        )}
      </div>
      {isOpen && (
        <div className="row details">
          <span className="grow">
            <span className="tnum">{number || name}</span>
            <br />
            <small>{detailText(words, entry) ?? result}</small>
            <br />
            <More entry={entry} />
            <small className="tnum">{moment(entry.startedAtMs, language, Date.now())}</small>
            {parts.map((part) => (
              <Part key={part.entryId} entry={part} />
            ))}
          </span>
          {dialled !== undefined && <StarButton name={entry.party.name ?? name} number={dialled} />}
          <IconButton icon="bin" label={`${words('deleteEntry')}: ${name}`} onClick={() => remove().then(focusPage)} />
        </div>
      )}
    </li>
  );
}

/** On what it was answered, and to whom it went on. */
function More({ entry: { result, device, deflectedTo } }: { entry: HistoryEntry }) {
  const words = useWords();
  const texts = usePartyTexts();
  const isAnswered = result === 'answered';
  return (
    <>
      {isAnswered && device === 'desk' && (
        <>
          <small>{words('end.answeredDesk')}</small>
          <br />
        </>
      )}
      {isAnswered && deflectedTo !== undefined && (
        <>
          <small>{words('wentOnTo', { who: texts(deflectedTo).filter(Boolean).join(', ') })}</small>
          <br />
        </>
      )}
    </>
  );
}

/** A call that became part of a conference. */
function Part({ entry }: { entry: HistoryEntry }) {
  const words = useWords();
  const language = useLanguage();
  const [name] = usePartyTexts()(entry.party);
  const { startedAtMs, answeredAtMs = startedAtMs, endedAtMs } = entry;
  const times = { from: clockTime(startedAtMs, language), for: duration(endedAtMs - answeredAtMs) };
  return (
    <>
      <br />
      <small className="tnum">{words('partBefore', { who: name, ...times })}</small>
    </>
  );
}
