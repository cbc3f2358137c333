import { type FormEvent, useState } from 'react';
import { useDoing, usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { focusPage } from '../ui/focus-page.ts';
import { Icon } from '../ui/icons.tsx';
import { Field, Problem, Switch } from '../ui/parts.tsx';
import { SureButton } from '../ui/sure-button.tsx';
import { moment } from '../ui/times.ts';
import { useLanguage, useWords } from '../words/index.ts';
import { AddDevice } from './add-device.tsx';
import { QrCode } from './qr-code.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** Who is signed in, where, and how it is proved. */
export function Account() {
  const words = useWords();
  const run = useRun();
  const { account, signIn } = usePhone();
  const me = usePhoneState((state) => state.me);
  return (
    <section className="card" aria-labelledby="settings-account">
      <h2 id="settings-account">{words('account')}</h2>
      {me !== undefined && (
        <p>
          <strong>{me.displayName}</strong>
          <br />
          <small>
            {me.email} · {me.tenantName}
          </small>
        </p>
      )}
      {me !== undefined && (
        <Switch
          label={words('sharePresence')}
          isOn={me.sharesPresence}
          onChange={(isOn) => run(account.sharePresence(isOn))}
        />
      )}
      <SignedInDevices />
      <AddDevice />
      {me?.hasPassword === true && <Password />}
      {me !== undefined && <SecondFactor isOn={me.hasTotp} />}
      <button type="button" className="button danger" onClick={() => run(signIn.signOut())}>
        {words('signOut')}
      </button>
    </section>
  );
}

function SignedInDevices() {
  const words = useWords();
  const language = useLanguage();
  const run = useRun();
  const { account } = usePhone();
  const devices = usePhoneState((state) => state.devices);
  return (
    <div>
      <h3>{words('signedIn')}</h3>
      <ul className="list">
        {devices.map((device) => (
          <li key={device.installationId} className="item">
            <Icon name={device.platform === 'web' || device.platform === 'desktop' ? 'devices' : 'phone'} />
            <span className="what">
              <strong className="cut">{device.name}</strong>
              <small>
                {device.isThisOne
                  ? words('thisDevice')
                  : words('lastSeen', { when: moment(device.lastSeenAtMs, language, Date.now()) })}
              </small>
            </span>
            {!device.isThisOne && (
              <SureButton
                label={words('signOutX', { name: device.name })}
                sure={words('signOut')}
                onSure={() => run(account.signOutDevice(device.installationId)).then(focusPage)}
              />
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Password() {
  const words = useWords();
  const { account } = usePhone();
  const hasTotp = usePhoneState((state) => state.me?.hasTotp ?? false);
  const email = usePhoneState((state) => state.me?.email ?? '');
  const doing = useDoing();
  const [given, setGiven] = useState({ current: '', next: '', totp: '' });
  const [isDone, setDone] = useState(false);
  const change = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const { totp, ...rest } = given;
    const outcome = await doing.run(account.changePassword(totp === '' ? rest : { ...rest, totp }));
    setDone(outcome.ok);
    if (outcome.ok) setGiven({ current: '', next: '', totp: '' });
  };
  const field = (name: keyof typeof given) => ({
    value: given[name],
    onChange: (value: string) => setGiven((before) => ({ ...before, [name]: value })),
  });
  return (
    <details>
      <summary>{words('changePassword')}</summary>
      <form className="stack" onSubmit={change}>
        <Problem text={doing.code === 'wrongCredentials' ? words('wrongCurrent') : doing.problem} />
        <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
        <div role="status">{isDone && <p className="box good">{words('passwordDone')}</p>}</div>
        <Field
          label={words('currentPassword')}
          type="password"
          autoComplete="current-password"
          isRequired
          {...field('current')}
        />
        <Field
          label={words('newPassword')}
          hint={words('passwordRule')}
          type="password"
          autoComplete="new-password"
          isRequired
          {...field('next')}
        />
        {hasTotp && <Field label={words('totp')} hint={words('totpHint')} isRequired {...field('totp')} />}
        <button type="submit" className="button" disabled={doing.isBusy}>
          {words('save')}
        </button>
      </form>
    </details>
  );
}

function SecondFactor({ isOn }: { isOn: boolean }) {
  const words = useWords();
  const { account } = usePhone();
  const doing = useDoing();
  const [started, setStarted] = useState<{ readonly secret: string; readonly uri: string }>();
  const [codes, setCodes] = useState<readonly string[]>([]);
  const [totp, setTotp] = useState('');
  const begin = async (): Promise<void> => {
    const outcome = await doing.run(account.startTotp());
    if (outcome.ok) setStarted(outcome.value);
  };
  const finish = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (isOn) {
      await doing.run(account.removeTotp(totp));
    } else {
      const outcome = await doing.run(account.confirmTotp(totp));
      if (!outcome.ok) return;
      setCodes(outcome.value.recoveryCodes);
      setStarted(undefined);
    }
    setTotp('');
  };
  return (
    <details>
      <summary>{words('secondFactor')}</summary>
      <div className="stack">
        <p className="soft">{words(isOn ? 'secondFactorOn' : 'secondFactorOff')}</p>
        <Problem text={doing.code === 'notAllowed' ? words('secondFactorMust') : doing.problem} />
        {codes.length > 0 && <RecoveryCodes codes={codes} />}
        {!isOn && started === undefined && codes.length === 0 && (
          <button type="button" className="button" onClick={begin}>
            {words('switchOn')}
          </button>
        )}
        {started !== undefined && (
          <>
            <p>{words('totpScan')}</p>
            <QrCode text={started.uri} label={words('secondFactor')} />
            <p>
              {words('totpSecret')} <code className="secret">{started.secret}</code>
            </p>
          </>
        )}
        {(isOn || started !== undefined) && (
          <form className="stack" onSubmit={finish}>
            <Field
              label={words('totp')}
              hint={words('totpHint')}
              autoComplete="one-time-code"
              value={totp}
              isRequired
              onChange={setTotp}
            />
            <button type="submit" className="button" disabled={doing.isBusy}>
              {words(isOn ? 'switchOff' : 'switchOn')}
            </button>
          </form>
        )}
      </div>
    </details>
  );
}
