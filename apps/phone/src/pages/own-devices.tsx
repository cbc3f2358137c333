import type { Device } from '@unisono/phone';
import { usePhoneState } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { moment } from '../ui/times.ts';
import { useLanguage, useWords } from '../words/index.ts';

/** Every device that rings for the own number, and whether it would now, as far as is known. */
export function OwnDevices() {
  const words = useWords();
  const devices = usePhoneState((state) => state.devices);
  const reached = usePhoneState((state) => state.reached);
  const desk = reached && words(reached.isDeskRegistered ? 'device.registered' : 'device.notReached');
  return (
    <section aria-labelledby="own-devices">
      <h2 id="own-devices">{words('ownDevices')}</h2>
      <ul className="list">
        <Row icon="desk" name={words('toDesk')} state={desk} isReached={reached?.isDeskRegistered} />
        {devices.map((device) => (
          <OwnDevice key={device.installationId} device={device} />
        ))}
      </ul>
    </section>
  );
}

function OwnDevice({ device: { name, isThisOne, hasPush, lastSeenAtMs } }: { device: Device }) {
  const words = useWords();
  const language = useLanguage();
  const isReady = usePhoneState((state) => state.line.phase === 'ready');
  if (isThisOne)
    return (
      <Row
        icon="devices"
        name={`${name} (${words('thisDevice')})`}
        state={words(isReady ? 'device.registered' : 'line.away')}
        isReached={isReady}
      />
    );
  const seen = words('lastSeen', { when: moment(lastSeenAtMs, language, Date.now()) });
  return <Row icon="devices" name={name} state={hasPush ? `${seen} · ${words('device.woken')}` : seen} />;
}

interface RowProps {
  readonly icon: 'desk' | 'devices';
  readonly name: string;
  readonly state: string | undefined;
  /** Absent where nobody knows. */
  readonly isReached?: boolean | undefined;
}

function Row({ icon, name, state, isReached }: RowProps) {
  return (
    <li className="item">
      <Icon name={icon} />
      <span className="what">
        <strong className="cut">{name}</strong>
        <small>
          {isReached !== undefined && <span className={isReached ? 'dot good' : 'dot'} />}
          {state}
        </small>
      </span>
    </li>
  );
}
