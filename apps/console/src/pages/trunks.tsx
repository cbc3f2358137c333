import { useState } from 'react';
import { ask, get, type Now } from '../api.ts';
import { useDoing, useLoad, useWords } from '../state.tsx';
import { AddLink, Badge, Card, Field, Page, ProblemBox, Table } from '../ui/parts.tsx';

interface TrunkGroup {
  readonly id: string;
  readonly name?: string;
  readonly enabled: boolean;
  readonly mainNumber?: string;
  readonly trunks: readonly {
    readonly id: string;
    readonly peer: { readonly host: string; readonly transport: string };
  }[];
}

interface Route {
  readonly id: string;
  readonly pattern: string;
  readonly elements: readonly { readonly trunkGroup: string }[];
}

export function Trunks() {
  const words = useWords();
  const groups = useLoad(() => get<{ entries: TrunkGroup[] }>('trunk-groups'), []);
  const routes = useLoad(() => get<{ entries: Route[] }>('routes'), []);
  const now = useLoad(() => get<Now>('now'), [], 10_000);
  const stateOf = (trunk: string): string => now.value?.trunks.find((one) => one.trunk === trunk)?.state ?? '–';
  return (
    <Page
      title={words('trunks')}
      actions={
        <>
          <AddLink to="trunk-groups" label={`${words('new')}: ${words('trunkGroup')}`} />
          <AddLink to="routes" label={`${words('new')}: ${words('route')}`} />
        </>
      }
    >
      <Card>
        <ProblemBox problem={groups.problem} />
        <Table
          caption={words('trunks')}
          head={[words('name'), words('number'), words('state'), 'SIP']}
          rows={(groups.value?.entries ?? []).map((group) => ({
            key: group.id,
            cells: [
              <a key="to" href={`#/trunk-groups/${encodeURIComponent(group.id)}`}>
                {group.name ?? group.id}
              </a>,
              group.mainNumber ?? '',
              <Badge key="on" tone={group.enabled ? 'good' : 'plain'}>
                {words(group.enabled ? 'enabled' : 'disabled')}
              </Badge>,
              group.trunks.map(({ id, peer }) => `${peer.host} (${peer.transport}): ${stateOf(id)}`).join(', '),
            ],
          }))}
        />
      </Card>
      <Card title={words('routes')}>
        <Table
          caption={words('routes')}
          head={[words('number'), words('trunks')]}
          rows={(routes.value?.entries ?? []).map((route) => ({
            key: route.id,
            cells: [
              <a key="to" href={`#/routes/${encodeURIComponent(route.id)}`}>
                {route.pattern}
              </a>,
              route.elements.map(({ trunkGroup }) => trunkGroup).join(' → '),
            ],
          }))}
        />
      </Card>
      <NumberReader />
    </Page>
  );
}

function NumberReader() {
  const words = useWords();
  const [station, setStation] = useState('');
  const [dialled, setDialled] = useState('');
  const [answer, setAnswer] = useState<Readonly<Record<string, unknown>>>();
  const doing = useDoing();
  return (
    <Card title={words('readNumber')}>
      <p className="hint">{words('readNumberAbout')}</p>
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          doing.run(async () => {
            setAnswer((await ask<Record<string, unknown>>('POST', 'numbers/read', { station, dialled })).body);
          });
        }}
      >
        <Field label={words('deskNumber')} value={station} onChange={setStation} isRequired />
        <Field label={words('dialled')} value={dialled} onChange={setDialled} isRequired />
        <button type="submit" disabled={doing.isBusy}>
          {words('ask')}
        </button>
      </form>
      <ProblemBox problem={doing.problem} />
      {answer !== undefined && (
        <p role="status">
          <strong>{String(answer.kind)}</strong> {describe(answer)}
        </p>
      )}
    </Card>
  );
}

function describe(answer: Readonly<Record<string, unknown>>): string {
  if (answer.kind === 'refuse') return `${answer.status} ${answer.text}`;
  if (answer.kind === 'station') return String(answer.station);
  if (Array.isArray(answer.attempts)) {
    const ways = answer.attempts as readonly { trunkGroup: string; number: string }[];
    return ways.map(({ trunkGroup, number }) => `${trunkGroup}: ${number}`).join(' → ');
  }
  return '';
}
