import { useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import { useIsWide } from '../browser/media-query.ts';
import { telLink } from '../browser/tel-link.ts';
import { Keys } from '../call/keys.tsx';
import { useNearPeople } from '../call/near-people.ts';
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
  /** For what was typed then, the first person found is to have the focus. */
  const [wanting, setWanting] = useState<string>();
  /** For what was typed then, the first person found is to be called. */
  const [calling, setCalling] = useState<string>();
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
  const own = usePhoneState((state) => state.desk?.number);
  const { people, isKnown } = usePeople(typed);
  const lines = linesOf(people).filter(({ number }) => number !== own);
  const isNumber = DIALABLE.test(typed);
  const first = isNumber ? undefined : lines[0];
  const isNobody = typed.trim() !== '' && !isNumber && isKnown && first === undefined;
  const isWanted = calling !== undefined && calling === typed && isKnown;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for what was typed and confirmed, when it is known whom it means
  useEffect(() => {
    if (!isWanted) return;
    setCalling(undefined);
    if (first !== undefined) dial(first.number);
  }, [isWanted]);
  return (
    <form
      className="dialler"
      onSubmit={(event) => {
        event.preventDefault();
        if (isNumber) dial(typed);
        else setCalling(typed);
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
            lines={lines}
            isKnown={isKnown}
            isNobody={isNobody}
            first={first}
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
          aria-label={first === undefined ? words('call') : words('callX', { who: first.entry.name })}
          title={isNobody ? words('noResults') : undefined}
          disabled={typed.trim() === '' || isNobody}
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

type Line = ReturnType<typeof linesOf>[number];

interface ResultsProps {
  readonly typed: string;
  readonly lines: readonly Line[];
  readonly isKnown: boolean;
  readonly isNobody: boolean;
  /** Whom Enter and the green button call. */
  readonly first: Line | undefined;
  readonly isFirstWanted: boolean;
  /** The first one has the focus. */
  readonly onFirst: () => void;
  readonly onDial: (number: string) => void;
}

function Results({ typed, lines, isKnown, isNobody, first, isFirstWanted, onFirst, onDial }: ResultsProps) {
  const words = useWords();
  const near = useNearPeople(NEAR);
  const presenceOf = usePresence();
  const list = useRef<HTMLUListElement>(null);
  // Wanted before they were found: they come, and then the first one has the focus.
  useEffect(() => {
    const item = list.current?.querySelector<HTMLElement>('.item');
    if (!isFirstWanted || !isKnown || !item) return;
    item.focus();
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
      {isNobody && <p className="soft pad">{words('noResults')}</p>}
      <ul className="list" aria-label={words('results')} ref={list} onKeyDown={walk}>
        {lines.map((line) => (
          <PersonRow key={`${line.entry.entryId} ${line.number}`} {...line} isFirst={line === first} onDial={onDial} />
        ))}
      </ul>
    </>
  );
}
