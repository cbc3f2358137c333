import { type FormEvent, useEffect, useState } from 'react';
import { useDoing, usePhone, useRun } from '../phone-context.ts';
import { Field, Problem } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';
import { QrCode } from './qr-code.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** Where the company wants a second factor and this person has none: nothing comes before it is set up. */
export function FactorDue({ onDone }: { onDone: () => void }) {
  const words = useWords();
  const { account, signIn } = usePhone();
  const run = useRun();
  const [codes, setCodes] = useState<readonly string[]>();
  return (
    <main className="alone">
      <div className="stack">
        <h1>{words('factorDueTitle')}</h1>
        {codes === undefined ? (
          <>
            <p>{words('factorDueAbout')}</p>
            <Steps account={account} onCodes={setCodes} />
            <button type="button" className="button quiet" onClick={() => run(signIn.signOut())}>
              {words('signOut')}
            </button>
          </>
        ) : (
          <>
            <RecoveryCodes codes={codes} done={words('factorDueDone')} />
            <button type="button" className="button main" onClick={onDone}>
              {words('goOn')}
            </button>
          </>
        )}
      </div>
    </main>
  );
}

interface StepsProps {
  readonly account: ReturnType<typeof usePhone>['account'];
  readonly onCodes: (codes: readonly string[]) => void;
}

function Steps({ account, onCodes }: StepsProps) {
  const words = useWords();
  const doing = useDoing();
  const [started, setStarted] = useState<{ readonly secret: string; readonly uri: string }>();
  const [totp, setTotp] = useState('');
  useEffect(() => {
    void account.startTotp().then((outcome) => outcome.ok && setStarted(outcome.value));
  }, [account]);
  const confirm = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const outcome = await doing.run(account.confirmTotp(totp));
    if (outcome.ok) onCodes(outcome.value.recoveryCodes);
    else setTotp('');
  };
  if (started === undefined) return <output>{words('loading')}</output>;
  return (
    <>
      <p>{words('totpScan')}</p>
      <QrCode text={started.uri} label={words('secondFactor')} />
      <p>
        {words('totpSecret')} <code className="secret">{started.secret}</code>
      </p>
      <form className="stack" onSubmit={confirm}>
        <Problem text={doing.problem} />
        <Field label={words('totp')} autoComplete="one-time-code" value={totp} isRequired onChange={setTotp} />
        <button type="submit" className="button main" disabled={doing.isBusy}>
          {words('switchOn')}
        </button>
      </form>
    </>
  );
}
