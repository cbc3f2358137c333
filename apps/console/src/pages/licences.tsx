import { useState } from 'react';
import { ask, get, type Licences as LicencesValue } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { FileField } from '../ui/file-field.tsx';
import { Card, GoodBox, Page, ProblemBox } from '../ui/parts.tsx';
import { LicenceMeters } from './overview.tsx';

export function Licences() {
  const words = useWords();
  const { isAdmin } = useApp();
  const licences = useLoad(() => get<LicencesValue>('licences'), []);
  const [file, setFile] = useState<string>();
  const [isDone, setDone] = useState(false);
  const doing = useDoing();
  return (
    <Page title={words('licences')}>
      <Card>
        <ProblemBox problem={licences.problem} />
        {licences.value !== undefined && <LicenceMeters licences={licences.value} />}
      </Card>
      {isAdmin && licences.value !== undefined && licences.value.state !== 'unchecked' && (
        <Card title={words('licenceFile')}>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              doing.run(async () => {
                await ask('PUT', 'licences', { file });
                setDone(true);
                licences.reload();
              });
            }}
          >
            <FileField label={words('licenceFile')} accept=".lic,.txt" onText={setFile} />
            <ProblemBox problem={doing.problem} />
            {isDone && <GoodBox>{words('saved')}</GoodBox>}
            <button type="submit" className="main" disabled={doing.isBusy || file === undefined}>
              {words('install')}
            </button>
          </form>
        </Card>
      )}
    </Page>
  );
}
