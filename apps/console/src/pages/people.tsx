import { useState } from 'react';
import { get, type Person } from '../api.ts';
import { useApp, useLoad, useWords } from '../state.tsx';
import { Badge, Card, Field, Page, ProblemBox, Table } from '../ui/parts.tsx';

const STEP = 50;

export function People() {
  const words = useWords();
  const { mayChange } = useApp();
  const [search, setSearch] = useState('');
  const [limit, setLimit] = useState(STEP);
  const people = useLoad(
    () => get<{ total: number; people: Person[] }>(`people?limit=${limit}&search=${encodeURIComponent(search)}`),
    [search, limit],
    15_000,
  );
  const shown = people.value?.people ?? [];
  return (
    <Page
      title={words('people')}
      actions={
        mayChange && (
          <a className="button main" href="#/people/new">
            {words('newPerson')}
          </a>
        )
      }
    >
      <Card>
        <search>
          <Field
            label={words('search')}
            type="search"
            hint={words('searchPeople')}
            value={search}
            onChange={setSearch}
          />
        </search>
        <ProblemBox problem={people.problem} />
        <p className="hint" role="status">
          {people.value === undefined ? words('loading') : `${people.value.total} ${words('people')}`}
        </p>
        <Table
          caption={words('people')}
          head={[words('name'), words('email'), words('deskNumber'), words('deskPhone'), words('clients')]}
          rows={shown.map((person) => ({
            key: person.id,
            cells: [
              <a key="name" href={`#/people/${encodeURIComponent(person.id)}`}>
                {person.name}
              </a>,
              person.email,
              person.number ?? '',
              <DeskState key="desk" person={person} />,
              <ClientState key="clients" person={person} />,
            ],
          }))}
        />
        {people.value !== undefined && shown.length < people.value.total && (
          <button type="button" onClick={() => setLimit(Math.min(500, limit + STEP))}>
            {words('more')}
          </button>
        )}
      </Card>
    </Page>
  );
}

export function DeskState({ person }: { person: Person }) {
  const words = useWords();
  if (person.stationState === 'signedOff') return <Badge tone="warn">{words('state.signedOff')}</Badge>;
  if (!person.hasDeskPhone) return <Badge tone="plain">{words('noPhone')}</Badge>;
  return person.isDeskRegistered ? (
    <Badge tone="good">{words('registered')}</Badge>
  ) : (
    <Badge tone="plain">{words('notRegistered')}</Badge>
  );
}

export function ClientState({ person }: { person: Person }) {
  const words = useWords();
  if (person.ufipDevice === undefined) return <Badge tone="plain">{words('noDevice')}</Badge>;
  return person.areClientsRegistered ? (
    <Badge tone="good">{words('registered')}</Badge>
  ) : (
    <Badge tone="plain">{words('notRegistered')}</Badge>
  );
}
