import { useState } from 'react';
import { canUseHid, connectHeadset } from '../browser/headset.ts';
import { tellLanguage } from '../browser/worker.ts';
import { usePhone, useRun } from '../phone-context.ts';
import { KeyList } from '../ui/key-hint.tsx';
import { PageHead, Select, Switch } from '../ui/parts.tsx';
import { setPreferences, usePreferences } from '../ui/preferences.ts';
import { useWords } from '../words/index.ts';
import { Account } from './settings-account.tsx';
import { Audio } from './settings-audio.tsx';
import { Notifications } from './settings-notifications.tsx';

export function Settings() {
  const words = useWords();
  return (
    <>
      <PageHead title={words('settings')} />
      <div className="stack wide">
        <Audio />
        <Notifications />
        <Appearance />
        <Keyboard />
        {canUseHid() && <Headset />}
        <Links />
        <Account />
      </div>
    </>
  );
}

function Appearance() {
  const words = useWords();
  const run = useRun();
  const { account } = usePhone();
  const { language, theme, wakeLock } = usePreferences();
  const choose = (chosen: string): void => {
    const next = chosen === 'de' ? 'de' : 'en';
    setPreferences({ language: next });
    tellLanguage();
    // Prompts of the mailbox and e-mails are in it, too.
    run(account.setLanguage(next));
  };
  return (
    <section className="card" aria-labelledby="settings-look">
      <h2 id="settings-look">{words('appearance')}</h2>
      <Select
        label={words('language')}
        value={language}
        options={[
          ['en', 'English'],
          ['de', 'Deutsch'],
        ]}
        onChange={choose}
      />
      <Select
        label={words('theme')}
        value={theme}
        options={(['system', 'light', 'dark'] as const).map((one) => [one, words(`theme.${one}`)] as const)}
        onChange={(one) => setPreferences({ theme: one === 'light' || one === 'dark' ? one : 'system' })}
      />
      <Switch label={words('wakeLock')} isOn={wakeLock} onChange={(isOn) => setPreferences({ wakeLock: isOn })} />
    </section>
  );
}

function Keyboard() {
  const words = useWords();
  const { shortcuts } = usePreferences();
  return (
    <section className="card" aria-labelledby="settings-keys">
      <h2 id="settings-keys">{words('shortcuts')}</h2>
      <Switch label={words('shortcutsOn')} isOn={shortcuts} onChange={(isOn) => setPreferences({ shortcuts: isOn })} />
      <KeyList />
    </section>
  );
}

function Headset() {
  const words = useWords();
  const phone = usePhone();
  const [name, setName] = useState<string>();
  return (
    <section className="card" aria-labelledby="settings-headset">
      <h2 id="settings-headset">{words('headset')}</h2>
      <p className="soft">{words('headsetAbout')}</p>
      <div role="status">{name !== undefined && <p className="box good">{words('headsetOn', { name })}</p>}</div>
      <button type="button" className="button" onClick={() => connectHeadset(phone).then(setName, () => undefined)}>
        {words('headsetConnect')}
      </button>
    </section>
  );
}

function Links() {
  const words = useWords();
  const register = (): void => navigator.registerProtocolHandler?.('tel', `${location.origin}/?call=%s`);
  return (
    <section className="card" aria-labelledby="settings-links">
      <h2 id="settings-links">{words('links')}</h2>
      <p className="soft">{words('linksAbout')}</p>
      <button type="button" className="button" onClick={register}>
        {words('linksDo')}
      </button>
    </section>
  );
}
