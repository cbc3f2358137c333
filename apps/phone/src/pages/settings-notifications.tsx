import type { NotificationSettingsView } from '@unisono/phone';
import { useState } from 'react';
import { type PushAnswer, switchPush } from '../browser/worker.ts';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Field, Switch } from '../ui/parts.tsx';
import { setPreferences, usePreferences } from '../ui/preferences.ts';
import { useWords } from '../words/index.ts';

const DEFAULT_QUIET = { fromMin: 20 * 60, toMin: 7 * 60 };

/** Whether this device notifies, and of what the person is told anywhere. */
export function Notifications() {
  const words = useWords();
  const phone = usePhone();
  const { notify } = usePreferences();
  const [answer, setAnswer] = useState<PushAnswer>();
  const isAllowed = 'Notification' in window && Notification.permission === 'granted';
  const isBlocked = answer === 'blocked' || ('Notification' in window && Notification.permission === 'denied');
  const change = async (isOn: boolean): Promise<void> => {
    const got = await switchPush(phone, isOn);
    setAnswer(got);
    setPreferences({ notify: got === 'on' });
  };
  return (
    <section className="card" aria-labelledby="settings-notify">
      <h2 id="settings-notify">{words('notifications')}</h2>
      <Switch label={words('notifyHere')} hint={words('notifyAbout')} isOn={notify && isAllowed} onChange={change} />
      <div role="status">{isBlocked && <p className="box">{words('notifyBlocked')}</p>}</div>
      <Kinds />
    </section>
  );
}

function Kinds() {
  const words = useWords();
  const run = useRun();
  const phone = usePhone();
  const now = usePhoneState((state) => state.settings.view?.notifications);
  if (now === undefined) return null;
  const change = (part: Partial<NotificationSettingsView>): void => {
    run(phone.settings.changeNotifications({ ...now, ...part }));
  };
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const { quiet } = now;
  return (
    <>
      <Switch
        label={words('notifyCalls')}
        isOn={now.incomingCalls}
        onChange={(incomingCalls) => change({ incomingCalls })}
      />
      <Switch
        label={words('notifyMissed')}
        isOn={now.missedCalls}
        onChange={(missedCalls) => change({ missedCalls })}
      />
      <Switch label={words('notifyVoicemail')} isOn={now.voicemail} onChange={(voicemail) => change({ voicemail })} />
      <Switch
        label={words('quiet')}
        isOn={quiet !== null}
        onChange={(isOn) => change({ quiet: isOn ? { ...DEFAULT_QUIET, timeZone } : null })}
      />
      {quiet !== null && (
        <div className="two">
          <Field
            label={words('quietFrom')}
            type="time"
            value={clock(quiet.fromMin)}
            onChange={(text) => change({ quiet: { ...quiet, fromMin: minutes(text) } })}
          />
          <Field
            label={words('quietTo')}
            type="time"
            value={clock(quiet.toMin)}
            onChange={(text) => change({ quiet: { ...quiet, toMin: minutes(text) } })}
          />
        </div>
      )}
    </>
  );
}

function clock(min: number): string {
  return `${String(Math.floor(min / 60)).padStart(2, '0')}:${String(min % 60).padStart(2, '0')}`;
}

function minutes(text: string): number {
  const [hours = 0, min = 0] = text.split(':').map(Number);
  return hours * 60 + min;
}
