import { useState } from 'react';
import { ask, get } from '../api.ts';
import { useDoing, useLoad, useWords } from '../state.tsx';
import { Card, GoodBox, Page, ProblemBox, Select, Table } from '../ui/parts.tsx';
import { Tokens } from './tokens.tsx';

interface Administrator {
  readonly id: string;
  readonly username: string;
  readonly role: string;
}

const ROLES = ['admin', 'helpdesk', 'readOnly'] as const;

export function Administrators() {
  const words = useWords();
  const all = useLoad(() => get<{ administrators: Administrator[] }>('administrators'), []);
  const [role, setRole] = useState<string>('helpdesk');
  const [link, setLink] = useState<string>();
  const [leaving, setLeaving] = useState<string>();
  const doing = useDoing();
  const remove = (id: string): void =>
    doing.run(async () => {
      setLeaving(undefined);
      await ask('DELETE', `administrators/${id}`);
      all.reload();
    });
  return (
    <Page title={words('administrators')}>
      <Card>
        <ProblemBox problem={all.problem ?? doing.problem} />
        <Table
          caption={words('administrators')}
          head={[words('username'), words('role'), words('action')]}
          rows={(all.value?.administrators ?? []).map((one) => ({
            key: one.id,
            cells: [
              one.username,
              words(`role.${one.role}`),
              leaving === one.id ? (
                <button key="really" type="button" className="danger" onClick={() => remove(one.id)}>
                  {words('reallyRemove')}
                </button>
              ) : (
                <button
                  key="remove"
                  type="button"
                  onClick={() => setLeaving(one.id)}
                  aria-label={`${words('remove')}: ${one.username}`}
                >
                  {words('remove')}
                </button>
              ),
            ],
          }))}
        />
      </Card>
      <Card title={words('inviteDo')}>
        <form
          className="fields"
          onSubmit={(event) => {
            event.preventDefault();
            doing.run(async () => {
              const { path } = (await ask<{ path: string }>('POST', 'invitations', { role })).body;
              setLink(`${location.origin}${path}`);
            });
          }}
        >
          <Select
            label={words('role')}
            value={role}
            options={ROLES.map((one) => [one, words(`role.${one}`)])}
            onChange={setRole}
          />
          <button type="submit" disabled={doing.isBusy}>
            {words('inviteDo')}
          </button>
        </form>
        {link !== undefined && (
          <GoodBox>
            <p>{words('inviteAbout')}</p>
            <code className="long">{link}</code>
          </GoodBox>
        )}
      </Card>
      <Tokens />
    </Page>
  );
}
