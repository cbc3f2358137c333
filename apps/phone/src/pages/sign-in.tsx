import type { SignInMethods } from '@unisono/phone';
import { useEffect, useState } from 'react';
import { type Doing, useDoing, usePhone, usePhoneState } from '../phone-context.ts';
import { Field, Problem } from '../ui/parts.tsx';
import { setPreferences } from '../ui/preferences.ts';
import { useLanguage, useWords, type Words } from '../words/index.ts';
import { MailedLink, mailedToken } from './mailed-link.tsx';
import { PairHere } from './pair-here.tsx';
import { PasswordForm } from './password-form.tsx';

type Step =
  | { readonly at: 'email' }
  | { readonly at: 'tenants'; readonly list: readonly { readonly tenant: string; readonly name: string }[] }
  | { readonly at: 'methods'; readonly methods: SignInMethods; readonly asksForCode?: boolean }
  | { readonly at: 'provider' }
  | { readonly at: 'pair' };

function firstStep(code: string): Step {
  if (code !== '') return { at: 'pair' };
  return { at: isBackFromProvider() ? 'provider' : 'email' };
}

/** The answer of the company's own sign-in is in the address. */
function isBackFromProvider(): boolean {
  const { searchParams } = new URL(location.href);
  return searchParams.has('state') && (searchParams.has('code') || searchParams.has('error'));
}

/** By password, by the company's own sign-in, or by another device. */
export function SignIn({ onLinkEnd }: { onLinkEnd: () => void }) {
  const words = useWords();
  const { signIn } = usePhone();
  const language = useLanguage();
  const session = usePhoneState((state) => state.session);
  const reason = session.phase === 'signedOut' ? session.reason : undefined;
  const [email, setEmail] = useState('');
  const code = /^\/pair$/.test(location.pathname) ? location.hash.slice(1) : '';
  const [step, setStep] = useState<Step>(() => firstStep(code));
  const [mailed, setMailed] = useState(mailedToken);
  const linkEnds = async (account?: { readonly tenant: string; readonly email: string }): Promise<void> => {
    history.replaceState(null, '', '/#/keypad');
    const methods = account && (await signIn.methods(account.tenant));
    if (methods?.ok && account !== undefined) {
      setEmail(account.email);
      setStep({ at: 'methods', methods: methods.value, asksForCode: true });
    }
    setMailed(undefined);
    onLinkEnd();
  };
  return (
    <main className="alone">
      <div className="brand">
        <img src="/icons/icon.svg" alt="" width="56" height="56" />
        <h1>{words('app')}</h1>
        <p className="soft">{words('signInAbout')}</p>
      </div>
      {reason !== undefined && reason !== 'self' && (
        <p className="box" role="status">
          {words(`out.${reason}`)}
        </p>
      )}
      {mailed !== undefined ? (
        <MailedLink token={mailed} onEnd={linkEnds} />
      ) : (
        <>
          {step.at === 'email' && (
            <EmailForm
              email={email}
              onEmail={setEmail}
              onFound={(list) => setStep({ at: 'tenants', list })}
              onMethods={(methods) => setStep({ at: 'methods', methods })}
            />
          )}
          {step.at === 'tenants' && (
            <TenantForm email={email} list={step.list} onMethods={(methods) => setStep({ at: 'methods', methods })} />
          )}
          {step.at === 'methods' && (
            <PasswordForm email={email} methods={step.methods} asksForCode={step.asksForCode ?? false} />
          )}
          {step.at === 'provider' && <BackFromProvider />}
          {step.at === 'pair' && <PairHere first={code} />}
          {step.at === 'email' && (
            <button type="button" className="button wide" onClick={() => setStep({ at: 'pair' })}>
              {words('withQr')}
            </button>
          )}
          {step.at !== 'email' && (
            <button type="button" className="button quiet" onClick={() => setStep({ at: 'email' })}>
              {words('back')}
            </button>
          )}
        </>
      )}
      <button
        type="button"
        className="button quiet small"
        lang={language === 'en' ? 'de' : 'en'}
        onClick={() => setPreferences({ language: language === 'en' ? 'de' : 'en' })}
      >
        {language === 'en' ? 'Deutsch' : 'English'}
      </button>
    </main>
  );
}

/** Finishes what the company's own sign-in has begun, and says what came of it. */
function BackFromProvider() {
  const words = useWords();
  const { signIn } = usePhone();
  const doing = useDoing();
  const [why, setWhy] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the answer works once, and is taken out of the address before
  useEffect(() => {
    const { href } = location;
    history.replaceState(null, '', '/');
    doing.run(signIn.finishOidc(href)).then((outcome) => {
      if (!outcome.ok) setWhy(outcome.problem.detail);
    });
  }, []);
  return (
    <div role="status">
      {doing.isBusy ? <p>{words('loading')}</p> : <Problem text={providerText(doing, why, words)} />}
    </div>
  );
}

/** What is not found before anybody is signed in is the company. */
function companyText({ code, problem }: Doing, words: Words): string | undefined {
  return code === 'notFound' ? words('noSuchCompany') : problem;
}

function providerText({ code, problem }: Doing, why: string, words: Words): string | undefined {
  if (code === 'expired') return words('providerLate');
  return code === 'wrongCredentials' ? words('providerRefused', { why }) : problem;
}

interface EmailProps {
  readonly email: string;
  readonly onEmail: (email: string) => void;
  readonly onFound: (list: readonly { readonly tenant: string; readonly name: string }[]) => void;
  readonly onMethods: (methods: SignInMethods) => void;
}

function EmailForm({ email, onEmail, onFound, onMethods }: EmailProps) {
  const words = useWords();
  const { signIn } = usePhone();
  const doing = useDoing();
  const next = async (): Promise<void> => {
    const found = await doing.run(signIn.findTenants(email));
    if (!found.ok) return;
    const [only, another] = found.value;
    if (only === undefined || another !== undefined) return onFound(found.value);
    const methods = await doing.run(signIn.methods(only.tenant));
    if (methods.ok) onMethods(methods.value);
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        next();
      }}
    >
      <Problem text={companyText(doing, words)} />
      <Field
        label={words('email')}
        type="email"
        inputMode="email"
        autoComplete="username"
        value={email}
        isRequired
        onChange={onEmail}
      />
      <button type="submit" className="button main wide" disabled={doing.isBusy}>
        {words('next')}
      </button>
    </form>
  );
}

/** Where the address says no company, or several. */
function TenantForm({
  email,
  list,
  onMethods,
}: {
  email: string;
  list: readonly { readonly tenant: string; readonly name: string }[];
  onMethods: (methods: SignInMethods) => void;
}) {
  const words = useWords();
  const { signIn } = usePhone();
  const doing = useDoing();
  const [typed, setTyped] = useState('');
  const choose = async (tenant: string): Promise<void> => {
    const methods = await doing.run(signIn.methods(tenant));
    if (methods.ok) onMethods(methods.value);
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        choose(typed.trim().toLowerCase());
      }}
    >
      <Problem text={companyText(doing, words)} />
      {list.length > 0 && <h2>{words('tenantChoose')}</h2>}
      {list.map(({ tenant, name }) => (
        <button key={tenant} type="button" className="button wide" onClick={() => choose(tenant)}>
          {name}
        </button>
      ))}
      {list.length === 0 && (
        <>
          <p className="box">{words('tenantUnknown', { email })}</p>
          <Field
            label={words('tenant')}
            hint={words('tenantHint')}
            value={typed}
            isRequired
            hasFocus
            onChange={setTyped}
          />
          <button type="submit" className="button main wide" disabled={doing.isBusy}>
            {words('next')}
          </button>
        </>
      )}
    </form>
  );
}
