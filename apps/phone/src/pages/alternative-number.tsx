import type { SettingsPatch, SettingsView } from '@unisono/phone';
import { useEffect, useRef, useState } from 'react';
import { usePhone } from '../phone-context.ts';
import { Field } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';

interface AlternativeProps {
  readonly settings: NonNullable<SettingsView['settings']>;
  readonly isUsed: boolean;
  /** What was chosen and needs a number that is not there yet. */
  readonly wish: SettingsPatch | undefined;
  readonly onChange: (patch: SettingsPatch) => void;
  /** The wish is given up. */
  readonly onEnd: () => void;
}

/** The one other number of routing, busy and no answer, with those used before. */
export function AlternativeNumber({ settings, isUsed, wish, onChange, onEnd }: AlternativeProps) {
  const words = useWords();
  const { numbers } = usePhone();
  const now = settings.alternativeNumber ?? '';
  const [typed, setTyped] = useState<string>();
  const wanted = typed === undefined ? undefined : numbers.fromText(typed);
  const earlier = settings.earlierAlternativeNumbers.filter((number) => number !== now);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    if (wish !== undefined) section.current?.querySelector('input')?.focus();
  }, [wish]);
  const choose = (number: string | null): void => {
    setTyped(undefined);
    onChange({ ...wish, alternativeNumber: number });
  };
  return (
    <section ref={section} className="card" aria-label={words('alternativeNumber')}>
      <form
        className="stack tight"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted !== undefined) choose(wanted);
        }}
      >
        <Field
          label={words('alternativeNumber')}
          hint={words(wish === undefined ? 'alternativeHint' : 'alternativeWanted')}
          inputMode="tel"
          value={typed ?? (now === '' ? '' : numbers.show(now))}
          onChange={setTyped}
        />
        {(typed !== undefined || wish !== undefined) && (
          <div className="row">
            <button type="submit" className="button main small" disabled={wanted === undefined}>
              {words('save')}
            </button>
            <button
              type="button"
              className="button small"
              onClick={() => {
                setTyped(undefined);
                onEnd();
              }}
            >
              {words('cancel')}
            </button>
          </div>
        )}
      </form>
      {earlier.length > 0 && (
        <div className="row wrap">
          <small>{words('earlier')}</small>
          {earlier.map((number) => (
            <button
              key={number}
              type="button"
              className="chip tnum"
              aria-label={words('useNumber', { number: numbers.show(number) })}
              onClick={() => choose(number)}
            >
              {numbers.show(number)}
            </button>
          ))}
        </div>
      )}
      {now !== '' && !isUsed && typed === undefined && (
        <div>
          <button type="button" className="button small danger" onClick={() => choose(null)}>
            {words('remove')}
          </button>
        </div>
      )}
    </section>
  );
}
