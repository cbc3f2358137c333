import { useState } from 'react';
import { ask, type Session } from '../api.ts';
import { useDoing, useWords } from '../state.tsx';
import { Field, ProblemBox } from '../ui/parts.tsx';

export function SignIn({ onDone, onLanguage }: { onDone: (session: Session) => void; onLanguage: () => void }) {
  const words = useWords();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const doing = useDoing();
  return (
    <main className="alone">
      <h1>{words('title')}</h1>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          doing.run(async () => onDone((await ask<Session>('POST', 'session', { username, password })).body));
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
