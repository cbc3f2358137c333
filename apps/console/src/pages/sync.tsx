import { useState } from 'react';
import { ask, get, type Invited, type LinkStatus, type SyncReport, type SyncRow } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { AccessHint, InvitedBox, invite } from '../ui/invitation.tsx';
import { Badge, Card, Field, GoodBox, Page, ProblemBox, Select, Table, type Tone } from '../ui/parts.tsx';
import { time } from '../ui/time.ts';
import { LinkState, OUTCOME_TONES, RunWords } from './overview.tsx';

const CLASSES = ['inStep', 'toAdd', 'changed', 'toWithdraw', 'withoutDevice', 'withoutPerson', 'conflict'] as const;
const TONES: Readonly<Record<string, Tone>> = {
  inStep: 'good',
  toAdd: 'plain',
  changed: 'plain',
  toWithdraw: 'warn',
  withoutDevice: 'warn',
  withoutPerson: 'warn',
  conflict: 'bad',
};

interface Plan {
  readonly total: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly uploads: number;
  readonly withdrawals: number;
  readonly rows: readonly SyncRow[];
}

export function Sync() {
  const words = useWords();
  const link = useLoad(() => get<LinkStatus>('link'), [], 5_000);
  return (
    <Page title={words('sync')}>
      <Card title={words('link')}>
        {link.value !== undefined && <LinkState link={link.value} />}
        {link.value?.isConfigured === true && <AccessHint access={link.value.directory} />}
        {(link.value?.departures.length ?? 0) > 0 && (
          <p className="bad-text">
            {words('departures')}: {link.value?.departures.map(({ name }) => name).join(', ')}
          </p>
        )}
      </Card>
      {link.value?.isConfigured === true && <Synchronised mayInvite={link.value.directory === 'ready'} />}
    </Page>
  );
}

function Synchronised({ mayInvite }: { mayInvite: boolean }) {
  const words = useWords();
  const { mayChange, isAdmin } = useApp();
  const [kind, setKind] = useState('');
  const [search, setSearch] = useState('');
  const [fresh, setFresh] = useState(0);
  const [report, setReport] = useState<SyncReport>();
  const runs = useLoad(() => get<{ runs: SyncReport[] }>('sync/runs'), [report], 10_000);
  const query = `limit=200&search=${encodeURIComponent(search)}${kind === '' ? '' : `&class=${kind}`}`;
  const plan = useLoad(() => get<Plan>(`sync/plan?${query}`), [kind, search, fresh, report]);
  const doing = useDoing();
  const run = (confirm: boolean): void =>
    doing.run(async () => setReport((await ask<SyncReport>('POST', 'sync/runs', { confirm })).body));
  const dryRun = (): void =>
    doing.run(async () => {
      await get('sync/plan?fresh=true&limit=1');
      setReport(undefined);
      setFresh(fresh + 1);
    });
  return (
    <>
      <Card title={words('plan')}>
        <p className="hint">{words('planAbout')}</p>
        <div className="row">
          <button type="button" disabled={doing.isBusy} onClick={dryRun}>
            {words('dryRun')}
          </button>
          {mayChange && (
            <button type="button" className="main" disabled={doing.isBusy} onClick={() => run(false)}>
              {words(doing.isBusy ? 'running' : 'runNow')}
            </button>
          )}
        </div>
        <ProblemBox problem={doing.problem ?? plan.problem} />
        {report !== undefined && <Outcome report={report} />}
        {report?.outcome === 'stopped' && isAdmin && (
          <button type="button" className="danger" disabled={doing.isBusy} onClick={() => run(true)}>
            {words('confirmWithdraw')}
          </button>
        )}
        {plan.value !== undefined && (
          <p role="status">
            {CLASSES.map((one) => (
              <span key={one} className="count">
                <Badge tone={(plan.value?.counts[one] ?? 0) > 0 ? (TONES[one] ?? 'plain') : 'plain'}>
                  {words(`class.${one}`)}: {plan.value?.counts[one] ?? 0}
                </Badge>{' '}
              </span>
            ))}
          </p>
        )}
        <div className="fields">
          <Select
            label={words('state')}
            value={kind}
            options={[['', words('all')], ...CLASSES.map((one) => [one, words(`class.${one}`)] as const)]}
            onChange={setKind}
          />
          <Field label={words('search')} type="search" value={search} onChange={setSearch} />
        </div>
        <Rows
          rows={plan.value?.rows ?? []}
          mayInvite={mayInvite && mayChange}
          onInvited={() => setTimeout(plan.reload, SETTLED_MS)}
        />
      </Card>
      <Card title={words('reports')}>
        <Runs runs={runs.value?.runs ?? []} />
      </Card>
    </>
  );
}

function Outcome({ report }: { report: SyncReport }) {
  if (report.outcome === 'done') return <GoodBox>{report.message}</GoodBox>;
  return (
    <div className="box bad" role="alert">
      {report.message}
    </div>
  );
}

/** The run that follows an invitation is over by then. */
const SETTLED_MS = 4_000;

interface RowsProps {
  readonly rows: readonly SyncRow[];
  readonly mayInvite: boolean;
  readonly onInvited: () => void;
}

function Rows({ rows, mayInvite, onInvited }: RowsProps) {
  const words = useWords();
  const { language } = useApp();
  return (
    <Table
      caption={words('plan')}
      head={[words('name'), words('state'), words('reason'), words('action')]}
      rows={rows.map((row) => ({
        key: `${row.class} ${row.email} ${row.name}`,
        cells: [
          <span key="name" className="who">
            {row.user === undefined ? row.name : <a href={`#/people/${encodeURIComponent(row.user)}`}>{row.name}</a>}
            <br />
            <small className="hint">{row.email}</small>
          </span>,
          <Badge key="class" tone={TONES[row.class] ?? 'plain'}>
            {words(`class.${row.class}`)}
          </Badge>,
          row[language].reason,
          <span key="action">
            {row[language].action}
            {mayInvite && row.class === 'withoutPerson' && row.user !== undefined && (
              <InviteRow user={row.user} row={row} onInvited={onInvited} />
            )}
          </span>,
        ],
      }))}
    />
  );
}

function InviteRow({ user, row, onInvited }: { user: string; row: SyncRow; onInvited: () => void }) {
  const words = useWords();
  const [invited, setInvited] = useState<Invited>();
  const doing = useDoing();
  if (invited !== undefined) return <InvitedBox invited={invited} email={row.email} />;
  return (
    <>
      <br />
      <button
        type="button"
        aria-label={`${words('invite')}: ${row.name}`}
        disabled={doing.isBusy}
        onClick={() =>
          doing.run(async () => {
            setInvited(await invite(user));
            onInvited();
          })
        }
      >
        {words('invite')}
      </button>
      <ProblemBox problem={doing.problem} />
    </>
  );
}

function Runs({ runs }: { runs: readonly SyncReport[] }) {
  const words = useWords();
  const { language } = useApp();
  return (
    <Table
      caption={words('reports')}
      head={[words('when'), words('state'), words('result')]}
      rows={runs.map((run) => ({
        key: run.id,
        cells: [
          time(run.endedAtMs, language),
          <Badge key="outcome" tone={OUTCOME_TONES[run.outcome] ?? 'plain'}>
            {words(`outcome.${run.outcome}`)}
          </Badge>,
          <RunWords key="words" run={run} />,
        ],
      }))}
    />
  );
}
