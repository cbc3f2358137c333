import { useState } from 'react';
import { ask, get, type Now } from '../api.ts';
import { useDoing, useLoad, useWords } from '../state.tsx';
import { AddLink, Badge, Card, Field, Page, ProblemBox, Table, type Tone } from '../ui/parts.tsx';

interface TrunkGroup {
  readonly id: string;
  readonly name?: string;
  readonly enabled: boolean;
  readonly mainNumber?: string;
  readonly trunks: readonly {
    readonly id: string;
    readonly enabled: boolean;
    readonly peer: { readonly host: string; readonly port?: number; readonly transport: string };
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
  const now = useLoad(() => get<Now>('now'), [], 5_000);
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
        <ProblemBox problem={groups.problem ?? now.problem} />
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
              <ul key="trunks" className="plain">
                {group.trunks.map((trunk) => (
                  <li key={trunk.id}>
                    <code>{placeOf(trunk.peer)}</code>{' '}
                    <TrunkState
                      isOn={group.enabled && trunk.enabled}
                      now={now.value?.trunks.find((one) => one.trunk === `${group.id}/${trunk.id}`)}
                    />
                  </li>
                ))}
              </ul>,
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

function placeOf({ host, port, transport }: TrunkGroup['trunks'][number]['peer']): string {
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${shown}${port === undefined ? '' : `:${port}`} ${transport.toUpperCase()}`;
}

const TONES: Readonly<Record<string, Tone>> = { up: 'good', down: 'bad', unknown: 'warn', unsupervised: 'plain' };

/** Whether a trunk works at this moment, and why not. */
function TrunkState({ isOn, now }: { isOn: boolean; now: Now['trunks'][number] | undefined }) {
  const words = useWords();
  if (!isOn) return <Badge tone="plain">{words('disabled')}</Badge>;
  if (now === undefined) return '–';
  return (
    <>
      <Badge tone={TONES[now.state] ?? 'plain'}>{words(`trunkState.${now.state}`)}</Badge>
      {now.problem !== undefined && (
        <span className="bad-text">
          {' '}
          {words(`trunkProblem.${now.problem.step}`)}: {words(`heard.${now.problem.why}`)}
        </span>
      )}
    </>
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
