import { get } from '../api.ts';
import { useApp, useLoad, useWords } from '../state.tsx';
import { Card, Page, ProblemBox, Table } from '../ui/parts.tsx';
import { span, time } from '../ui/time.ts';
import { type Call, Result, sideText } from './calls.tsx';

interface Leg {
  readonly kind: string;
  readonly station?: string;
  readonly startedAtMs: number;
  readonly alertingAtMs?: number;
  readonly answeredAtMs?: number;
  readonly endedAtMs?: number;
  readonly status?: number;
}

interface Record extends Call {
  readonly detail?: string;
  readonly isEmergency: boolean;
  readonly diversions?: readonly { readonly station: string; readonly reason: string }[];
  readonly legs?: readonly Leg[];
}

/** One call: what became of it, and each device, machine and trunk that was tried. */
export function CallPage({ id }: { id: string }) {
  const words = useWords();
  const { language } = useApp();
  const call = useLoad(() => get<Record>(`calls/${encodeURIComponent(id)}`), [id]);
  const { value } = call;
  return (
    <Page title={words('call')} actions={<a href="#/calls">{words('calls')}</a>}>
      <ProblemBox problem={call.problem} />
      {value !== undefined && (
        <>
          <Card>
            <dl>
              <dt>{words('when')}</dt>
              <dd>{time(value.startedAtMs, language)}</dd>
              <dt>{words('from')}</dt>
              <dd>{sideText(value.caller, words('withheld'))}</dd>
              <dt>{words('dialled')}</dt>
              <dd>{value.dialled}</dd>
              <dt>{words('to')}</dt>
              <dd>{value.callee === undefined ? '–' : sideText(value.callee, words('withheld'))}</dd>
              <dt>{words('result')}</dt>
              <dd>
                <Result result={value.result} />
              </dd>
              <dt>{words('duration')}</dt>
              <dd>{span(value.answeredAtMs, value.endedAtMs) || '–'}</dd>
              {value.isEmergency && (
                <>
                  <dt>{words('emergency')}</dt>
                  <dd>✓</dd>
                </>
              )}
              {(value.diversions ?? []).length > 0 && (
                <>
                  <dt>{words('sentOn')}</dt>
                  <dd>{(value.diversions ?? []).map(({ station }) => station).join(' → ')}</dd>
                </>
              )}
              {value.detail !== undefined && (
                <>
                  <dt>{words('reason')}</dt>
                  <dd lang="en">{value.detail}</dd>
                </>
              )}
              <dt>{words('id')}</dt>
              <dd>
                <code className="long">{value.id}</code>
              </dd>
            </dl>
          </Card>
          <Card title={words('tried')}>
            <Legs legs={value.legs ?? []} />
          </Card>
        </>
      )}
    </Page>
  );
}

function Legs({ legs }: { legs: readonly Leg[] }) {
  const words = useWords();
  const { language } = useApp();
  return (
    <Table
      caption={words('tried')}
      head={[words('device'), words('when'), words('rang'), words('duration'), 'SIP']}
      rows={legs.map((leg, index) => ({
        key: `${index} ${leg.kind}`,
        cells: [
          legName(leg, words),
          time(leg.startedAtMs, language),
          span(leg.alertingAtMs, leg.answeredAtMs ?? leg.endedAtMs) || '–',
          span(leg.answeredAtMs, leg.endedAtMs) || '–',
          String(leg.status ?? ''),
        ],
      }))}
    />
  );
}

function legName({ kind, station }: Leg, words: ReturnType<typeof useWords>): string {
  const [what = '', which] = kind.split(':');
  return [words(`leg.${what}`), which, station].filter((part) => part !== undefined).join(' ');
}
