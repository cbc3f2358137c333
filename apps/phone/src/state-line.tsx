import { useEffect, useState, useSyncExternalStore } from 'react';
import { AskToNotify } from './ask-to-notify.tsx';
import { useMicrophoneState } from './browser/microphone-state.ts';
import { update } from './browser/update.ts';
import { useNowMs, usePhone, usePhoneState } from './phone-context.ts';
import { Icon } from './ui/icons.tsx';
import { useWords, type Word } from './words/index.ts';

/** A registration that is back within this was no interruption worth a line. */
const GRACE_MS = 1_500;

/** The truth about the connection, when it is not as it should be. */
export function StateLine() {
  const words = useWords();
  const phone = usePhone();
  const line = usePhoneState((state) => state.line);
  const isCloudThere = usePhoneState((state) => state.cloud.isReachable);
  const isOnline = useSyncExternalStore(onNetwork, () => navigator.onLine);
  const microphone = useMicrophoneState();
  const useUpdate = useSyncExternalStore(update.subscribe, update.get);
  const isLate = useIsLate(line.phase === 'reconnecting' || line.phase === 'connecting');
  const nowMs = useNowMs('nextTryAtMs' in line && line.nextTryAtMs !== undefined);
  const nextSec =
    'nextTryAtMs' in line && line.nextTryAtMs !== undefined ? Math.ceil((line.nextTryAtMs - nowMs) / 1000) : 0;
  const text = ((): Word | undefined => {
    if (!isOnline) return 'line.offline';
    if (line.phase === 'refused') return `line.${line.why}`;
    if (line.phase === 'unreachable') return 'line.unreachable';
    if (line.phase === 'reconnecting' && isLate) return 'line.reconnecting';
    if (line.phase === 'connecting' && isLate) return 'line.connecting';
    if (!isCloudThere) return 'line.cloud';
    // The least of all: calls are heard here.
    return microphone === 'fine' ? undefined : `line.microphone.${microphone}`;
  })();
  const isBad = text === 'line.unreachable' || text === 'line.offline' || line.phase === 'refused';
  return (
    <section className="state" aria-label={words('connection')}>
      <div className={text === undefined ? '' : isBad ? 'line bad' : 'line'}>
        <div role="status" className="grow">
          {text !== undefined && (
            <>
              <Icon name={text.startsWith('line.microphone') ? 'micOff' : isBad ? 'warn' : 'wifi'} />
              <span>{words(text)}</span>
            </>
          )}
        </div>
        {/* Counts each second: no screen reader should have to hear it. */}
        {text !== undefined && nextSec > 0 && line.phase !== 'ready' && (
          <span>
            <small className="tnum">{words('line.again', { n: nextSec })}</small>
            <button type="button" className="button small quiet" onClick={() => phone.line.tryNow()}>
              {words('line.tryNow')}
            </button>
          </span>
        )}
      </div>
      <AskToNotify />
      {useUpdate !== undefined && (
        <p className="line good">
          <span className="grow">{words('line.update')}</span>
          <button type="button" className="button small" onClick={useUpdate}>
            {words('line.reload')}
          </button>
        </p>
      )}
    </section>
  );
}

function useIsLate(isWaiting: boolean): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!isWaiting) return;
    const timer = setTimeout(() => setLate(true), GRACE_MS);
    return () => clearTimeout(timer);
  }, [isWaiting]);
  return isLate && isWaiting;
}

function onNetwork(listener: () => void): () => void {
  addEventListener('online', listener);
  addEventListener('offline', listener);
  return () => {
    removeEventListener('online', listener);
    removeEventListener('offline', listener);
  };
}
