import { type ReactNode, useState } from 'react';
import { ask } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { Card, GoodBox, Page, ProblemBox } from '../ui/parts.tsx';
import { type Draft, newRow, patchBetween } from './draft.ts';
import { Fields } from './fields.tsx';
import type { EntryKind } from './kinds.ts';

/** One entry of the system data, to be changed; without an id a new one. */
export function EntryPage({
  kind,
  id,
  beside,
}: {
  kind: EntryKind;
  id: string | undefined;
  /** What is shown below the fields of an entry that is there; `reload` reads the entry again. */
  beside?: (entry: Draft, reload: () => void) => ReactNode;
}) {
  const words = useWords();
  const at = `${kind.path}/${encodeURIComponent(id ?? '')}`;
  const found = useLoad(
    async () =>
      id === undefined
        ? { body: { ...newRow(kind.fields), ...(await kind.suggested?.()) }, etag: undefined }
        : await ask<Draft>('GET', at),
    [kind, id],
  );
  const title = id === undefined ? `${words('new')}: ${words(kind.one)}` : `${words(kind.one)} ${id}`;
  return (
    <Page title={title} actions={<a href={`#/${kind.listAt}`}>{words('back')}</a>}>
      <ProblemBox problem={found.problem} />
      {found.value !== undefined && (
        <EntryForm key={found.value.etag} kind={kind} id={id} stored={found.value.body} etag={found.value.etag} />
      )}
      {found.value !== undefined && id !== undefined && beside?.(found.value.body, found.reload)}
    </Page>
  );
}

interface FormProps {
  readonly kind: EntryKind;
  readonly id: string | undefined;
  readonly stored: Draft;
  readonly etag: string | undefined;
}

function EntryForm({ kind, id, stored, etag }: FormProps) {
  const words = useWords();
  const { isAdmin, mayChange } = useApp();
  const isAllowed = kind.changedBy === 'helpdesk' ? mayChange : isAdmin;
  const [base, setBase] = useState({ stored, etag });
  const [draft, setDraft] = useState(stored);
  const [told, setTold] = useState<'checkedGood' | 'checkedChange' | 'saved'>();
  const [isLeaving, setLeaving] = useState(false);
  const doing = useDoing();
  const at = `${kind.path}/${encodeURIComponent(id ?? '')}`;
  const headers = { 'if-match': base.etag ?? '' };
  const send = (query: string) =>
    id === undefined
      ? ask<Draft>('POST', `${kind.path}${query}`, draft)
      : ask<Draft>('PATCH', `${at}${query}`, patchBetween(base.stored, draft), headers);
  const check = (): void =>
    doing.run(async () => {
      setTold(undefined);
      await send('?dryRun=true');
      setTold(id === undefined ? 'checkedGood' : 'checkedChange');
    });
  const save = (): void =>
    doing.run(async () => {
      setTold(undefined);
      const { body, etag: now } = await send('');
      setBase({ stored: body, etag: now });
      setDraft(body);
      setTold('saved');
      if (id === undefined) location.hash = `#/${kind.path}/${encodeURIComponent(String(body.id))}`;
    });
  const remove = (): void =>
    doing.run(async () => {
      await ask('DELETE', at, undefined, headers);
      location.hash = `#/${kind.listAt}`;
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Card>
        <fieldset className="bare" disabled={!isAllowed}>
          <Fields
            fields={kind.fields}
            draft={draft}
            isNew={id === undefined}
            onChange={(next) => {
              setTold(undefined);
              setDraft(next);
            }}
          />
        </fieldset>
        <ProblemBox problem={doing.problem} />
        {told !== undefined && <GoodBox>{words(told)}</GoodBox>}
        {isAllowed && (
          <div className="row">
            <button type="submit" className="main" disabled={doing.isBusy}>
              {words(id === undefined ? 'create' : 'save')}
            </button>
            <button type="button" onClick={check} disabled={doing.isBusy}>
              {words('dryRun')}
            </button>
            {id !== undefined &&
              (isLeaving ? (
                <button type="button" className="danger" onClick={remove} disabled={doing.isBusy}>
                  {words('reallyRemove')}
                </button>
              ) : (
                <button type="button" onClick={() => setLeaving(true)}>
                  {words('remove')}
                </button>
              ))}
          </div>
        )}
      </Card>
    </form>
  );
}
