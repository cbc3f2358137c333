import { OtherCalls } from '../pages/other-calls.tsx';
import { Preview } from '../pages/preview.tsx';
import { usePhone, usePhoneState } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { KeyList } from '../ui/key-hint.tsx';
import { usePreferences } from '../ui/preferences.ts';
import { usePlace } from '../ui/route.ts';
import { useLanguage, useWords } from '../words/index.ts';

/** The stage while nobody calls: where a call would ring, and what runs elsewhere. */
export function Idle() {
  const words = useWords();
  const language = useLanguage();
  const { numbers } = usePhone();
  const desk = usePhoneState((state) => state.desk);
  const isReady = usePhoneState((state) => state.line.phase === 'ready');
  const settings = usePhoneState((state) => state.settings);
  const newMessages = usePhoneState((state) => state.voicemail.newMessages);
  const place = usePlace();
  const { shortcuts } = usePreferences();
  const elsewhere = usePhoneState((state) => state.elsewhere);
  const preview = settings.view?.preview?.[language] ?? [];
  return (
    <section className="idle" aria-label={words('idleTitle')}>
      <div className="stack">
        {elsewhere.length > 0 && place !== 'devices' && (
          <div className="card">
            <h2>{words('devicesLong')}</h2>
            <OtherCalls />
          </div>
        )}
        {place !== 'routing' && (
          <div className="card">
            <div className="row">
              <h2 className="grow">{words('nowTitle')}</h2>
              <a className="button small" href="#/routing">
                {words('change')}
              </a>
            </div>
            {preview.length > 0 ? (
              <Preview sentences={preview} />
            ) : (
              <p>{isReady ? words('idleAbout', { number: numbers.show(desk?.number ?? '') }) : words('line.away')}</p>
            )}
          </div>
        )}
        {newMessages > 0 && place !== 'voicemail' && (
          <a className="card row link" href="#/voicemail">
            <Icon name="voicemail" />
            <span className="grow">
              {newMessages === 1 ? words('mailboxNewOne') : words('mailboxNew', { n: newMessages })}
            </span>
          </a>
        )}
        {shortcuts && place !== 'settings' && (
          <div className="only-wide hints">
            <h3>{words('shortcuts')}</h3>
            <KeyList />
          </div>
        )}
      </div>
    </section>
  );
}
