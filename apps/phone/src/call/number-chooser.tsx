import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { usePhone, usePhoneState } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { Face, IconButton } from '../ui/parts.tsx';
import { joined, usePresence } from '../ui/presence.ts';
import { walk } from '../ui/walk.ts';
import { useWords } from '../words/index.ts';
import { useNearPeople } from './near-people.ts';
import { linesOf, usePeople } from './people-finder.ts';

interface ChooserProps {
  readonly title: string;
  /** Whose call it is: no target of it. */
  readonly except?: string | undefined;
  readonly onClose: () => void;
  readonly actions: readonly {
    readonly text: string;
    readonly isMain: boolean;
    readonly onChoose: (number: string) => void;
  }[];
}

const NEAR = 6;

/** Asks for somebody: by name or number, of those found, or of favourites and the last calls. */
export function NumberChooser({ title, except, onClose, actions }: ChooserProps) {
  const words = useWords();
  const id = useId();
  const { numbers } = usePhone();
  const own = usePhoneState((state) => state.desk?.number);
  const near = useNearPeople(NEAR);
  const [typed, setTyped] = useState('');
  const { people } = usePeople(typed);
  const presenceOf = usePresence();
  const number = numbers.fromText(typed);
  const found =
    typed.trim() === ''
      ? near
      : linesOf(people).map(({ entry, number: of }) => ({ name: entry.name, number: of, presence: entry.presence }));
  const shown = found.filter(({ number: of }) => of !== own && of !== except);
  const choose = (chosen: string, isByKey: boolean): void => {
    setTyped(chosen);
    // The next Enter does it. After a tap the field would only bring the keyboard of a telephone.
    if (isByKey) list.current?.closest('.chooser')?.querySelector('input')?.focus();
  };
  const list = useRef<HTMLUListElement>(null);
  const main = actions.find(({ isMain }) => isMain) ?? actions[0];
  const onKey = (event: KeyboardEvent): void => {
    const first = list.current?.querySelector<HTMLElement>('.item');
    const [fits] = typed.trim() === '' ? [] : shown;
    if (event.key === 'Enter' && number !== undefined) main?.onChoose(number);
    else if (event.key === 'Enter' && fits !== undefined) choose(fits.number, true);
    else if (event.key === 'Enter' || event.key === 'ArrowDown') first?.focus();
    else return;
    event.preventDefault();
  };
  return (
    <div className="chooser">
      <div className="row">
        <h2 className="grow">{title}</h2>
        <IconButton icon="close" label={words('close')} onClick={onClose} />
      </div>
      <div className="find">
        <Icon name="find" />
        <label className="unseen" htmlFor={id}>
          {words('find')}
        </label>
        <input
          id={id}
          className="input"
          placeholder={words('find')}
          value={typed}
          // biome-ignore lint/a11y/noAutofocus: opened to type into it
          autoFocus
          autoComplete="off"
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={onKey}
        />
      </div>
      <ul className="list scroll" ref={list} onKeyDown={walk}>
        {shown.map((one) => (
          <li key={`${one.name} ${one.number}`}>
            <button type="button" className="item" onClick={({ detail }) => choose(one.number, detail === 0)}>
              <Face party={one} presence={presenceOf(one.presence)?.state} />
              <span className="what">
                <strong className="cut">{one.name}</strong>
                <small className="cut tnum">{joined(numbers.show(one.number), presenceOf(one.presence)?.text)}</small>
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div className="aside">
        {actions.map(({ text, isMain, onChoose }) => (
          <button
            key={text}
            type="button"
            className={isMain ? 'button main' : 'button'}
            disabled={number === undefined}
            onClick={() => number !== undefined && onChoose(number)}
          >
            {text}
          </button>
        ))}
      </div>
    </div>
  );
}
