import { useState } from 'react';
import { ask, Refused, type Session } from '../api.ts';
import { useDoing, useWords } from '../state.tsx';
import { Field, ProblemBox } from '../ui/parts.tsx';

export function SignIn({ onDone, onLanguage }: { onDone: (session: Session) => void; onLanguage: () => void }) {
  const words = useWords();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [isCodeWanted, setCodeWanted] = useState(false);
  const doing = useDoing();
  return (
    <main className="alone">
      <h1>{words('title')}</h1>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          doing.run(async () => {
            try {
              const body = { username, password, ...(isCodeWanted && { code }) };
              onDone((await ask<Session>('POST', 'session', body)).body);
            } catch (error) {
              if (!(error instanceof Refused && error.problem.code === 'secondFactorRequired')) throw error;
              setCodeWanted(true);
            }
          });
        }}
      >
        <Field label={words('username')} value={username} onChange={setUsername} autoComplete="username" isRequired />
        <Field
          label={words('password')}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          isRequired
        />
        {isCodeWanted && (
          <Field
            label={words('code')}
            value={code}
            hint={words('codeHint')}
            onChange={setCode}
            autoComplete="one-time-code"
            isRequired
          />
        )}
        <ProblemBox problem={doing.problem} />
        <button type="submit" className="main" disabled={doing.isBusy}>
          {words('signIn')}
        </button>
      </form>
      <p className="hint">{words('firstHint')}</p>
      <button type="button" className="quiet" onClick={onLanguage}>
        {words('language')}
      </button>
    </main>
  );
}
