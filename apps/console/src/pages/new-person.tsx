import { useEffect, useState } from 'react';
import { ask, type DirectoryAccess, get, type Licences, type LinkStatus, Refused, type SyncRow } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { AccessHint, invite } from '../ui/invitation.tsx';
import { LicenceLine } from '../ui/licence-line.tsx';
import { Check, Field, GoodBox, Page, ProblemBox } from '../ui/parts.tsx';
import { type Draft, NEW_DRAFT, personOf, refusedText, STEPS, tryStep } from './new-person-draft.ts';
import { type Made, PersonMade } from './new-person-made.tsx';

export function NewPerson() {
  const words = useWords();
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState<Draft>(NEW_DRAFT);
  const free = useLoad(() => get<{ station?: string; ufipDevice?: string }>('free-numbers'), []);
  const link = useLoad(() => get<LinkStatus>('link'), []);
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
  const isLast = step === STEPS.length - 1;
  const access = link.value?.directory;
  const forward = (): void =>
    doing.run(async () => {
      if (isLast) setMade(await madePerson(draft, access === 'ready'));
      else {
        await tryStep(draft, step);
        setStep(step + 1);
      }
    });
  if (made !== undefined) return <PersonMade made={made} />;
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
        <StepFields step={step} draft={draft} access={access} onChange={put} />
        <StepProblem doing={doing} draft={draft} />
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

/** Makes the person, and invites them if that is wanted. An invitation that fails is told beside the person who is there. */
async function madePerson(draft: Draft, mayInvite: boolean): Promise<Made> {
  const { body } = await ask<Pick<Made, 'id' | 'credentials'>>('POST', 'people', personOf(draft));
  const made = { ...body, email: draft.email };
  if (!mayInvite || !draft.invite || !draft.clients) return made;
  try {
    return { ...made, invited: await invite(made.id) };
  } catch (error) {
    if (error instanceof Refused) return { ...made, problem: error.problem };
    throw error;
  }
}

/** What is wrong with what was entered, in the words of the form. */
function StepProblem({ doing, draft }: { doing: ReturnType<typeof useDoing>; draft: Draft }) {
  const { language } = useApp();
  const errors = doing.problem?.errors ?? [];
  if (errors.length === 0) return <ProblemBox problem={doing.problem} />;
  const sentences = [...new Set(errors.map((error) => refusedText(error, draft, language)))];
  return (
    <div className="box bad" role="alert">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}

interface StepProps {
  readonly step: number;
  readonly draft: Draft;
  readonly access: DirectoryAccess | undefined;
  readonly onChange: (change: Partial<Draft>) => void;
}

function StepFields({ step, draft, access, onChange }: StepProps) {
  switch (STEPS[step]) {
    case 'who':
      return <Who draft={draft} onChange={onChange} />;
    case 'whichNumber':
      return <WhichNumber draft={draft} onChange={onChange} />;
    case 'whichDevices':
      return <WhichDevices draft={draft} onChange={onChange} />;
    default:
      return <Summary draft={draft} access={access} onChange={onChange} />;
  }
}

type FieldsProps = Pick<StepProps, 'draft' | 'onChange'>;

function Who({ draft, onChange }: FieldsProps) {
  const words = useWords();
  return (
    <>
      <Field label={words('name')} value={draft.name} onChange={(name) => onChange({ name })} isRequired />
      <Field
        label={words('email')}
        type="email"
        hint={words('emailHint')}
        value={draft.email}
        onChange={(email) => onChange({ email })}
        isRequired
      />
    </>
  );
}

function WhichNumber({ draft, onChange }: FieldsProps) {
  const words = useWords();
  const licences = useLoad(() => get<Licences>('licences'), []);
  return (
    <>
      <Field
        label={words('deskNumber')}
        hint={words('flexHint')}
        value={draft.number}
        onChange={(number) => onChange({ number })}
        isRequired
      />
      <LicenceLine name={words('deskLicences')} count={licences.value?.flex} />
    </>
  );
}

function WhichDevices({ draft, onChange }: FieldsProps) {
  const words = useWords();
  const licences = useLoad(() => get<Licences>('licences'), []);
  return (
    <>
      <Check label={words('hasDeskPhone')} isOn={draft.deskPhone} onChange={(deskPhone) => onChange({ deskPhone })} />
      <Check label={words('mailbox')} isOn={draft.mailbox} onChange={(mailbox) => onChange({ mailbox })} />
      <Check label={words('hasClients')} isOn={draft.clients} onChange={(clients) => onChange({ clients })} />
      {draft.clients && (
        <>
          <Field
            label={words('ufipNumber')}
            hint={words('ufipHint')}
            value={draft.ufipNumber}
            onChange={(ufipNumber) => onChange({ ufipNumber })}
            isRequired
          />
          <LicenceLine name={words('phoneLicences')} count={licences.value?.unifyPhone} />
        </>
      )}
    </>
  );
}

function Summary({ draft, access, onChange }: Omit<StepProps, 'step'>) {
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
        <dt>{words('mailbox')}</dt>
        <dd>{draft.mailbox ? `✓ ${words('mailboxTakes')}` : '–'}</dd>
        <dt>{words('phone')}</dt>
        <dd>{draft.clients ? '✓' : '–'}</dd>
        {draft.clients && access !== 'noCloud' && (
          <>
            <dt>{words('matches')}</dt>
            <dd>{found === undefined ? words('matchUnknown') : `${found.name} ${words('matchFound')}`}</dd>
          </>
        )}
      </dl>
      <GoodBox>{words('checkedGood')}</GoodBox>
      {draft.clients && access === 'ready' && (
        <Check label={words('inviteByMail')} isOn={draft.invite} onChange={(isOn) => onChange({ invite: isOn })} />
      )}
      {draft.clients && <AccessHint access={access} />}
    </>
  );
}
