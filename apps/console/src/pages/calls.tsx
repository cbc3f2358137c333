import { useState } from 'react';
import { get } from '../api.ts';
import { useApp, useLoad, useWords } from '../state.tsx';
import { Card, Field, Page, ProblemBox, Table } from '../ui/parts.tsx';
import { span, time } from '../ui/time.ts';

interface Side {
  readonly number?: string;
  readonly name?: string;
}

interface Call {
  readonly id: string;
  readonly startedAtMs: number;
  readonly answeredAtMs?: number;
  readonly endedAtMs?: number;
  readonly caller: Side;
  readonly callee?: Side;
  readonly dialled: string;
  readonly result?: string;
}

export function Calls() {
  const words = useWords();
  const { language } = useApp();
  const [search, setSearch] = useState('');
  const calls = useLoad(
    () => get<{ calls: Call[] }>(`calls?limit=200&search=${encodeURIComponent(search)}`),
    [search],
    15_000,
  );
  return (
    <Page
      title={words('calls')}
      actions={
        <a className="button" href="/api/v1/calls.csv?limit=10000" download>
          CSV
        </a>
      }
    >
      <Card>
        <search>
          <Field label={words('search')} type="search" value={search} onChange={setSearch} />
        </search>
        <ProblemBox problem={calls.problem} />
        <Table
          caption={words('calls')}
          head={[words('when'), words('from'), words('to'), words('result'), words('duration')]}
          rows={(calls.value?.calls ?? []).map((call) => ({
            key: call.id,
            cells: [
              time(call.startedAtMs, language),
              side(call.caller),
              side(call.callee ?? { number: call.dialled }),
              call.result ?? '',
              span(call.answeredAtMs, call.endedAtMs),
            ],
          }))}
        />
      </Card>
    </Page>
  );
}

function side({ number, name }: Side): string {
  return [number, name].filter((part) => part !== undefined).join(' ');
}
