import { useWords, type Word } from '../words/index.ts';
import { usePreferences } from './preferences.ts';

const KEYS = [
  ['A', 'short.answer'],
  ['E', 'short.end'],
  ['M', 'short.mute'],
  ['H', 'short.hold'],
  ['/', 'short.find'],
  ['0–9 * #', 'short.keys'],
] as const;

/** The single keys and what they do. */
export function KeyList() {
  const words = useWords();
  return (
    <dl className="keylist">
      {KEYS.map(([key, word]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{words(word)}</dd>
        </div>
      ))}
    </dl>
  );
}

interface Hint {
  readonly title?: string;
  readonly 'aria-keyshortcuts'?: string;
}

/** Gives what a button with a key of its own says about it, to eyes and to screen readers; nothing while the keys are off. */
export function useKeyHint(): (word: Word, key: string) => Hint {
  const words = useWords();
  const { shortcuts } = usePreferences();
  return (word, key) => (shortcuts ? { title: `${words(word)} (${key})`, 'aria-keyshortcuts': key } : {});
}
