import { type ReactNode, useState } from 'react';
import { ask, type DirectoryAccess, get, type Invited, type Standing } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { GoodBox, ProblemBox } from './parts.tsx';
import { time } from './time.ts';

/** Sends an invitation; the directory is synchronised by itself afterwards. */
export async function invite(person: string): Promise<Invited> {
  return (await ask<Invited>('POST', `people/${encodeURIComponent(person)}/invitation`)).body;
}

/** What came of an invitation: that a mail went out, or where it lies and the link in it. */
export function InvitedBox({ invited, email }: { invited: Invited; email: string }) {
  const words = useWords();
  if (invited.state === 'accepted') return <GoodBox>{words('acceptedNow')}</GoodBox>;
  if (invited.link === undefined)
    return (
      <GoodBox>
        {words('invitedNow')} {email}.
      </GoodBox>
    );
  return <KeptMail link={invited.link} file={invited.file} />;
}

/** The link of a mail that nobody carries, to be handed over. */
export function KeptMail({ link, file }: { link: string; file: string | undefined }) {
  const words = useWords();
  return (
    <div className="box good" role="status">
      <p>{words('keptMail')}</p>
      <p>
        <code className="long">{link}</code>
      </p>
      {file !== undefined && (
        <p className="hint">
          {words('keptIn')} <code className="long">{file}</code>
        </p>
      )}
    </div>
  );
}

/** What is to be configured before anybody can be invited from here. */
export function AccessHint({ access }: { access: DirectoryAccess | undefined }) {
  const words = useWords();
  if (access === undefined || access === 'ready') return null;
  return <p className="hint">{words(`access.${access}`)}</p>;
}

/** How far a person is in the directory of the cloud, and the button that invites them. */
export function Invitation({ person, email }: { person: string; email: string }) {
  const words = useWords();
  const { mayChange } = useApp();
  const [invited, setInvited] = useState<Invited>();
  const standing = useLoad(
    () => get<Standing>(`people/${encodeURIComponent(person)}/directory`),
    [person, invited],
    15_000,
  );
  const doing = useDoing();
  const { value } = standing;
  const canInvite = mayChange && value?.state !== undefined && value.state !== 'accepted';
  return (
    <>
      <ProblemBox problem={standing.problem} />
      <AccessHint access={value?.access} />
      {value?.state !== undefined && <p>{<StandingWords standing={value} />}</p>}
      <ProblemBox problem={doing.problem} />
      {invited !== undefined && <InvitedBox invited={invited} email={email} />}
      {canInvite && (
        <button
          type="button"
          disabled={doing.isBusy}
          onClick={() => doing.run(async () => setInvited(await invite(person)))}
        >
          {words(value.state === 'invited' ? 'inviteAgain' : 'invite')}
        </button>
      )}
    </>
  );
}

function StandingWords({ standing: { state, sentAtMs, expiresAtMs } }: { standing: Standing }): ReactNode {
  const words = useWords();
  const { language } = useApp();
  if (state !== 'invited' || sentAtMs === undefined || expiresAtMs === undefined) return words(`standing.${state}`);
  return `${words('standing.invited')} ${time(sentAtMs, language)}, ${words('goodUntil')} ${time(expiresAtMs, language)}.`;
}
