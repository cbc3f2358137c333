import { useDeviceText } from './call/device-text.ts';
import { useNowMs, usePhone, usePhoneState } from './phone-context.ts';
import { Icon } from './ui/icons.tsx';
import { duration } from './ui/times.ts';
import { useWords } from './words/index.ts';

/** Whose number this is, whether it is reached here, and what runs elsewhere. Its height never changes. */
export function Head({ isInert, onSkip }: { isInert: boolean; onSkip: () => void }) {
  const words = useWords();
  const { numbers } = usePhone();
  const desk = usePhoneState((state) => state.desk);
  const own = usePhoneState((state) => state.me?.displayName);
  const line = usePhoneState((state) => state.line.phase);
  const isInCall = usePhoneState(
    ({ calls, elsewhere }) =>
      calls.some(({ phase }) => phase !== 'ended' && phase !== 'incoming') ||
      elsewhere.some(({ phase }) => phase !== 'alerting'),
  );
  const tone =
    isInCall && line === 'ready'
      ? 'busy'
      : line === 'ready'
        ? 'good'
        : line === 'unreachable' || line === 'refused'
          ? 'bad'
          : 'warn';
  return (
    <header className="head" inert={isInert}>
      <button type="button" className="skip" onClick={onSkip}>
        {words('skip')}
      </button>
      <img className="logo" src="/icons/icon.svg" alt="" width="30" height="30" />
      <div className="own grow">
        <strong className="cut">{desk?.displayName ?? own ?? words('app')}</strong>
        <small className="tnum cut">
          <span className={`dot ${tone}`} />
          {desk === undefined ? '' : `${numbers.show(desk.number)} · `}
          {words(
            isInCall && line === 'ready'
              ? 'presence.inCall'
              : line === 'ready' || line === 'connecting'
                ? `line.${line}`
                : 'line.away',
          )}
        </small>
      </div>
      <Elsewhere />
    </header>
  );
}

function Elsewhere() {
  const words = useWords();
  const deviceText = useDeviceText();
  const list = usePhoneState((state) => state.elsewhere);
  const [first] = list;
  const nowMs = useNowMs(first !== undefined);
  if (first === undefined) return null;
  return (
    <a className="chip elsewhere" href="#/devices">
      <span className="unseen">{words('otherCount', { n: list.length })}: </span>
      <Icon name={first.device === 'desk' ? 'desk' : 'devices'} />
      <span className="only-wide">{deviceText(first)}</span>
      <span className="tnum">{duration(nowMs - first.sinceMs)}</span>
    </a>
  );
}
