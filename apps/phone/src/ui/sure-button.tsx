import { useEffect, useRef, useState } from 'react';
import { useWords } from '../words/index.ts';
import { IconButton } from './parts.tsx';

interface SureProps {
  readonly label: string;
  /** What the second button says. */
  readonly sure: string;
  readonly onSure: () => void;
}

/** What cannot be taken back: the bin asks, at its own place, before it is done. */
export function SureButton({ label, sure, onSure }: SureProps) {
  const words = useWords();
  const [isAsked, setAsked] = useState(false);
  const wasAsked = useRef(false);
  const bin = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (wasAsked.current && !isAsked) bin.current?.focus();
    wasAsked.current = isAsked;
  }, [isAsked]);
  if (!isAsked) return <IconButton ref={bin} icon="bin" label={label} onClick={() => setAsked(true)} />;
  return (
    <fieldset className="sure" aria-label={label} onKeyDown={({ key }) => key === 'Escape' && setAsked(false)}>
      {/* biome-ignore lint/a11y/noAutofocus: it stands where the bin was that was pressed */}
      <button type="button" className="button small danger" autoFocus onClick={onSure}>
        {sure}
      </button>
      <IconButton icon="close" label={words('cancel')} onClick={() => setAsked(false)} />
    </fieldset>
  );
}
