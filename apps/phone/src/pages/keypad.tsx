import { useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { useIsWide } from '../browser/media-query.ts';
import { telLink } from '../browser/tel-link.ts';
import { Keys } from '../call/keys.tsx';
import { linesOf, usePeople } from '../call/people-finder.ts';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { useLongPress } from '../ui/long-press.ts';
import { Face, IconButton } from '../ui/parts.tsx';
import { joined, usePresence } from '../ui/presence.ts';
import { walk } from '../ui/walk.ts';
import { useWords } from '../words/index.ts';
import { PersonRow } from './person-row.tsx';

const DIALABLE = /^[\d*#+,() /.-]+$/;

/** Dials what is typed or pressed; finds people meanwhile, by name, number, or letters on the keys. */
export function Keypad() {
  const words = useWords();
  const run = useRun();
  const { calls, numbers } = usePhone();
  const [typed, setTyped] = useState('');
  /** For what was typed then, the first person found is wanted. */
  const [wanting, setWanting] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const isReady = usePhoneState((state) => state.line.phase === 'ready');
  const isEmergency = numbers.isEmergency(typed);
  // On a desk the keys of the call are at its side: a second keypad would be taken for them.
  const isInCall = usePhoneState((state) => state.calls.some(({ phase }) => phase === 'active'));
  const hasKeys = !useIsWide() || !isInCall;
  const dial = (number: string): void => {
    run(calls.dial(number)).then((begun) => begun !== undefined && setTyped(''));
  };
  const erase = useLongPress(
    () => setTyped((before) => before.slice(0, -1)),
    () => setTyped(''),
  );
  useTelLink(setTyped);
  return (
    <form
      className="dialler"
      onSubmit={(event) => {
        event.preventDefault();
        if (DIALABLE.test(typed)) dial(typed);
        else setWanting(typed);
      }}
    >
      <h1 tabIndex={-1} className="unseen">
        {words('keypad')}
      </h1>
      <NumberField typed={typed} onTyped={setTyped} onDown={() => setWanting(typed)} input={input} />
      <div className="results scroll">
        {isEmergency ? (
          <p className={isReady ? 'box' : 'box bad'} role="alert">
            {words(isReady ? 'emergencyNote' : 'emergencyOffline')}
          </p>
        ) : (
          <Results
            typed={typed}
            isFirstWanted={wanting === typed}
            onFirst={() => setWanting(undefined)}
            onDial={dial}
          />
        )}
      </div>
      {hasKeys && (
        <Keys
          onKey={(key) => setTyped((before) => before + key)}
          onLong={(key) => setTyped((before) => before + key)}
        />
      )}
      {/* Keys of the call at the side, and nothing typed: there is nothing to dial here. */}
      <div className="dialrow" hidden={!hasKeys && typed === ''}>
        <span />
        <button
          type="submit"
          className="callbutton"
          aria-label={words('call')}
          disabled={typed.trim() === ''}
          // Enter in the field still goes to whom a name has found.
          aria-disabled={!DIALABLE.test(typed)}
        >
          <Icon name="phone" />
        </button>
        <IconButton icon="erase" label={words('erase')} disabled={typed === ''} {...erase} />
      </div>
    </form>
  );
}

/** A number that a link brought is what is typed now. */
function useTelLink(onNumber: (number: string) => void): void {
  const { numbers } = usePhone();
  const link = useSyncExternalStore(telLink.subscribe, telLink.get);
  useEffect(() => {
    if (link === undefined) return;
    telLink.taken();
    const number = numbers.fromText(link);
    if (number !== undefined) onNumber(number);
  }, [link, numbers, onNumber]);
}

interface NumberFieldProps {
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
  /** On to what was found. */
  readonly onDown: () => void;
  readonly input: React.RefObject<HTMLInputElement | null>;
}

/** Shows digits in groups while they are added at the end; elsewhere in the text nothing moves under the cursor. */
function NumberField({ typed, onTyped, onDown, input }: NumberFieldProps) {
  const words = useWords();
  const { numbers } = usePhone();
  const id = useId();
  const [isAtEnd, setAtEnd] = useState(true);
  const shown = isAtEnd && DIALABLE.test(typed) && !typed.includes(',') ? numbers.format(typed) : typed;
  return (
    <div className="find number">
      <Icon name="find" />
      <label className="unseen" htmlFor={id}>
        {words('find')}
      </label>
      <input
        ref={input}
        id={id}
        className="input tnum"
        data-find
        placeholder={words('find')}
        value={shown}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="go"
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          onDown();
        }}
        onChange={({ target }) => {
          setAtEnd(target.selectionEnd === target.value.length);
          onTyped(DIALABLE.test(target.value) ? target.value.replace(/[() /.-]/g, '') : target.value);
        }}
        onPaste={(event) => {
          const number = numbers.fromText(event.clipboardData.getData('text'));
          if (number === undefined || typed !== '') return;
          event.preventDefault();
          onTyped(number);
        }}
      />
    </div>
  );
}

const NEAR = 8;

/** Favourites, then those of the last calls whose names are known. */
function useNearPeople(): readonly {
  readonly name: string;
  readonly number: string;
  readonly presence?: string | undefined;
}[] {
  const favourites = usePhoneState((state) => state.favourites.list);
  const entries = usePhoneState((state) => state.history.entries);
  const recent = entries.flatMap(({ party: { name, number } }) =>
    name === undefined || number === undefined ? [] : [{ name, number }],
  );
  // Of two with the same number the last one counts, at the first one's place: what favourites are doing is known.
  return [...new Map([...favourites, ...recent, ...favourites].map((one) => [one.number, one])).values()].slice(
    0,
    NEAR,
  );
}

interface ResultsProps {
  readonly typed: string;
  readonly isFirstWanted: boolean;
  /** The first one has the focus. */
  readonly onFirst: () => void;
  readonly onDial: (number: string) => void;
}

function Results({ typed, isFirstWanted, onFirst, onDial }: ResultsProps) {
  const words = useWords();
  const near = useNearPeople();
  const { people, isKnown } = usePeople(typed);
  const presenceOf = usePresence();
  const lines = linesOf(people);
  const list = useRef<HTMLUListElement>(null);
  // Typed and confirmed before they were found: they come, and then the first one has the focus.
  useEffect(() => {
    const first = list.current?.querySelector<HTMLElement>('.item');
    if (!isFirstWanted || !isKnown || !first) return;
    first.focus();
    onFirst();
  }, [isFirstWanted, isKnown, onFirst]);
  if (typed.trim() === '' && near.length === 0) return <p className="soft pad">{words('nearEmpty')}</p>;
  if (typed.trim() === '')
    return (
      <ul className="faces">
        {near.map((one) => (
          <li key={`${one.name} ${one.number}`}>
            <button
              type="button"
              aria-label={joined(words('callX', { who: one.name }), presenceOf(one.presence)?.text)}
              onClick={() => onDial(one.number)}
            >
              <Face party={one} presence={presenceOf(one.presence)?.state} />
              <small className="cut">{one.name.split(' ')[0]}</small>
            </button>
          </li>
        ))}
      </ul>
    );
  return (
    <>
      <p className="unseen" role="status">
        {isKnown ? words('resultsCount', { n: lines.length }) : ''}
      </p>
      {isKnown && lines.length === 0 && !DIALABLE.test(typed) && <p className="soft pad">{words('noResults')}</p>}
      <ul className="list" aria-label={words('results')} ref={list} onKeyDown={walk}>
        {lines.map(({ entry, number, kind }) => (
          <PersonRow key={`${entry.entryId} ${number}`} entry={entry} number={number} kind={kind} onDial={onDial} />
        ))}
      </ul>
    </>
  );
}
