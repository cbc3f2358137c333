import type { MailedTokenView } from '@unisono/phone';
import { useEffect, useState } from 'react';
import { problemText, useDoing, usePhone } from '../phone-context.ts';
import { Field, Problem } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';

/** The secret of a mailed link, when the page was opened by one. */
export function mailedToken(): string | undefined {
  return /^\/(welcome|password)$/.test(location.pathname) ? location.hash.slice(1) || undefined : undefined;
}

interface MailedLinkProps {
  readonly token: string;
  /** The link has done what it can: somebody is signed in, or has to sign in, at that company with that address. */
  readonly onEnd: (account?: Pick<MailedTokenView, 'tenant' | 'email'>) => void;
}

/** The link of an invitation, or for a new password. */
export function MailedLink({ token, onEnd }: MailedLinkProps) {
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
    if (outcome.ok) onEnd();
    // The password is set; the link alone lets nobody in who has a second factor.
    else if (outcome.problem.code === 'secondFactorRequired') onEnd(view);
  };
  if (view === undefined)
    return problem === undefined ? (
      <p>{words('loading')}</p>
    ) : (
      <div className="stack">
        <Problem text={problem} />
        <button type="button" className="button main wide" onClick={() => onEnd()}>
          {words('signIn')}
        </button>
      </div>
    );
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
        hint={words('passwordRule')}
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
      <button type="button" className="button quiet" onClick={() => onEnd()}>
        {words('cancel')}
      </button>
    </form>
  );
}
