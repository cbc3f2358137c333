import { useState } from 'react';
import { ask, get } from '../api.ts';
import { useDoing, useLoad, useWords } from '../state.tsx';
import { ProblemBox } from './parts.tsx';

interface Account {
  readonly username: string;
  readonly password: string;
}

interface DeskPhoneProps {
  /** Its id. */
  readonly station: string;
  readonly hasPhone: boolean;
  readonly onDone: () => void;
}

/** The desk phone of a station: given, its password renewed, taken away. */
export function DeskPhone({ station, hasPhone, onDone }: DeskPhoneProps) {
  const words = useWords();
  const doing = useDoing();
  const [made, setMade] = useState<Account>();
  const [isAsking, setAsking] = useState(false);
  const at = `stations/${encodeURIComponent(station)}`;
  const make = (path: string): void =>
    doing.run(async () => {
      setMade((await ask<Account>('POST', `${at}/${path}`)).body);
      setAsking(false);
      onDone();
    });
  const takeAway = (): void =>
    doing.run(async () => {
      await ask('DELETE', `${at}/desk-phone`);
      setMade(undefined);
      setAsking(false);
      onDone();
    });
  return (
    <>
      <div className="row">
        {hasPhone ? (
          <>
            <button type="button" disabled={doing.isBusy} onClick={() => make('password')}>
              {words('newPassword')}: {words('deskPhone')}
            </button>
            <button type="button" disabled={doing.isBusy} onClick={() => setAsking(!isAsking)}>
              {words('deskPhoneTake')}
            </button>
          </>
        ) : (
          <button type="button" disabled={doing.isBusy} onClick={() => make('desk-phone')}>
            {words('deskPhoneGive')}
          </button>
        )}
      </div>
      {isAsking && (
        <div className="box">
          <p>{words('deskPhoneTakeAbout')}</p>
          <button type="button" className="danger" disabled={doing.isBusy} onClick={takeAway}>
            {words('deskPhoneTakeNow')}
          </button>
        </div>
      )}
      <ProblemBox problem={doing.problem} />
      {made !== undefined && <PhoneAccount account={made} />}
    </>
  );
}

/** What is typed into a desk phone; the password is shown this once. */
export function PhoneAccount({ account: { username, password } }: { account: Account }) {
  const words = useWords();
  return (
    <div className="box good" role="status">
      <p>{words('passwordsOnce')}</p>
      <dl>
        <dt>{words('username')}</dt>
        <dd>
          <code>{username}</code>
        </dd>
        <dt>{words('password')}</dt>
        <dd>
          <code>{password}</code>
        </dd>
      </dl>
      <PhonePlaces />
    </div>
  );
}

interface Access {
  readonly domain: string;
  readonly places: readonly { readonly transport: string; readonly host: string; readonly port: number }[];
}

/** Server, port and transport that a desk phone is given. */
export function PhonePlaces() {
  const words = useWords();
  const access = useLoad(() => get<Access>('phone-access'), []);
  if (access.value === undefined) return null;
  const { domain, places } = access.value;
  return (
    <dl>
      <dt>{words('phoneServer')}</dt>
      <dd>
        <ul className="plain">
          {places.map(({ transport, host, port }) => (
            <li key={`${transport} ${host} ${port}`}>
              <code>
                {host.includes(':') ? `[${host}]` : host}:{port}
              </code>{' '}
              {transport.toUpperCase()}
            </li>
          ))}
        </ul>
      </dd>
      <dt>{words('phoneDomain')}</dt>
      <dd>
        <code>{domain}</code>
      </dd>
    </dl>
  );
}
