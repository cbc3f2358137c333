import type { SignInMethods } from '@unisono/phone';
import { useState } from 'react';
import { useDoing, usePhone } from '../phone-context.ts';
import { Field, Problem } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';

interface PasswordFormProps {
  readonly email: string;
  readonly methods: SignInMethods;
  /** A password was just set by a link, and a code is needed, too. */
  readonly asksForCode: boolean;
}

/** Password, with a code where there is a second factor; and the company's own sign-in. */
export function PasswordForm({ email, methods, asksForCode }: PasswordFormProps) {
  const words = useWords();
  const { signIn } = usePhone();
  const doing = useDoing();
  const [password, setPassword] = useState('');
  const [totp, setTotp] = useState<string | undefined>(asksForCode ? '' : undefined);
  const [isMailed, setMailed] = useState(false);
  const { tenant } = methods;
  const enter = async (): Promise<void> => {
    const given = { tenant, email, password, ...(totp === undefined || totp === '' ? {} : { totp: totp.trim() }) };
    const outcome = await doing.run(signIn.withPassword(given));
    if (!outcome.ok && outcome.problem.code === 'secondFactorRequired') setTotp((before) => before ?? '');
  };
  const toProvider = async (provider: string): Promise<void> => {
    const begun = await doing.run(signIn.startOidc({ tenant, provider, redirectUri: `${location.origin}/` }));
    if (begun.ok) location.assign(begun.value.authorizationUrl);
  };
  return (
    <div className="stack">
      <p>
        <strong>{methods.name}</strong>
        <br />
        <small>{email}</small>
      </p>
      {asksForCode && (
        <p className="box good" role="status">
          {words('passwordSet')}
        </p>
      )}
      {methods.password && (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            enter();
          }}
        >
          <Problem text={totp === '' ? undefined : doing.problem} />
          <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
          <Field
            label={words('password')}
            type="password"
            autoComplete="current-password"
            value={password}
            isRequired
            hasFocus
            onChange={setPassword}
          />
          {totp !== undefined && (
            <Field
              label={words('totp')}
              hint={words('totpHint')}
              autoComplete="one-time-code"
              value={totp}
              isRequired
              hasFocus
              onChange={setTotp}
            />
          )}
          <button type="submit" className="button main wide" disabled={doing.isBusy}>
            {words('signIn')}
          </button>
          <button
            type="button"
            className="button quiet small"
            onClick={() => doing.run(signIn.forgotPassword(tenant, email)).then(({ ok }) => setMailed(ok))}
          >
            {words('forgotten')}
          </button>
          <div role="status">{isMailed && <p className="box good">{words('forgottenDone')}</p>}</div>
        </form>
      )}
      {!methods.password && <Problem text={doing.problem} />}
      {methods.providers.map(({ id, name }) => (
        <button key={id} type="button" className="button wide" disabled={doing.isBusy} onClick={() => toProvider(id)}>
          {words('withProvider', { name })}
        </button>
      ))}
    </div>
  );
}
