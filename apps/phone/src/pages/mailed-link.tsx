import type { MailedTokenView } from '@unisono/phone';
import { useEffect, useState } from 'react';
import { problemText, useDoing, usePhone } from '../phone-context.ts';
import { Field, Problem } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';

/** The link of an invitation, or for a new password. */
export function MailedLink({ token }: { token: string }) {
  const words = useWords();
  const { signIn: links } = usePhone();
  const doing = useDoing();
  const [view, setView] = useState<MailedTokenView>();
  const [problem, setProblem] = useState<string>();
  const [password, setPassword] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at once for each link
  useEffect(() => {
    links.lookAtLink(token).then((looked) => {
      if (looked.ok) setView(looked.value);
      else setProblem(problemText(words, looked.problem));
    });
  }, [token, links]);
  const finish = async (): Promise<void> => {
    // biome-ignore lint/correctness/useHookAtTopLevel: a command of the phone, no hook
    const outcome = await doing.run(links.useLink(token, password));
    if (outcome.ok) history.replaceState(null, '', '/#/keypad');
  };
  if (view === undefined) return problem === undefined ? <p>{words('loading')}</p> : <Problem text={problem} />;
  const isInvitation = view.purpose === 'invitation';
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        finish();
      }}
    >
      <p>{words(isInvitation ? 'invitationFor' : 'resetFor', { name: view.name, company: view.tenantName })}</p>
      <Problem text={doing.problem} />
      <Field
        label={words('newPassword')}
        type="password"
        autoComplete="new-password"
        value={password}
        isRequired
        hasFocus
        onChange={setPassword}
      />
      <button type="submit" className="button main wide" disabled={doing.isBusy}>
        {words('signIn')}
      </button>
    </form>
  );
}
