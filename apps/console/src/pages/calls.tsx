import { useState } from 'react';
import { get } from '../api.ts';
import { useApp, useLoad, useWords } from '../state.tsx';
import { Badge, Card, Field, Page, ProblemBox, Select, Table, type Tone } from '../ui/parts.tsx';
import { span, time } from '../ui/time.ts';

export interface Side {
  readonly number?: string;
  readonly name?: string;
}

export interface Call {
  readonly id: string;
  readonly startedAtMs: number;
  readonly answeredAtMs?: number;
  readonly endedAtMs?: number;
  readonly caller: Side;
  readonly callee?: Side;
  readonly dialled: string;
  readonly result?: string;
}

const RESULTS = [
  'answered',
  'voicemail',
  'noAnswer',
  'busy',
  'declined',
  'cancelled',
  'unreachable',
  'refused',
  'failed',
  'interrupted',
] as const;
const TONES: Readonly<Record<string, Tone>> = { answered: 'good', refused: 'warn', failed: 'bad', interrupted: 'bad' };
const DAY_MS = 86_400_000;

export function Calls() {
  const words = useWords();
  const { language } = useApp();
  const [search, setSearch] = useState('');
  const [result, setResult] = useState('');
  const [from, setFrom] = useState('');
  const [until, setUntil] = useState('');
  const asked = new URLSearchParams({
    ...(search !== '' && { search }),
    ...(result !== '' && { result }),
    ...(from !== '' && { sinceMs: String(dayMs(from)) }),
    ...(until !== '' && { untilMs: String(dayMs(until) + DAY_MS) }),
  }).toString();
  const calls = useLoad(() => get<{ calls: Call[] }>(`calls?limit=200&${asked}`), [asked], 15_000);
  return (
    <Page
      title={words('calls')}
      actions={
        <a className="button" href={`/api/v1/calls.csv?limit=10000&${asked}`} download>
          CSV
        </a>
      }
    >
      <Card>
        <search className="fields">
          <Field label={words('searchCalls')} type="search" value={search} onChange={setSearch} />
          <Select
            label={words('result')}
            value={result}
            options={[['', words('all')], ...RESULTS.map((one) => [one, words(`result.${one}`)] as const)]}
            onChange={setResult}
          />
          <Field label={words('fromDay')} type="date" value={from} onChange={setFrom} />
          <Field label={words('untilDay')} type="date" value={until} onChange={setUntil} />
        </search>
        <ProblemBox problem={calls.problem} />
        <Table
          caption={words('calls')}
          head={[words('when'), words('from'), words('to'), words('result'), words('duration')]}
          rows={(calls.value?.calls ?? []).map((call) => ({
            key: call.id,
            cells: [
              <a key="to" href={`#/calls/${encodeURIComponent(call.id)}`}>
                {time(call.startedAtMs, language)}
              </a>,
              sideText(call.caller, words('withheld')),
              sideText(call.callee ?? { number: call.dialled }, words('withheld')),
              <Result key="result" result={call.result} />,
              span(call.answeredAtMs, call.endedAtMs),
            ],
          }))}
        />
      </Card>
    </Page>
  );
}

export function Result({ result }: { result: string | undefined }) {
  const words = useWords();
  if (result === undefined) return null;
  return <Badge tone={TONES[result] ?? 'plain'}>{words(`result.${result}`)}</Badge>;
}

export function sideText({ number, name }: Side, withheld: string): string {
  const parts = [number, name].filter((part) => part !== undefined);
  return parts.length === 0 ? withheld : parts.join(' ');
}

/** Midnight, here, at which a day begins. */
function dayMs(day: string): number {
  return new Date(`${day}T00:00`).getTime();
}
