import { useState } from 'react';
import { ask, get } from '../api.ts';
import { useDoing, useLoad, useWords } from '../state.tsx';
import { Badge, Card, Field, ProblemBox } from '../ui/parts.tsx';
import { QrCode } from '../ui/qr-code.tsx';

interface Begun {
  readonly secret: string;
  readonly uri: string;
}

/** The own second factor: begun with the password, on with a first code, off with another unless it is required. */
export function SecondFactor({ onOn }: { readonly onOn?: () => void }) {
  const words = useWords();
  const state = useLoad(() => get<{ isOn: boolean; isRequired: boolean }>('session/second-factor'), []);
  const [password, setPassword] = useState('');
  const [begun, setBegun] = useState<Begun>();
  const [code, setCode] = useState('');
  const doing = useDoing();
  if (state.value === undefined) return null;
  const { isOn, isRequired } = state.value;
  const isCodeWanted = isOn || begun !== undefined;
  const submit = (): void =>
    doing.run(async () => {
      if (isCodeWanted) {
        await ask('POST', `session/second-factor/${isOn ? 'remove' : 'confirm'}`, { code });
        setBegun(undefined);
        if (!isOn) onOn?.();
        state.reload();
      } else setBegun((await ask<Begun>('POST', 'session/second-factor', { password })).body);
      setPassword('');
      setCode('');
    });
  const action = isOn ? 'factorOff' : begun === undefined ? 'factorBegin' : 'factorOn';
  return (
    <Card title={words('secondFactor')}>
      <p>
        <Badge tone={isOn ? 'good' : 'plain'}>{words(isOn ? 'enabled' : 'disabled')}</Badge>
      </p>
      <p className="hint">{words(isRequired ? 'factorRequired' : 'factorAbout')}</p>
      {!(isOn && isRequired) && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          {begun !== undefined && (
            <>
              <p>{words('factorScan')}</p>
              <QrCode text={begun.uri} label={words('factorQr')} />
              <p>{words('factorSecret')}</p>
              <p>
                <code className="long">{begun.secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
              </p>
              <p>
                <a href={begun.uri}>{words('factorOpen')}</a>
              </p>
            </>
          )}
          {isCodeWanted ? (
            <Field
              label={words('code')}
              value={code}
              hint={words('codeHint')}
              autoComplete="one-time-code"
              onChange={setCode}
              isRequired
            />
          ) : (
            <Field
              label={words('password')}
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={setPassword}
              isRequired
            />
          )}
          <ProblemBox problem={doing.problem} />
          <button type="submit" disabled={doing.isBusy}>
            {words(action)}
          </button>
        </form>
      )}
    </Card>
  );
}
