import { useState } from 'react';
import { ask, get } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { Card, Field, ProblemBox, Select } from '../ui/parts.tsx';

const ROUTINGS = ['default', 'deskPhoneOnly', 'clientsOnly', 'alternativeNumber', 'voicemail'] as const;
const BUSY = ['default', 'busySignal', 'alternativeNumber', 'voicemail'] as const;
const NO_ANSWER = ['none', 'alternativeNumber', 'voicemail'] as const;

interface Settings {
  readonly routing: string;
  readonly busy: string;
  readonly noAnswer: string;
  readonly alternativeNumber?: string;
}

interface Routing {
  readonly settings: Settings;
  readonly en: readonly string[];
  readonly de: readonly string[];
}

/** Where a call to a person goes now, in words, and the settings that say so. */
export function WhereCallsGo({ person }: { person: string }) {
  const words = useWords();
  const { language, mayChange } = useApp();
  const path = encodeURIComponent(person);
  const routing = useLoad(() => get<Routing>(`people/${path}/routing`), [person], 10_000);
  return (
    <Card title={words('whereCallsGo')}>
      <ProblemBox problem={routing.problem} />
      <Sentences sentences={routing.value?.[language] ?? []} />
      {mayChange && routing.value !== undefined && (
        <SettingsForm
          key={JSON.stringify(routing.value.settings)}
          path={path}
          stored={routing.value.settings}
          onDone={routing.reload}
        />
      )}
    </Card>
  );
}

export function Sentences({ sentences }: { sentences: readonly string[] }) {
  return (
    <ul className="plain" aria-live="polite">
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}

function SettingsForm({ path, stored, onDone }: { path: string; stored: Settings; onDone: () => void }) {
  const words = useWords();
  const { language } = useApp();
  const [draft, setDraft] = useState(stored);
  const [preview, setPreview] = useState<Routing>();
  const doing = useDoing();
  const put = (change: Partial<Settings>): void => {
    setPreview(undefined);
    setDraft({ ...draft, ...change });
  };
  const needsNumber = [draft.routing, draft.busy, draft.noAnswer].includes('alternativeNumber');
  const send = async (query: string): Promise<Routing> => {
    const { routing, busy, noAnswer, alternativeNumber = '' } = draft;
    const patch = { routing, busy, noAnswer, ...(needsNumber && { alternativeNumber }) };
    return (await ask<Routing>('PATCH', `people/${path}/settings${query}`, patch, { 'if-match': '*' })).body;
  };
  const isSame = JSON.stringify(draft) === JSON.stringify(stored);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        doing.run(async () => {
          await send('');
          setPreview(undefined);
          onDone();
        });
      }}
    >
      <Choice label="routing" options={ROUTINGS} value={draft.routing} onChange={(routing) => put({ routing })} />
      <Choice label="busy" options={BUSY} value={draft.busy} onChange={(busy) => put({ busy })} />
      <Choice label="noAnswer" options={NO_ANSWER} value={draft.noAnswer} onChange={(noAnswer) => put({ noAnswer })} />
      {needsNumber && (
        <Field
          label={words('routing.alternativeNumber')}
          value={draft.alternativeNumber ?? ''}
          onChange={(alternativeNumber) => put({ alternativeNumber })}
          isRequired
        />
      )}
      <ProblemBox problem={doing.problem} />
      {preview !== undefined && (
        <div className="box good" role="status">
          <p>
            <strong>{words('wouldThen')}</strong>
          </p>
          <Sentences sentences={preview[language]} />
        </div>
      )}
      <div className="row">
        <button type="submit" disabled={doing.isBusy || isSame || draft.routing === 'other'}>
          {words('save')}
        </button>
        <button
          type="button"
          disabled={doing.isBusy || isSame || draft.routing === 'other'}
          onClick={() => doing.run(async () => setPreview(await send('?dryRun=true')))}
        >
          {words('dryRun')}
        </button>
      </div>
    </form>
  );
}

interface ChoiceProps {
  readonly label: 'routing' | 'busy' | 'noAnswer';
  readonly options: readonly string[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** One of the settings; a value that is not for choosing is shown while it is there. */
function Choice({ label, options, value, onChange }: ChoiceProps) {
  const words = useWords();
  const all = options.includes(value) ? options : [...options, value];
  return (
    <Select
      label={words(label)}
      value={value}
      options={all.map((one) => [one, words(`${label}.${one}`)])}
      onChange={onChange}
    />
  );
}
