import { usePhone, usePhoneState, useRun } from '../phone-context.ts';
import { Icon } from '../ui/icons.tsx';
import { useWords } from '../words/index.ts';
import { useCallTexts } from './call-texts.ts';
import { phaseText } from './call-words.ts';
import { Clock } from './in-call.tsx';
import { isToBeHeld, onStage } from './which.ts';

/** On a telephone: the call while another page is looked at. */
export function CallBar({ onShow }: { onShow: () => void }) {
  const words = useWords();
  const run = useRun();
  const { calls } = usePhone();
  const texts = useCallTexts();
  const { main } = onStage(usePhoneState((state) => state.calls));
  if (main === undefined) return null;
  return (
    <section className="bar" aria-label={words('phase.active')}>
      <button type="button" className="grow back" onClick={onShow}>
        <span className="unseen">{words('backToCall')}: </span>
        <strong className="cut">{texts(main)[0]}</strong>
        <small className="tnum">
          {main.phase === 'active' && !isToBeHeld(main) ? <Clock call={main} /> : phaseText(words, main)}
        </small>
      </button>
      <button
        type="button"
        className="round"
        aria-pressed={main.isMuted}
        aria-label={words('mute')}
        onClick={() => run(calls.setMuted(main.id, !main.isMuted))}
      >
        <Icon name={main.isMuted ? 'micOff' : 'mic'} />
      </button>
      <button
        type="button"
        className="round stop"
        aria-label={words('hangUp')}
        onClick={() => run(calls.hangUp(main.id))}
      >
        <Icon name="hangUp" />
      </button>
    </section>
  );
}
