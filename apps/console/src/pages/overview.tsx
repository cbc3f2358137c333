import { get, type Licences, type LinkStatus, type Now, type SyncReport } from '../api.ts';
import { useApp, useLoad, useWords } from '../state.tsx';
import { Badge, Card, Meter, Page, ProblemBox, Table, type Tone } from '../ui/parts.tsx';
import { time } from '../ui/time.ts';

const EVERY_MS = 5_000;
/** Rows of a list at most; more are counted. */
const MAX_ROWS = 100;

export function Overview() {
  const words = useWords();
  const { language } = useApp();
  const now = useLoad(() => get<Now>('now'), [], EVERY_MS);
  const licences = useLoad(() => get<Licences>('licences'), [], 60_000);
  const link = useLoad(() => get<LinkStatus>('link'), [], EVERY_MS);
  const runs = useLoad(
    () => get<{ runs: SyncReport[] }>('sync/runs?limit=1').catch(() => ({ runs: [] as SyncReport[] })),
    [],
    EVERY_MS,
  );
  const [last] = runs.value?.runs ?? [];
  const calls = now.value?.calls ?? [];
  const contacts = now.value?.contacts ?? [];
  return (
    <Page title={words('overview')}>
      <ProblemBox problem={now.problem} />
      <div className="grid">
        <Card title={words('registrations')}>
          <p className="figure">{now.value?.contacts.length ?? '…'}</p>
        </Card>
        <Card title={words('callsNow')}>
          <p className="figure">{now.value === undefined ? '…' : calls.length}</p>
        </Card>
        <Card title={words('link')}>{link.value !== undefined && <LinkState link={link.value} />}</Card>
        <Card title={words('lastSync')}>
          {last === undefined ? (
            <p>{words('never')}</p>
          ) : (
            <p>
              <Badge tone={OUTCOME_TONES[last.outcome] ?? 'plain'}>{words(`outcome.${last.outcome}`)}</Badge>{' '}
              {time(last.endedAtMs, language)}
              <br />
              <RunWords run={last} />
            </p>
          )}
          <a href="#/sync">{words('sync')}</a>
        </Card>
      </div>
      <Card title={words('licences')}>
        {licences.value !== undefined && <LicenceMeters licences={licences.value} />}
      </Card>
      {calls.length > 0 && (
        <Card title={words('callsNow')}>
          <Table
            caption={words('callsNow')}
            head={[words('when'), words('from'), words('to'), words('state')]}
            rows={calls.slice(0, MAX_ROWS).map((call) => ({
              key: call.id,
              cells: [
                time(call.startedAtMs, language),
                call.caller,
                call.callee,
                words(call.answeredAtMs === undefined ? 'ringing' : 'talking'),
              ],
            }))}
          />
        </Card>
      )}
      {contacts.length > 0 && (
        <Card title={words('allRegistrations')}>
          <Table
            caption={words('allRegistrations')}
            head={[words('device'), words('program'), words('address')]}
            rows={contacts.slice(0, MAX_ROWS).map((contact, index) => ({
              key: `${contact.device} ${index}`,
              cells: [
                <ContactLink key="to" device={contact.device} />,
                contact.userAgent,
                `${contact.address} ${contact.transport.toUpperCase()}`,
              ],
            }))}
          />
          {contacts.length > MAX_ROWS && (
            <p className="hint">
              {MAX_ROWS} {words('of')} {contacts.length}
            </p>
          )}
        </Card>
      )}
    </Page>
  );
}

/** A registered device, named for people: the station of a desk phone, or the person's clients. */
function ContactLink({ device }: { device: string }) {
  const words = useWords();
  const [kind = '', ...rest] = device.split(':');
  const id = rest.join(':');
  if (kind === 'desk')
    return (
      <>
        {words('leg.desk')} <a href={`#/stations/${encodeURIComponent(id)}`}>{id}</a>
      </>
    );
  return `${words('leg.client')} ${id.replace(/^ufip-/, '')}`;
}

/** What a run did; why it stopped or failed is told as the Assistant says it. */
export function RunWords({ run }: { run: SyncReport }) {
  const words = useWords();
  if (run.outcome !== 'done') return run.message;
  return `${run.uploaded} ${words('uploaded')}, ${run.withdrawn} ${words('withdrawn')}`;
}

export const OUTCOME_TONES: Readonly<Record<string, Tone>> = { done: 'good', stopped: 'warn', failed: 'bad' };
const LINK_TONES: Readonly<Record<string, Tone>> = { up: 'good', waiting: 'bad', connecting: 'warn', off: 'plain' };

export function LinkState({ link }: { link: LinkStatus }) {
  const words = useWords();
  return (
    <>
      <p>
        <Badge tone={LINK_TONES[link.state] ?? 'plain'}>{words(`link.${link.state}`)}</Badge>
        {link.waitingMessages > 0 && ` ${link.waitingMessages} ${words('waitingMessages')}`}
      </p>
      {link.problem !== undefined && <p className="bad-text">{link.problem.message}</p>}
      {!link.isConfigured && <p className="hint">{words('linkOffAbout')}</p>}
    </>
  );
}

export function LicenceMeters({ licences: { flex, unifyPhone, message } }: { licences: Licences }) {
  const words = useWords();
  return (
    <>
      <Meter label={words('deskLicences')} used={flex.usedCount} granted={flex.grantedCount} free={flex.freeCount} />
      <Meter
        label={words('phoneLicences')}
        used={unifyPhone.usedCount}
        granted={unifyPhone.grantedCount}
        free={unifyPhone.freeCount}
      />
      <p className="hint">{message}</p>
    </>
  );
}
