import { useState } from 'react';
import { ask, type Session } from '../api.ts';
import { useDoing, useLoad, useWords } from '../state.tsx';
import { Field, ProblemBox } from '../ui/parts.tsx';

/** Where a one-time link leads. */
export function SetUp({
  secret,
  onDone,
  onLanguage,
}: {
  secret: string;
  onDone: (session: Session) => void;
  onLanguage: () => void;
}) {
  const words = useWords();
  const look = useLoad(async () => (await ask('POST', 'invitations/look', { secret })).body, [secret]);
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const doing = useDoing();
  return (
    <main className="alone">
      <h1>{words('setUp')}</h1>
      <ProblemBox problem={look.problem} />
      {look.value !== undefined && (
        <form
          className="card"
          onSubmit={(event) => {
            event.preventDefault();
            doing.run(async () => {
              const { body } = await ask<Session>('POST', 'invitations/use', { secret, username, password });
              location.hash = '#/';
              onDone(body);
            });
          }}
        >
          <p>{words('setUpAbout')}</p>
          <Field label={words('username')} value={username} onChange={setUsername} autoComplete="username" isRequired />
          <Field
            label={words('password')}
            type="password"
            hint={words('passwordHint')}
            value={password}
            onChange={setPassword}
            autoComplete="new-password"
            isRequired
          />
          <ProblemBox problem={doing.problem} />
          <button type="submit" className="main" disabled={doing.isBusy}>
            {words('setUpDo')}
          </button>
        </form>
      )}
      <p>
        <a href="#/">{words('signIn')}</a>
      </p>
      <button type="button" className="quiet" onClick={onLanguage}>
        {words('language')}
      </button>
    </main>
  );
}
