import type { SettingsPatch, SettingsView } from '@unisono/phone';
import { useState } from 'react';
import { usePhone } from '../phone-context.ts';
import { Field } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';

interface AlternativeProps {
  readonly settings: NonNullable<SettingsView['settings']>;
  readonly isUsed: boolean;
  readonly onChange: (patch: SettingsPatch) => void;
}

/** The one other number of routing, busy and no answer, with those used before. */
export function AlternativeNumber({ settings, isUsed, onChange }: AlternativeProps) {
  const words = useWords();
  const { numbers } = usePhone();
  const now = settings.alternativeNumber ?? '';
  const [typed, setTyped] = useState<string>();
  const wanted = typed === undefined ? undefined : numbers.fromText(typed);
  const earlier = settings.earlierAlternativeNumbers.filter((number) => number !== now);
  const choose = (number: string | null): void => {
    setTyped(undefined);
    onChange({ alternativeNumber: number });
  };
  return (
    <section className="card" aria-label={words('alternativeNumber')}>
      <form
        className="stack tight"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted !== undefined) choose(wanted);
        }}
      >
        <Field
          label={words('alternativeNumber')}
          hint={words('alternativeHint')}
          inputMode="tel"
          value={typed ?? (now === '' ? '' : numbers.show(now))}
          onChange={setTyped}
        />
        {typed !== undefined && (
          <div className="row">
            <button type="submit" className="button main small" disabled={wanted === undefined}>
              {words('save')}
            </button>
            <button type="button" className="button small" onClick={() => setTyped(undefined)}>
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
