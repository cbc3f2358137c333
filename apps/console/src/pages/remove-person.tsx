import { useState } from 'react';
import { ask, get, type RemovalPreview, type Removed } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { Card, Check, GoodBox, Page, ProblemBox } from '../ui/parts.tsx';

/** Removing a person: what it means in words, and one confirmation. */
export function RemovePerson({
  id,
  etag,
  hasNumber,
  onRemoved,
}: {
  id: string;
  etag: string | undefined;
  hasNumber: boolean;
  onRemoved: (removed: Removed) => void;
}) {
  const words = useWords();
  const [isOpen, setOpen] = useState(false);
  if (!isOpen)
    return (
      <button type="button" className="danger" onClick={() => setOpen(true)}>
        {words('removePerson')} …
      </button>
    );
  return <Preview id={id} etag={etag} hasNumber={hasNumber} onRemoved={onRemoved} onCancel={() => setOpen(false)} />;
}

function Preview({
  id,
  etag,
  hasNumber,
  onRemoved,
  onCancel,
}: {
  id: string;
  etag: string | undefined;
  hasNumber: boolean;
  onRemoved: (removed: Removed) => void;
  onCancel: () => void;
}) {
  const words = useWords();
  const { language } = useApp();
  const [keeps, setKeeps] = useState(false);
  const path = encodeURIComponent(id);
  const preview = useLoad(() => get<RemovalPreview>(`people/${path}/removal?keepNumber=${keeps}`), [id, keeps]);
  const doing = useDoing();
  const obstacles = preview.value?.obstacles ?? [];
  return (
    <>
      <p>
        <strong>{words('removeWhat')}</strong>
      </p>
      <ProblemBox problem={preview.problem} />
      <ul aria-live="polite">
        {(preview.value?.[language] ?? []).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {hasNumber && <Check label={words('keepNumber')} isOn={keeps} onChange={setKeeps} />}
      {obstacles.length > 0 && (
        <div className="box bad" role="alert">
          <p>
            <strong>{words('removeObstacles')}</strong>
          </p>
          <ul>
            {obstacles.map(({ path: place, message, hint }) => (
              <li key={place}>
                {message} {hint}
              </li>
            ))}
          </ul>
        </div>
      )}
      <ProblemBox problem={doing.problem} />
      <div className="row">
        <button type="button" onClick={onCancel}>
          {words('cancel')}
        </button>
        <button
          type="button"
          className="danger"
          disabled={doing.isBusy || preview.value === undefined || obstacles.length > 0}
          onClick={() =>
            doing.run(async () => {
              const where = `people/${path}?keepNumber=${keeps}`;
              onRemoved((await ask<Removed>('DELETE', where, undefined, { 'if-match': etag ?? '' })).body);
            })
          }
        >
          {words('removeNow')}
        </button>
      </div>
    </>
  );
}

/** After it: what was done, here and in the cloud. */
export function PersonRemoved({ name, removed }: { name: string; removed: Removed }) {
  const words = useWords();
  const told = (
    <p>
      {name} {words(`removed.${removed.directory}`)}
    </p>
  );
  return (
    <Page title={name}>
      <Card>
        {removed.directory === 'pending' ? (
          <div className="box bad" role="alert">
            {told}
            <p className="hint">{removed.message}</p>
          </div>
        ) : (
          <GoodBox>{told}</GoodBox>
        )}
        <a className="button main" href="#/people">
          {words('people')}
        </a>
      </Card>
    </Page>
  );
}
