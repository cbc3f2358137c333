import { useEffect, useRef, useState } from 'react';
import { measureLevel, type SoundDevices, soundDevices } from '../browser/sound.ts';
import { startTone } from '../browser/tones.ts';
import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { Select, Switch } from '../ui/parts.tsx';
import { type Preferences, setPreferences, usePreferences } from '../ui/preferences.ts';
import { useWords, type Word } from '../words/index.ts';

const RING_TRY_MS = 2_500;

/** Microphone, loudspeaker, ringer, and whether they work. */
export function Audio() {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const wishes = usePreferences();
  const { microphones, speakers } = useSoundDevices();
  const isInCall = usePhoneState((state) => state.calls.some(({ phase }) => phase !== 'ended'));
  const change = (part: Partial<Preferences>): void => {
    setPreferences(part);
    if (isInCall) run(calls.microphoneChanged());
  };
  // Without a name as long as the microphone was never allowed.
  const listed = (devices: readonly MediaDeviceInfo[], nameless: Word): (readonly [string, string])[] => [
    ['', words('systemDefault')],
    ...devices.map(({ deviceId, label }, index) => [deviceId, label || words(nameless, { n: index + 1 })] as const),
  ];
  const tryRing = (): void => {
    setTimeout(startTone('ring'), RING_TRY_MS);
  };
  return (
    <section className="card" aria-labelledby="settings-audio">
      <h2 id="settings-audio">{words('audio')}</h2>
      <Select
        label={words('microphone')}
        value={wishes.microphoneId}
        options={listed(microphones, 'microphoneN')}
        onChange={(microphoneId) => change({ microphoneId })}
      />
      <Level key={wishes.microphoneId} />
      <Switch
        label={words('echoCancellation')}
        isOn={wishes.echoCancellation}
        onChange={(echoCancellation) => change({ echoCancellation })}
      />
      <Switch
        label={words('noiseSuppression')}
        isOn={wishes.noiseSuppression}
        onChange={(noiseSuppression) => change({ noiseSuppression })}
      />
      <Switch label={words('autoGain')} isOn={wishes.autoGain} onChange={(autoGain) => change({ autoGain })} />
      <Select
        label={words('speaker')}
        value={wishes.speakerId}
        options={listed(speakers, 'speakerN')}
        onChange={(speakerId) => setPreferences({ speakerId })}
      />
      <TestCall />
      <Switch label={words('ringHere')} isOn={wishes.ringHere} onChange={(ringHere) => setPreferences({ ringHere })} />
      <Select
        label={words('ringer')}
        value={wishes.ringerId}
        options={listed(speakers, 'speakerN')}
        onChange={(ringerId) => setPreferences({ ringerId })}
      />
      <button type="button" className="button" onClick={tryRing}>
        <Icon name="bell" /> {words('ringTry')}
      </button>
    </section>
  );
}

function TestCall() {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const echo = usePhoneState((state) => state.desk?.dialling.featureCodes.echo);
  if (echo === undefined) return null;
  return (
    <div className="stack tight">
      <button type="button" className="button" onClick={() => run(calls.dial(echo))}>
        <Icon name="phone" /> {words('echoTest')}
      </button>
      <small>{words('echoAbout')}</small>
    </div>
  );
}

function useSoundDevices(): SoundDevices {
  const [devices, setDevices] = useState<SoundDevices>({ microphones: [], speakers: [] });
  useEffect(() => {
    const read = (): void => {
      soundDevices().then(setDevices, () => undefined);
    };
    read();
    navigator.mediaDevices?.addEventListener('devicechange', read);
    return () => navigator.mediaDevices?.removeEventListener('devicechange', read);
  }, []);
  return devices;
}

/** A bar that moves while one speaks. */
function Level() {
  const words = useWords();
  const [isOn, setOn] = useState(false);
  const [hasFailed, setFailed] = useState(false);
  const bar = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isOn) return;
    let isOver = false;
    let stop = (): void => {};
    const show = (level: number): void => {
      if (bar.current !== null) bar.current.style.transform = `scaleX(${level.toFixed(3)})`;
    };
    measureLevel(show).then(
      (measuring) => {
        stop = measuring;
        if (isOver) measuring();
      },
      () => {
        setFailed(true);
        setOn(false);
      },
    );
    return () => {
      isOver = true;
      stop();
      show(0);
    };
  }, [isOn]);
  return (
    <div className="stack tight">
      <div className="row wrap">
        <div className="meter grow" role="img" aria-label={words('level')}>
          <i ref={bar} />
        </div>
        <button
          type="button"
          className="button small"
          onClick={() => {
            setFailed(false);
            setOn(!isOn);
          }}
        >
          {words(isOn ? 'levelStop' : 'levelStart')}
        </button>
      </div>
      <div role="status">
        {isOn && <small>{words('levelQuiet')}</small>}
        {hasFailed && <p className="box bad">{words('problem.noMicrophone')}</p>}
      </div>
    </div>
  );
}
