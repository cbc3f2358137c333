import { useLongPress } from '../ui/long-press.ts';
import { useWords } from '../words/index.ts';

const KEYS = [
  ['1', ''],
  ['2', 'ABC'],
  ['3', 'DEF'],
  ['4', 'GHI'],
  ['5', 'JKL'],
  ['6', 'MNO'],
  ['7', 'PQRS'],
  ['8', 'TUV'],
  ['9', 'WXYZ'],
  ['*', ''],
  ['0', '+'],
  ['#', ''],
] as const;

/** The twelve keys. A long press of 0 is a plus, where `onLong` takes it. */
export function Keys({ onKey, onLong }: { onKey: (key: string) => void; onLong?: (key: string) => void }) {
  const words = useWords();
  return (
    <fieldset className="keys">
      <legend className="unseen">{words('keypad')}</legend>
      {KEYS.map(([key, letters]) => (
        <Key key={key} name={key} letters={letters} onKey={onKey} onLong={key === '0' ? onLong : undefined} />
      ))}
    </fieldset>
  );
}

function Key({
  name,
  letters,
  onKey,
  onLong,
}: {
  name: string;
  letters: string;
  onKey: (key: string) => void;
  onLong: ((key: string) => void) | undefined;
}) {
  const press = useLongPress(() => onKey(name), onLong && (() => onLong('+')));
  return (
    <button type="button" className="key" {...press}>
      <span>{name}</span>
      {/* The others leave the place empty, so that the digits of a row stand on one line. */}
      {/\d/.test(name) && <small>{letters}</small>}
    </button>
  );
}
