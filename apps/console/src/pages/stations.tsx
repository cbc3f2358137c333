import { useState } from 'react';
import { get } from '../api.ts';
import { useApp, useDoing, useLoad, useWords } from '../state.tsx';
import { Listing, ListingSwitch } from '../ui/listing.tsx';
import { Badge, Card, Field, Page, ProblemBox, Table } from '../ui/parts.tsx';

interface Station {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly state: string;
  readonly classOfService: string;
  readonly unlisted?: boolean;
  readonly device?: { readonly account: { readonly username: string } };
}

export function Stations() {
  const words = useWords();
  const { mayChange } = useApp();
  const doing = useDoing();
  const [search, setSearch] = useState('');
  const stations = useLoad(
    () => get<{ total: number; entries: Station[] }>(`stations?limit=200&search=${encodeURIComponent(search)}`),
    [search],
  );
  return (
    <Page
      title={words('stations')}
      actions={
        mayChange && (
          <a className="button" href="#/stations/new">
            {words('new')}: {words('station')}
          </a>
        )
      }
    >
      <Card>
        <search>
          <Field label={words('search')} type="search" value={search} onChange={setSearch} />
        </search>
        <ProblemBox problem={stations.problem ?? doing.problem} />
        <p className="hint" role="status">
          {stations.value === undefined ? words('loading') : `${stations.value.total} ${words('stations')}`}
        </p>
        <Table
          caption={words('stations')}
          head={[words('number'), words('name'), words('serviceState'), words('deskPhone'), words('listing')]}
          rows={(stations.value?.entries ?? []).map((station) => ({
            key: station.id,
            cells: [
              <a key="to" href={`#/stations/${encodeURIComponent(station.id)}`}>
                {station.number}
              </a>,
              station.name,
              <Badge key="state" tone={station.state === 'inService' ? 'good' : 'warn'}>
                {words(`state.${station.state}`)}
              </Badge>,
              station.device === undefined ? words('noPhone') : station.device.account.username,
              <span key="listing" className="row">
                <Listing isUnlisted={station.unlisted === true} />
                {mayChange && (
                  <ListingSwitch
                    station={station.id}
                    of={station.number}
                    isUnlisted={station.unlisted === true}
                    isBusy={doing.isBusy}
                    run={(work) =>
                      doing.run(async () => {
                        await work();
                        stations.reload();
                      })
                    }
                  />
                )}
              </span>,
            ],
          }))}
        />
      </Card>
    </Page>
  );
}
