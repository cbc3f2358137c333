import { useState } from 'react';
import { ask, get, type Person, type Removed } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { DeskPhone } from '../ui/desk-phone.tsx';
import { Invitation } from '../ui/invitation.tsx';
import { Listing } from '../ui/listing.tsx';
import { Badge, Card, Field, GoodBox, Page, ProblemBox } from '../ui/parts.tsx';
import { SignedIn } from '../ui/signed-in.tsx';
import { ClientState, DeskState } from './people.tsx';
import { PersonSwitches } from './person-switches.tsx';
import { PersonRemoved, RemovePerson } from './remove-person.tsx';
import { WhereCallsGo } from './where-calls-go.tsx';

interface UserEntry {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export function PersonPage({ id }: { id: string }) {
  const words = useWords();
  const { mayChange } = useApp();
  const path = encodeURIComponent(id);
  const user = useLoad(() => ask<UserEntry>('GET', `users/${path}`), [id]);
  const people = useLoad(() => get<{ people: Person[] }>(`people?search=${path}&limit=100`), [id], 10_000);
  const [removed, setRemoved] = useState<Removed>();
  const person = people.value?.people.find((one) => one.id === id);
  if (removed !== undefined) return <PersonRemoved name={user.value?.body.name ?? id} removed={removed} />;
  return (
    <Page title={user.value?.body.name ?? id} actions={<a href="#/people">{words('people')}</a>}>
      <ProblemBox problem={user.problem} />
      {user.value !== undefined && (
        <div className="grid wide">
          <WhereCallsGo person={id} />
          <Card title={words('devices')}>
            {person !== undefined && (
              <dl>
                <dt>{words('deskNumber')}</dt>
                <dd>
                  {person.station === undefined ? (
                    '–'
                  ) : (
                    <a href={`#/stations/${encodeURIComponent(person.station)}`}>{person.number}</a>
                  )}
                </dd>
                <dt>{words('deskPhone')}</dt>
                <dd>
                  <DeskState person={person} />
                </dd>
                <dt>{words('clients')}</dt>
                <dd>
                  <ClientState person={person} />
                </dd>
                {person.station !== undefined && (
                  <>
                    <dt>{words('listing')}</dt>
                    <dd>
                      <Listing isUnlisted={person.isUnlisted} />
                    </dd>
                  </>
                )}
                <dt>{words('mailbox')}</dt>
                <dd>
                  <Badge tone={person.mailbox ? 'good' : 'plain'}>
                    {words(person.mailbox ? 'enabled' : 'disabled')}
                  </Badge>
                </dd>
              </dl>
            )}
            {mayChange && person !== undefined && (
              <>
                <PersonSwitches
                  person={person}
                  onDone={() => {
                    user.reload();
                    people.reload();
                  }}
                />
                {person.station !== undefined && (
                  <DeskPhone station={person.station} hasPhone={person.hasDeskPhone} onDone={people.reload} />
                )}
                <OtherSoftphone person={person} />
              </>
            )}
          </Card>
          <Card title={words('invitation')}>
            <Invitation person={id} email={user.value.body.email} />
          </Card>
          <Card title={words('signedIn')}>
            <SignedIn person={id} email={user.value.body.email} />
          </Card>
          {mayChange && (
            <Card title={words('personData')}>
              <UserForm key={user.value.etag} user={user.value.body} etag={user.value.etag} onDone={user.reload} />
            </Card>
          )}
          {mayChange && person !== undefined && (
            <Card title={words('removePerson')}>
              <RemovePerson
                id={id}
                etag={user.value.etag}
                hasNumber={person.number !== undefined}
                onRemoved={setRemoved}
              />
            </Card>
          )}
        </div>
      )}
    </Page>
  );
}

function UserForm({ user, etag, onDone }: { user: UserEntry; etag: string | undefined; onDone: () => void }) {
  const words = useWords();
  const [name, setName] = useState(user.name);
  const [email, setEmail] = useState(user.email);
  const doing = useDoing();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        doing.run(async () => {
          await ask('PATCH', `users/${encodeURIComponent(user.id)}`, { name, email }, { 'if-match': etag ?? '' });
          onDone();
        });
      }}
    >
      <Field label={words('name')} value={name} onChange={setName} isRequired />
      <Field label={words('email')} value={email} hint={words('emailHint')} onChange={setEmail} isRequired />
      <ProblemBox problem={doing.problem} />
      {doing.problem?.code === 'stale' && (
        <button type="button" onClick={onDone}>
          ↻
        </button>
      )}
      <button type="submit" disabled={doing.isBusy || (name === user.name && email === user.email)}>
        {words('save')}
      </button>
    </form>
  );
}

function OtherSoftphone({ person: { ufipDevice } }: { person: Person }) {
  const words = useWords();
  const doing = useDoing();
  const [made, setMade] = useState<{ username: string; password: string }>();
  if (ufipDevice === undefined) return null;
  const make = (): void =>
    doing.run(async () =>
      setMade((await ask<{ username: string; password: string }>('POST', `ufip-devices/${ufipDevice}/password`)).body),
    );
  return (
    <>
      <div className="row">
        <button type="button" disabled={doing.isBusy} onClick={make}>
          {words('otherSoftphonePassword')}
        </button>
      </div>
      <ProblemBox problem={doing.problem} />
      {made !== undefined && (
        <GoodBox>
          <p>{words('shownOnce')}</p>
          <p>
            <Badge tone="plain">{made.username}</Badge> <code>{made.password}</code>
          </p>
        </GoodBox>
      )}
    </>
  );
}
