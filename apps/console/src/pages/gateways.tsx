import { get } from '../api.ts';
import { useLoad, useWords } from '../state.tsx';
import { AddLink, Card, Page, ProblemBox, Table } from '../ui/parts.tsx';

interface Gateway {
  readonly id: string;
  readonly name?: string;
  readonly kind: string;
  readonly capacity: { readonly devices: number; readonly mediaChannels: number };
}

interface Cluster {
  readonly id: string;
  readonly name?: string;
  readonly gateways: readonly string[];
}

export function Gateways() {
  const words = useWords();
  const gateways = useLoad(() => get<{ entries: Gateway[] }>('gateways'), []);
  const clusters = useLoad(() => get<{ entries: Cluster[] }>('clusters'), []);
  return (
    <Page
      title={words('gateways')}
      actions={
        <>
          <AddLink to="gateways" label={`${words('new')}: ${words('gateway')}`} />
          <AddLink to="clusters" label={`${words('new')}: ${words('cluster')}`} />
        </>
      }
    >
      <Card>
        <ProblemBox problem={gateways.problem} />
        <Table
          caption={words('gateways')}
          head={[words('name'), words('kind'), words('capacity')]}
          rows={(gateways.value?.entries ?? []).map(({ id, name, kind, capacity }) => ({
            key: id,
            cells: [
              <a key="to" href={`#/gateways/${encodeURIComponent(id)}`}>
                {name ?? id}
              </a>,
              kind,
              `${capacity.devices}, ${capacity.mediaChannels}`,
            ],
          }))}
        />
      </Card>
      {(clusters.value?.entries.length ?? 0) > 0 && (
        <Card title="Cluster">
          <Table
            caption="Cluster"
            head={[words('name'), words('gateways')]}
            rows={(clusters.value?.entries ?? []).map(({ id, name, gateways: members }) => ({
              key: id,
              cells: [
                <a key="to" href={`#/clusters/${encodeURIComponent(id)}`}>
                  {name ?? id}
                </a>,
                members.join(', '),
              ],
            }))}
          />
        </Card>
      )}
    </Page>
  );
}
