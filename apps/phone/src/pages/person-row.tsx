import type { DirectoryEntry } from '@unisono/phone';
import { usePhone, usePhoneState } from '../phone-context.ts';
import { Face } from '../ui/parts.tsx';
import { joined, usePresence } from '../ui/presence.ts';
import { isWord, useWords, type Words } from '../words/index.ts';
import type { RowWatch } from './seen-entries.ts';
import { StarButton } from './star-button.tsx';

function kindText(words: Words, kind: string): string {
  const word = `kind.${kind}`;
  return isWord(word) ? words(word) : kind;
}

interface PersonRowProps {
  readonly entry: DirectoryEntry;
  readonly number: string;
  readonly kind: string;
  /** Enter in the field calls this one. */
  readonly isFirst?: boolean;
  readonly onDial: (number: string) => void;
  /** Told when the row is drawn; gives how it ends. */
  readonly onDrawn?: RowWatch;
}

/** One number of somebody in the directory: called by a tap, made a favourite by the star. */
export function PersonRow({ entry, number, kind, isFirst = false, onDial, onDrawn }: PersonRowProps) {
  const words = useWords();
  const { numbers } = usePhone();
  const { entryId } = entry;
  const live = usePhoneState((state) => state.directory.presences[entryId]);
  const presence = usePresence()(live === undefined ? entry.presence : (live ?? undefined));
  return (
    <li className={isFirst ? 'row person first' : 'row person'} data-entry={entryId} ref={onDrawn}>
      <button type="button" className="item" onClick={() => onDial(number)}>
        <Face party={{ name: entry.name, number }} presence={presence?.state} />
        <span className="what">
          <strong className="cut">{entry.name}</strong>
          <small className="cut tnum">
            {joined(numbers.show(number), entry.company ?? kindText(words, kind), presence?.text)}
          </small>
        </span>
        <span className="unseen">{words('call')}</span>
      </button>
      <StarButton name={entry.name} number={number} />
    </li>
  );
}
