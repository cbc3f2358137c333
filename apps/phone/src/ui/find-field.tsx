import { useId } from 'react';
import { useWords, type Word } from '../words/index.ts';
import { Icon } from './icons.tsx';

interface FindFieldProps {
  readonly label: Word;
  readonly typed: string;
  readonly onTyped: (typed: string) => void;
  /** The arrow down was pressed: on to what was found. */
  readonly onDown?: (field: HTMLInputElement) => void;
}

/** A field to look for something with. */
export function FindField({ label, typed, onTyped, onDown }: FindFieldProps) {
  const words = useWords();
  const id = useId();
  return (
    <div className="find">
      <Icon name="find" />
      <label className="unseen" htmlFor={id}>
        {words(label)}
      </label>
      <input
        id={id}
        type="search"
        className="input"
        placeholder={words(label)}
        value={typed}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        enterKeyHint="search"
        onChange={({ target }) => onTyped(target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || onDown === undefined) return;
          event.preventDefault();
          onDown(event.currentTarget);
        }}
      />
    </div>
  );
}
