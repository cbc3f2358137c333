import { useId, useState } from 'react';
import { usePhone, usePhoneState } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { Face, IconButton } from '../ui/parts.tsx';
import { joined, usePresence } from '../ui/presence.ts';
import { useWords } from '../words/index.ts';
import { linesOf, usePeople } from './people-finder.ts';

interface ChooserProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly actions: readonly {
    readonly text: string;
    readonly isMain: boolean;
    readonly onChoose: (number: string) => void;
  }[];
}

/** Asks for somebody: by name or number, of those found, or of the favourites. */
export function NumberChooser({ title, onClose, actions }: ChooserProps) {
  const words = useWords();
  const id = useId();
  const { numbers } = usePhone();
  const favourites = usePhoneState((state) => state.favourites.list);
  const [typed, setTyped] = useState('');
  const { people } = usePeople(typed);
  const presenceOf = usePresence();
  const number = numbers.fromText(typed);
  const shown =
    typed.trim() === ''
      ? favourites.slice(0, 5)
      : linesOf(people).map(({ entry, number: of }) => ({ name: entry.name, number: of, presence: entry.presence }));
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
        />
      </div>
      <ul className="list scroll">
        {shown.map((one) => (
          <li key={`${one.name} ${one.number}`}>
            <button type="button" className="item" onClick={() => setTyped(one.number)}>
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
