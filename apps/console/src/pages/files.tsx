import { useState } from 'react';
import { ask } from '../api.ts';
import { useApp, useDoing, useWords } from '../state.tsx';
import { PhonePlaces } from '../ui/desk-phone.tsx';
import { FileField } from '../ui/file-field.tsx';
import { Card, GoodBox, Page, ProblemBox, Table } from '../ui/parts.tsx';

interface Report {
  readonly isDryRun: boolean;
  readonly lines: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** New desk phones, with passwords that are shown this once. */
  readonly accounts: readonly { readonly number: string; readonly username: string; readonly password: string }[];
}

export function Files() {
  const words = useWords();
  const { isAdmin } = useApp();
  const [file, setFile] = useState<string>();
  const [report, setReport] = useState<Report>();
  const doing = useDoing();
  const send = (isDryRun: boolean): void =>
    doing.run(async () => {
      setReport(undefined);
      setReport((await ask<Report>('POST', `people.csv?dryRun=${isDryRun}`, file)).body);
    });
  return (
    <Page title={words('files')}>
      <Card>
        <p>{words('exportAbout')}</p>
        <a className="button" href="/api/v1/people.csv" download>
          {words('download')}
        </a>
      </Card>
      {isAdmin && (
        <Card title={words('importDo')}>
          <p className="hint">{words('importAbout')}</p>
          <FileField label={words('importFile')} accept=".csv,text/csv" onText={setFile} />
          <div className="row">
            <button type="button" disabled={doing.isBusy || file === undefined} onClick={() => send(true)}>
              {words('importTry')}
            </button>
            <button
              type="button"
              className="main"
              disabled={doing.isBusy || report?.isDryRun !== true}
              onClick={() => send(false)}
            >
              {words('importDo')}
            </button>
          </div>
          <ProblemBox problem={doing.problem} />
          {report !== undefined && (
            <GoodBox>
              {words(report.isDryRun ? 'importWould' : 'importDone')}: {report.lines} {words('lines')}, {report.created}{' '}
              {words('createdCount')}, {report.updated} {words('updatedCount')}, {report.unchanged}{' '}
              {words('unchangedCount')}
            </GoodBox>
          )}
          {report !== undefined && report.accounts.length > 0 && (
            <>
              <h3>{words('deskPhone')}</h3>
              <p>{words('passwordsOnce')}</p>
              <Table
                caption={words('deskPhone')}
                head={[words('deskNumber'), words('username'), words('password')]}
                rows={report.accounts.map(({ number, username, password }) => ({
                  key: number,
                  cells: [number, <code key="name">{username}</code>, <code key="word">{password}</code>],
                }))}
              />
              <PhonePlaces />
            </>
          )}
        </Card>
      )}
    </Page>
  );
}
