import { get } from '../api.ts';
import { useLoad, useWords } from '../state.tsx';
import { AddLink, Card, Page, ProblemBox, Table } from '../ui/parts.tsx';

interface ClassOfService {
  readonly id: string;
  readonly name?: string;
  readonly allow: readonly string[];
}

/** What stations may dial. */
export function Classes() {
  const words = useWords();
  const all = useLoad(() => get<{ entries: ClassOfService[] }>('classes-of-service?limit=500'), []);
  return (
    <Page title={words('classes')} actions={<AddLink to="classes-of-service" />}>
      <Card>
        <ProblemBox problem={all.problem} />
        <Table
          caption={words('classes')}
          head={[words('name'), words('allow')]}
          rows={(all.value?.entries ?? []).map(({ id, name, allow }) => ({
            key: id,
            cells: [
              <a key="to" href={`#/classes-of-service/${encodeURIComponent(id)}`}>
                {name ?? id}
              </a>,
              allow.map((one) => words(`allow.${one}`)).join(', '),
            ],
          }))}
        />
      </Card>
    </Page>
  );
}
