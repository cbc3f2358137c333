import { useEffect, useState } from 'react';
import { ask, get, type Licences, type SyncRow } from '../api.ts';
import { useDoing, useLoad, useWords } from '../state.tsx';
import { LicenceLine } from '../ui/licence-line.tsx';
import { Card, Check, Field, GoodBox, Page, ProblemBox, Table } from '../ui/parts.tsx';

interface Draft {
  readonly name: string;
  readonly email: string;
  readonly number: string;
  readonly deskPhone: boolean;
  readonly clients: boolean;
  readonly ufipNumber: string;
}

interface Made {
  readonly id: string;
  readonly credentials: readonly { device: string; username: string; password: string }[];
}

const STEPS = ['who', 'whichNumber', 'whichDevices', 'check'] as const;

export function NewPerson() {
  const words = useWords();
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState<Draft>({
    name: '',
    email: '',
    number: '',
    deskPhone: true,
    clients: true,
    ufipNumber: '',
  });
  const free = useLoad(() => get<{ station?: string; ufipDevice?: string }>('free-numbers'), []);
  const licences = useLoad(() => get<Licences>('licences'), []);
  const [made, setMade] = useState<Made>();
  const doing = useDoing();
  const put = (change: Partial<Draft>): void => setDraft({ ...draft, ...change });
  useEffect(() => {
    const { station = '', ufipDevice = '' } = free.value ?? {};
    setDraft((before) => ({
      ...before,
      number: before.number || station,
      ufipNumber: before.ufipNumber || ufipDevice,
    }));
  }, [free.value]);
  const body = { ...draft, ...(draft.clients ? {} : { ufipNumber: undefined }) };
  const isLast = step === STEPS.length - 1;
  const forward = (): void =>
    doing.run(async () => {
      if (step === STEPS.length - 2) await ask('POST', 'people?dryRun=true', body);
      if (isLast) setMade((await ask<Made>('POST', 'people', body)).body);
      else setStep(step + 1);
    });
  if (made !== undefined) return <Created made={made} />;
  return (
    <Page title={words('newPerson')}>
      <p className="hint">{words('newPersonAbout')}</p>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          forward();
        }}
      >
        <p className="hint">
          {words('step')} {step + 1} {words('of')} {STEPS.length}
        </p>
        <h2>{words(STEPS[step] ?? 'check')}</h2>
        {step === 0 && (
          <>
            <Field label={words('name')} value={draft.name} onChange={(name) => put({ name })} isRequired />
            <Field
              label={words('email')}
              type="email"
              hint={words('emailHint')}
              value={draft.email}
              onChange={(email) => put({ email })}
              isRequired
            />
          </>
        )}
        {step === 1 && (
          <>
            <Field
              label={words('deskNumber')}
              hint={words('flexHint')}
              value={draft.number}
              onChange={(number) => put({ number })}
              isRequired
            />
            <LicenceLine name="Flex" count={licences.value?.flex} />
          </>
        )}
        {step === 2 && (
          <>
            <Check label={words('hasDeskPhone')} isOn={draft.deskPhone} onChange={(deskPhone) => put({ deskPhone })} />
            <Check label={words('hasClients')} isOn={draft.clients} onChange={(clients) => put({ clients })} />
            {draft.clients && (
              <>
                <Field
                  label={words('ufipNumber')}
                  hint={words('ufipHint')}
                  value={draft.ufipNumber}
                  onChange={(ufipNumber) => put({ ufipNumber })}
                  isRequired
                />
                <LicenceLine name="Unify Phone" count={licences.value?.unifyPhone} />
              </>
            )}
          </>
        )}
        {isLast && <Summary draft={draft} />}
        <ProblemBox problem={doing.problem} />
        <div className="row">
          {step > 0 ? (
            <button type="button" onClick={() => setStep(step - 1)}>
              {words('back')}
            </button>
          ) : (
            <a className="button" href="#/people">
              {words('cancel')}
            </a>
          )}
          <button type="submit" className="main" disabled={doing.isBusy}>
            {words(isLast ? 'create' : 'next')}
          </button>
        </div>
      </form>
    </Page>
  );
}

function Summary({ draft }: { draft: Draft }) {
  const words = useWords();
  const match = useLoad(
    () =>
      get<{ rows: SyncRow[] }>(`sync/plan?search=${encodeURIComponent(draft.email)}`).catch(() => ({
        rows: [] as SyncRow[],
      })),
    [draft.email],
  );
  const found = match.value?.rows.find((row) => row.class === 'withoutDevice');
  return (
    <>
      <dl>
        <dt>{words('name')}</dt>
        <dd>{draft.name}</dd>
        <dt>{words('email')}</dt>
        <dd>{draft.email}</dd>
        <dt>{words('deskNumber')}</dt>
        <dd>{draft.number}</dd>
        <dt>{words('deskPhone')}</dt>
        <dd>{draft.deskPhone ? '✓' : words('noPhone')}</dd>
        <dt>{words('clients')}</dt>
        <dd>{draft.clients ? draft.ufipNumber : words('noDevice')}</dd>
        <dt>{words('matches')}</dt>
        <dd>{found === undefined ? words('matchUnknown') : `${found.name} ${words('matchFound')}`}</dd>
      </dl>
      <GoodBox>{words('checkedGood')}</GoodBox>
    </>
  );
}

function Created({ made }: { made: Made }) {
  const words = useWords();
  return (
    <Page title={words('newPerson')}>
      <Card>
        <GoodBox>{words('created')}</GoodBox>
        <Table
          caption={words('newPerson')}
          head={[words('device'), words('username'), words('password')]}
          rows={made.credentials.map(({ device, username, password }) => ({
            key: device,
            cells: [
              words(device === 'desk' ? 'deskPhone' : 'clients'),
              <code key="name">{username}</code>,
              <code key="word">{password}</code>,
            ],
          }))}
        />
        <a className="button main" href={`#/people/${encodeURIComponent(made.id)}`}>
          {words('done')}
        </a>
      </Card>
    </Page>
  );
}
