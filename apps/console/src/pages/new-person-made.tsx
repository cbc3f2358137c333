import { useState } from 'react';
import type { Invited, Problem } from '../api.ts';
import { useDoing, useWords } from '../state.tsx';
import { PhonePlaces } from '../ui/desk-phone.tsx';
import { InvitedBox, invite } from '../ui/invitation.tsx';
import { Card, GoodBox, Page, ProblemBox, Table } from '../ui/parts.tsx';

/** A person who was just made. */
export interface Made {
  readonly id: string;
  readonly email: string;
  readonly credentials: readonly { device: string; username: string; password: string }[];
  /** What came of the invitation; absent: none was wanted, or it failed for the reason in `problem`. */
  readonly invited?: Invited;
  readonly problem?: Problem;
}

/** After the last step: the password of the desk phone, and what came of the invitation. */
export function PersonMade({ made }: { made: Made }) {
  const words = useWords();
  const desk = made.credentials.filter(({ device }) => device === 'desk');
  const clients = made.credentials.filter(({ device }) => device !== 'desk');
  return (
    <Page title={words('newPerson')}>
      <Card>
        <GoodBox>{words('created')}</GoodBox>
        <FirstInvitation made={made} />
        {desk.length > 0 && (
          <>
            <h2>{words('deskPhone')}</h2>
            <p>{words('passwordsOnce')}</p>
            <Accounts caption={words('deskPhone')} accounts={desk} />
            <PhonePlaces />
          </>
        )}
        {clients.length > 0 && (
          <details>
            <summary>{words('otherSoftphone')}</summary>
            <p className="hint">{words('otherSoftphoneAbout')}</p>
            <Accounts caption={words('otherSoftphone')} accounts={clients} />
          </details>
        )}
        <a className="button main" href={`#/people/${encodeURIComponent(made.id)}`}>
          {words('done')}
        </a>
      </Card>
    </Page>
  );
}

function FirstInvitation({ made }: { made: Made }) {
  const words = useWords();
  const doing = useDoing();
  const [later, setLater] = useState<Invited>();
  const invited = later ?? made.invited;
  if (invited !== undefined) return <InvitedBox invited={invited} email={made.email} />;
  if (made.problem === undefined) return null;
  return (
    <>
      <ProblemBox problem={doing.problem ?? made.problem} />
      <button
        type="button"
        disabled={doing.isBusy}
        onClick={() => doing.run(async () => setLater(await invite(made.id)))}
      >
        {words('inviteAgain')}
      </button>
    </>
  );
}

function Accounts({ caption, accounts }: { caption: string; accounts: Made['credentials'] }) {
  const words = useWords();
  return (
    <Table
      caption={caption}
      head={[words('username'), words('password')]}
      rows={accounts.map(({ device, username, password }) => ({
        key: device,
        cells: [<code key="name">{username}</code>, <code key="word">{password}</code>],
      }))}
    />
  );
}
