import { announce } from './announcer.ts';
import { switchPush } from './browser/worker.ts';
import { usePhone } from './phone-context.ts';
import { Icon } from './ui/icons.tsx';
import { setPreferences, usePreferences } from './ui/preferences.ts';
import { useWords } from './words/index.ts';

/** Asks once, in the page and not by the browser's own window, whether calls may be told in the background. */
export function AskToNotify() {
  const words = useWords();
  const phone = usePhone();
  const { isAsked } = usePreferences();
  if (isAsked || !('Notification' in window) || Notification.permission !== 'default') return null;
  const allow = async (): Promise<void> => {
    const answer = await switchPush(phone, true);
    setPreferences({ isAsked: true, notify: answer === 'on' });
    if (answer === 'blocked') announce({ text: words('notifyBlocked'), tone: 'bad' });
  };
  return (
    <div className="line ask">
      <span className="grow">
        <Icon name="bell" />
        <span>{words('notifyAsk')}</span>
      </span>
      <button type="button" className="button small" onClick={() => setPreferences({ isAsked: true, notify: false })}>
        {words('notNow')}
      </button>
      <button type="button" className="button main small" onClick={allow}>
        {words('allow')}
      </button>
    </div>
  );
}
