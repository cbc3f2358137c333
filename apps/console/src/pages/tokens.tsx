import { useState } from 'react';
import { ask, get } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { Card, Field, GoodBox, ProblemBox, Select, Table } from '../ui/parts.tsx';
import { time } from '../ui/time.ts';

interface Token {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
}

const ROLES = ['readOnly', 'helpdesk', 'admin'] as const;

/** Tokens that scripts use the API with. */
export function Tokens() {
  const words = useWords();
  const { language } = useApp();
  const all = useLoad(() => get<{ tokens: Token[] }>('tokens'), []);
  const [name, setName] = useState('');
  const [role, setRole] = useState<string>('readOnly');
  const [made, setMade] = useState<string>();
  const [leaving, setLeaving] = useState<string>();
  const doing = useDoing();
  const make = (): void =>
    doing.run(async () => {
      setMade((await ask<{ token: string }>('POST', 'tokens', { name, role })).body.token);
      setName('');
      all.reload();
    });
  const remove = (id: string): void =>
    doing.run(async () => {
      setLeaving(undefined);
      await ask('DELETE', `tokens/${id}`);
      all.reload();
    });
  return (
    <Card title={words('tokens')}>
      <p className="hint">{words('tokensAbout')}</p>
      <ProblemBox problem={all.problem ?? doing.problem} />
      <Table
        caption={words('tokens')}
        head={[words('name'), words('role'), words('whoDid'), words('when'), words('action')]}
        rows={(all.value?.tokens ?? []).map((token) => ({
          key: token.id,
          cells: [
            token.name,
            words(`role.${token.role}`),
            token.createdBy,
            time(token.createdAtMs, language),
            <button
              key="remove"
              type="button"
              className={leaving === token.id ? 'danger' : ''}
              onClick={() => (leaving === token.id ? remove(token.id) : setLeaving(token.id))}
              aria-label={`${words(leaving === token.id ? 'reallyRemove' : 'remove')}: ${token.name}`}
            >
              {words(leaving === token.id ? 'reallyRemove' : 'remove')}
            </button>,
          ],
        }))}
      />
      <form
        className="fields"
        onSubmit={(event) => {
          event.preventDefault();
          make();
        }}
      >
        <Field label={words('tokenName')} value={name} onChange={setName} isRequired />
        <Select
          label={words('tokenRole')}
          value={role}
          options={ROLES.map((one) => [one, words(`role.${one}`)])}
          onChange={setRole}
        />
        <button type="submit" disabled={doing.isBusy}>
          {words('tokenMake')}
        </button>
      </form>
      {made !== undefined && (
        <GoodBox>
          <p>{words('shownOnce')}</p>
          <code className="long">{made}</code>
        </GoodBox>
      )}
    </Card>
  );
}
