import { useState } from 'react';
import { get } from '../api.ts';
import { useLoad, useWords } from '../state.tsx';
import { Badge, Card, Field, Page, ProblemBox, Table } from '../ui/parts.tsx';

interface Station {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly state: string;
  readonly classOfService: string;
  readonly device?: { readonly account: { readonly username: string } };
}

export function Stations() {
  const words = useWords();
  const [search, setSearch] = useState('');
  const stations = useLoad(
    () => get<{ total: number; entries: Station[] }>(`stations?limit=200&search=${encodeURIComponent(search)}`),
    [search],
  );
  return (
    <Page title={words('stations')}>
      <Card>
        <search>
          <Field label={words('search')} type="search" value={search} onChange={setSearch} />
        </search>
        <ProblemBox problem={stations.problem} />
        <p className="hint" role="status">
          {stations.value === undefined ? words('loading') : `${stations.value.total} ${words('stations')}`}
        </p>
        <Table
          caption={words('stations')}
          head={[words('number'), words('name'), words('serviceState'), words('deskPhone')]}
          rows={(stations.value?.entries ?? []).map((station) => ({
            key: station.id,
            cells: [
              station.number,
              station.name,
              <Badge key="state" tone={station.state === 'inService' ? 'good' : 'warn'}>
                {words(`state.${station.state}`)}
              </Badge>,
              station.device === undefined ? words('noPhone') : station.device.account.username,
            ],
          }))}
        />
      </Card>
    </Page>
  );
}
