import type { Call } from '@unisono/phone';
import { usePhone, usePhoneState } from '../phone-context.ts';
import { useWords } from '../words/index.ts';
import { useCallTexts } from './call-texts.ts';
import { moveText, phaseText } from './call-words.ts';

/** What a screen reader says about the calls: who rings at once, the rest when there is a pause. */
export function CallAnnouncements() {
  const words = useWords();
  const texts = useCallTexts();
  const { numbers } = usePhone();
  const calls = usePhoneState((state) => state.calls);
  const sentence = (call: Call): string =>
    [
      texts(call).filter(Boolean).join(', '),
      phaseText(words, call),
      call.isMuted && call.phase === 'active' ? words('muted') : '',
      moveText(words, call, numbers.show) ?? '',
      ...call.quality.warnings.map((warning) => words(`quality.${warning}`)),
    ]
      .filter(Boolean)
      .join('. ');
  return (
    <>
      <div className="unseen" role="alert" data-live="ringing">
        {calls
          .filter(({ phase }) => phase === 'incoming')
          .map(sentence)
          .join(' ')}
      </div>
      <div className="unseen" role="status" data-live="calls">
        {calls
          .filter(({ phase }) => phase !== 'incoming')
          .map(sentence)
          .join(' ')}
      </div>
    </>
  );
}
