import { get } from '../api.ts';
import { EntryPage } from '../entry/entry-page.tsx';
import { STATION_KIND } from '../entry/kinds.ts';
import { useApp, useLoad, useWords } from '../state.tsx';
import { DeskPhone, PhonePlaces } from '../ui/desk-phone.tsx';
import { Badge, Card } from '../ui/parts.tsx';
import { Sentences, WhereCallsGo } from './where-calls-go.tsx';

/** One station: what it is, its desk phone, whose it is, and where its calls go. */
export function StationPage({ id }: { id: string }) {
  return (
    <EntryPage
      kind={STATION_KIND}
      id={id}
      beside={(entry, reload) => (
        <Beside id={id} account={(entry as Partial<WithPhone>).device?.account.username} onDone={reload} />
      )}
    />
  );
}

interface WithPhone {
  readonly device: { readonly account: { readonly username: string } };
}

interface StationRouting {
  readonly person?: { readonly id: string; readonly name: string };
  readonly isDeskRegistered: boolean;
  readonly en: readonly string[];
  readonly de: readonly string[];
}

function Beside({ id, account, onDone }: { id: string; account: string | undefined; onDone: () => void }) {
  const words = useWords();
  const { language, mayChange } = useApp();
  const routing = useLoad(
    () => get<StationRouting>(`stations/${encodeURIComponent(id)}/routing`),
    [id, account],
    10_000,
  );
  const { person, isDeskRegistered = false } = routing.value ?? {};
  return (
    <div className="grid wide">
      <Card title={words('deskPhone')}>
        {person !== undefined && (
          <p>
            {words('person')}: <a href={`#/people/${encodeURIComponent(person.id)}`}>{person.name}</a>
          </p>
        )}
        <p>
          {account === undefined ? (
            <Badge tone="plain">{words('noPhone')}</Badge>
          ) : (
            <>
              {words('username')} <code>{account}</code>{' '}
              <Badge tone={isDeskRegistered ? 'good' : 'plain'}>
                {words(isDeskRegistered ? 'registered' : 'notRegistered')}
              </Badge>
            </>
          )}
        </p>
        {mayChange && <DeskPhone station={id} hasPhone={account !== undefined} onDone={onDone} />}
        <details>
          <summary>{words('phoneSettings')}</summary>
          <PhonePlaces />
        </details>
      </Card>
      {person !== undefined ? (
        <WhereCallsGo person={person.id} />
      ) : (
        <Card title={words('whereCallsGo')}>
          <Sentences sentences={routing.value?.[language] ?? []} />
        </Card>
      )}
    </div>
  );
}
