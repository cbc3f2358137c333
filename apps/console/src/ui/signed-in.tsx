import { useState } from 'react';
import { ask, get, type Invited, type Standing } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { KeptMail } from './invitation.tsx';
import { GoodBox, ProblemBox, Table } from './parts.tsx';
import { time } from './time.ts';

interface Device {
  readonly installationId: string;
  readonly name: string;
  readonly platform: string;
  readonly lastSeenAtMs: number;
}

/** Where a person is signed in to Unisono Phone, ended one by one or all; and what helps who has lost password or second factor. */
export function SignedIn({ person, email }: { person: string; email: string }) {
  const words = useWords();
  const { mayChange } = useApp();
  const at = `people/${encodeURIComponent(person)}`;
  const standing = useLoad(() => get<Standing>(`${at}/directory`), [person], 15_000);
  const isIn = standing.value?.state === 'accepted' || standing.value?.state === 'off';
  if (!isIn) return <p className="hint">{words('signedInNever')}</p>;
  return (
    <>
      <Devices at={at} />
      {mayChange && (
        <Rescue
          at={at}
          email={email}
          hasSecondFactor={standing.value?.hasSecondFactor === true}
          onDone={standing.reload}
        />
      )}
    </>
  );
}

function Devices({ at }: { at: string }) {
  const words = useWords();
  const { language, mayChange } = useApp();
  const devices = useLoad(() => get<{ devices: Device[] }>(`${at}/devices`), [at], 15_000);
  const doing = useDoing();
  const all = devices.value?.devices ?? [];
  const signOut = (path: string): void =>
    doing.run(async () => {
      await ask('DELETE', path);
      devices.reload();
    });
  return (
    <>
      <ProblemBox problem={devices.problem ?? doing.problem} />
      {devices.value !== undefined && (
        <Table
          caption={words('signedIn')}
          head={[words('device'), words('lastUse'), ...(mayChange ? [words('signOut')] : [])]}
          rows={all.map(({ installationId, name, lastSeenAtMs }) => ({
            key: installationId,
            cells: [
              name,
              time(lastSeenAtMs, language),
              ...(mayChange
                ? [
                    <button
                      key="out"
                      type="button"
                      disabled={doing.isBusy}
                      aria-label={`${words('signOutDevice')}: ${name}`}
                      onClick={() => signOut(`${at}/devices/${encodeURIComponent(installationId)}`)}
                    >
                      {words('signOutDevice')}
                    </button>,
                  ]
                : []),
            ],
          }))}
        />
      )}
      {mayChange && all.length > 0 && (
        <div className="row">
          <button type="button" disabled={doing.isBusy} onClick={() => signOut(`${at}/devices`)}>
            {words('signOutAll')}
          </button>
        </div>
      )}
    </>
  );
}

interface RescueProps {
  readonly at: string;
  readonly email: string;
  readonly hasSecondFactor: boolean;
  readonly onDone: () => void;
}

function Rescue({ at, email, hasSecondFactor, onDone }: RescueProps) {
  const words = useWords();
  const doing = useDoing();
  const [sent, setSent] = useState<Invited>();
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <div className="row">
        <button
          type="button"
          disabled={doing.isBusy}
          onClick={() => doing.run(async () => setSent((await ask<Invited>('POST', `${at}/password-reset`)).body))}
        >
          {words('passwordReset')}
        </button>
        {hasSecondFactor && (
          <button type="button" disabled={doing.isBusy} onClick={() => setAsking(!isAsking)}>
            {words('factorReset')}
          </button>
        )}
      </div>
      {isAsking && hasSecondFactor && (
        <div className="box">
          <p>{words('factorResetAbout')}</p>
          <button
            type="button"
            className="danger"
            disabled={doing.isBusy}
            onClick={() =>
              doing.run(async () => {
                await ask('DELETE', `${at}/second-factor`);
                setAsking(false);
                onDone();
              })
            }
          >
            {words('factorResetNow')}
          </button>
        </div>
      )}
      <ProblemBox problem={doing.problem} />
      {sent !== undefined &&
        (sent.link === undefined ? (
          <GoodBox>
            {words('passwordResetSent')} {email}.
          </GoodBox>
        ) : (
          <KeptMail link={sent.link} file={sent.file} />
        ))}
    </>
  );
}
