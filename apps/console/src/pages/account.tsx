import { useState } from 'react';
import { ask } from '../api.ts';
import { useApp, useDoing, useWords } from '../state.tsx';
import { Card, Field, GoodBox, Page, ProblemBox } from '../ui/parts.tsx';
import { SecondFactor } from './second-factor.tsx';

/** The own account: who one is, and the password. */
export function Account() {
  const words = useWords();
  const { session } = useApp();
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [isDone, setDone] = useState(false);
  const doing = useDoing();
  return (
    <Page title={words('account')}>
      <Card title={`${session.name} · ${words(`role.${session.role}`)}`}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            setDone(false);
            doing.run(async () => {
              await ask('POST', 'session/password', { current, next });
              setCurrent('');
              setNext('');
              setDone(true);
            });
          }}
        >
          <Field
            label={words('passwordNow')}
            type="password"
            autoComplete="current-password"
            value={current}
            onChange={setCurrent}
            isRequired
          />
          <Field
            label={words('passwordNext')}
            type="password"
            autoComplete="new-password"
            hint={words('passwordHint')}
            value={next}
            onChange={setNext}
            isRequired
          />
          <ProblemBox problem={doing.problem} />
          {isDone && <GoodBox>{words('passwordChanged')}</GoodBox>}
          <button type="submit" disabled={doing.isBusy}>
            {words('passwordChange')}
          </button>
        </form>
      </Card>
      <SecondFactor />
    </Page>
  );
}
