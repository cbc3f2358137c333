import { useState } from 'react';
import { ask, get } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { Card, GoodBox, Page, ProblemBox, Table } from '../ui/parts.tsx';
import { time } from '../ui/time.ts';

interface Entry {
  readonly sequence: number;
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly detail: unknown;
}

export function Audit() {
  const words = useWords();
  const { language } = useApp();
  const entries = useLoad(() => get<{ entries: Entry[] }>('audit?limit=200'), []);
  const [verdict, setVerdict] = useState<{ isWhole: boolean; problem?: string }>();
  const doing = useDoing();
  return (
    <Page
      title={words('audit')}
      actions={
        <button
          type="button"
          disabled={doing.isBusy}
          onClick={() =>
            doing.run(async () =>
              setVerdict((await ask<{ isWhole: boolean; problem?: string }>('POST', 'audit/verify')).body),
            )
          }
        >
          {words('verify')}
        </button>
      }
    >
      <Card>
        <ProblemBox problem={entries.problem ?? doing.problem} />
        {verdict?.isWhole === true && <GoodBox>{words('chainWhole')}</GoodBox>}
        {verdict?.isWhole === false && (
          <div className="box bad" role="alert">
            {verdict.problem}
          </div>
        )}
        <Table
          caption={words('audit')}
          head={[words('when'), words('whoDid'), words('what')]}
          rows={(entries.value?.entries ?? []).map((entry) => ({
            key: String(entry.sequence),
            cells: [
              time(entry.atMs, language),
              entry.actor,
              <span key="what">
                {entry.action} <code>{entry.target}</code> <small className="hint">{fieldsOf(entry.detail)}</small>
              </span>,
            ],
          }))}
        />
      </Card>
    </Page>
  );
}

function fieldsOf(detail: unknown): string {
  if (!Array.isArray(detail)) return '';
  const fields = detail as readonly { field: string; before?: unknown; after?: unknown }[];
  return fields
    .map(({ field, before, after }) => `${field}: ${shown(before)} → ${shown(after)}`)
    .join(', ')
    .slice(0, 300);
}

function shown(value: unknown): string {
  return value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
}
