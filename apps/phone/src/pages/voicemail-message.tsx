import type { VoicemailMessage } from '@unisono/phone';
import { useState } from 'react';
import { usePhone, useRun } from '../phone-context.ts';
import { focusPage } from '../ui/focus-page.ts';
import { Icon } from '../ui/icons.tsx';
import { IconButton, usePartyTexts } from '../ui/parts.tsx';
import { SureButton } from '../ui/sure-button.tsx';
import { duration, moment } from '../ui/times.ts';
import { useLanguage, useWords } from '../words/index.ts';
import { usePlayer } from './player.ts';

/** One message: who, when, how long; played here, then it counts as heard. */
export function Message({ message }: { message: VoicemailMessage }) {
  const words = useWords();
  const language = useLanguage();
  const run = useRun();
  const { voicemail, calls } = usePhone();
  const [name] = usePartyTexts()(message.from);
  const player = usePlayer(() => voicemail.audio(message.id));
  const [isOpen, setOpen] = useState(false);
  const { number } = message.from;
  const play = async (): Promise<void> => {
    setOpen(true);
    if ((await player.toggle()) && !message.isHeard) run(voicemail.markHeard(message.id));
  };
  return (
    <li>
      <div className="item">
        <IconButton
          icon={player.isPlaying ? 'pause' : 'play'}
          className="call"
          label={`${words(player.isPlaying ? 'stopMessage' : 'playMessage')}: ${name}`}
          onClick={play}
        />
        <button type="button" className="item what" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <span className="what">
            {message.isHeard ? <span className="cut">{name}</span> : <strong className="cut">{name}</strong>}
            <small className="tnum begins">{moment(message.atMs, language, Date.now())}</small>
          </span>
          <span className="side tnum">
            {!message.isHeard && <span className="badge tint">{words('newOne')}</span>}{' '}
            {duration(message.durationSec * 1000)}
          </span>
        </button>
        {number !== undefined && (
          <IconButton
            icon="phone"
            className="call"
            label={words('callX', { who: name })}
            onClick={() => run(calls.dial(number))}
          />
        )}
      </div>
      {isOpen && (
        <div className="row wrap details">
          <progress className="grow" max={1} value={player.progress} aria-label={words('progress')} />
          {!message.isHeard && (
            <button type="button" className="button small quiet" onClick={() => run(voicemail.markHeard(message.id))}>
              <Icon name="ok" /> {words('markHeard')}
            </button>
          )}
          <SureButton
            label={`${words('deleteMessage')}: ${name}`}
            sure={words('delete')}
            onSure={() => run(voicemail.remove(message.id)).then(focusPage)}
          />
        </div>
      )}
    </li>
  );
}
