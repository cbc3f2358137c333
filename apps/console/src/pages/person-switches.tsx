import { useState } from 'react';
import { ask, type Person } from '../api.ts';
import { useDoing, useWords } from '../state.tsx';
import { ListingSwitch } from '../ui/listing.tsx';
import { ProblemBox } from '../ui/parts.tsx';

/** Unisono Phone and the mailbox of a person, on and off. */
export function PersonSwitches({ person, onDone }: { person: Person; onDone: () => void }) {
  const words = useWords();
  const doing = useDoing();
  const [isAsking, setAsking] = useState(false);
  const path = encodeURIComponent(person.id);
  const hasPhone = person.ufipDevice !== undefined;
  const run = (work: () => Promise<unknown>): void =>
    doing.run(async () => {
      await work();
      setAsking(false);
      onDone();
    });
  const setMailbox = (hasOne: boolean) => ask(hasOne ? 'PUT' : 'DELETE', `people/${path}/mailbox`);
  return (
    <>
      <div className="row">
        {hasPhone ? (
          <button type="button" disabled={doing.isBusy} onClick={() => setAsking(!isAsking)}>
            {words('phoneSwitchOff')}
          </button>
        ) : (
          <button
            type="button"
            disabled={doing.isBusy || person.number === undefined}
            onClick={() => run(() => ask('PUT', `people/${path}/phone`))}
          >
            {words('phoneSwitchOn')}
          </button>
        )}
        <button type="button" disabled={doing.isBusy} onClick={() => run(() => setMailbox(!person.mailbox))}>
          {words(person.mailbox ? 'mailboxSwitchOff' : 'mailboxSwitchOn')}
        </button>
        {person.hasMailboxPin && (
          <button
            type="button"
            disabled={doing.isBusy}
            title={words('pinResetAbout')}
            onClick={() => run(() => ask('DELETE', `people/${path}/mailbox-pin`))}
          >
            {words('pinReset')}
          </button>
        )}
        {person.station !== undefined && (
          <ListingSwitch station={person.station} isUnlisted={person.isUnlisted} isBusy={doing.isBusy} run={run} />
        )}
      </div>
      {isAsking && (
        <div className="box">
          <p>{words('phoneSwitchOffAbout')}</p>
          <button
            type="button"
            className="danger"
            disabled={doing.isBusy}
            onClick={() => run(() => ask('DELETE', `people/${path}/phone`))}
          >
            {words('disabled')}: {words('phone')}
          </button>
        </div>
      )}
      <ProblemBox problem={doing.problem} />
    </>
  );
}
