import { useRef, useState } from 'react';
import { announce } from '../announcer.ts';
import { startRecording } from '../browser/record.ts';
import { toWav } from '../browser/wav.ts';
import { useNowMs, usePhone, useRun } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { duration } from '../ui/times.ts';
import { useWords } from '../words/index.ts';
import { usePlayer } from './player.ts';

/** What callers hear: recorded here, taken from a file, or the standard one. */
export function Greeting({ isOwn, maxMs }: { isOwn: boolean; maxMs: number }) {
  const words = useWords();
  const run = useRun();
  const { voicemail } = usePhone();
  const [version, setVersion] = useState(0);
  const file = useRef<HTMLInputElement>(null);
  const save = async (sound: Blob): Promise<void> => {
    try {
      await run(voicemail.setGreeting(await toWav(sound, maxMs)));
      setVersion((before) => before + 1);
    } catch {
      announce({ text: words('greetingUnreadable'), tone: 'bad' });
    }
  };
  return (
    <section className="card" aria-labelledby="greeting">
      <h2 id="greeting">{words('greeting')}</h2>
      <p className="soft" role="status">
        {words(isOwn ? 'greetingOwn' : 'greetingStandard')}
      </p>
      <div className="row wrap">
        {isOwn && <PlayGreeting key={version} />}
        <Record maxMs={maxMs} onRecorded={save} />
        <button type="button" className="button" onClick={() => file.current?.click()}>
          <Icon name="up" /> {words('greetingUpload')}
        </button>
        <input
          ref={file}
          type="file"
          accept="audio/*"
          hidden
          aria-label={words('greetingUpload')}
          onChange={({ target }) => {
            const chosen = target.files?.[0];
            if (chosen !== undefined) save(chosen);
            target.value = '';
          }}
        />
        {isOwn && (
          <button type="button" className="button danger" onClick={() => run(voicemail.removeGreeting())}>
            {words('greetingRemove')}
          </button>
        )}
      </div>
    </section>
  );
}

function PlayGreeting() {
  const words = useWords();
  const { voicemail } = usePhone();
  const player = usePlayer(() => voicemail.greeting());
  return (
    <button type="button" className="button" onClick={() => player.toggle()}>
      <Icon name={player.isPlaying ? 'pause' : 'play'} /> {words(player.isPlaying ? 'stopMessage' : 'playMessage')}
    </button>
  );
}

function Record({ maxMs, onRecorded }: { maxMs: number; onRecorded: (sound: Blob) => void }) {
  const words = useWords();
  const [recording, setRecording] = useState<{ readonly sinceMs: number; stop(): void }>();
  const nowMs = useNowMs(recording !== undefined);
  const begin = async (): Promise<void> => {
    try {
      const begun = await startRecording(maxMs);
      setRecording({ sinceMs: Date.now(), stop: begun.stop });
      onRecorded(await begun.sound);
    } catch {
      announce({ text: words('problem.noMicrophone'), tone: 'bad' });
    } finally {
      setRecording(undefined);
    }
  };
  return recording === undefined ? (
    <button type="button" className="button" onClick={begin}>
      <Icon name="mic" /> {words('recordGreeting')}
    </button>
  ) : (
    <button type="button" className="button main" onClick={recording.stop}>
      <Icon name="ok" /> {words('recordStop')} <span className="tnum">{duration(nowMs - recording.sinceMs)}</span>
    </button>
  );
}
