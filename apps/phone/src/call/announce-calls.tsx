import type { Call } from '@unisono/phone';
import { useEffect, useRef, useState } from 'react';
import { usePhone, usePhoneState } from '../phone-context.ts';
import { usePartyTexts } from '../ui/parts.tsx';
import { duration } from '../ui/times.ts';
import { useWords } from '../words/index.ts';
import { useCallTexts } from './call-texts.ts';
import { moveText, phaseText } from './call-words.ts';
import { membersCameAndLeft } from './which.ts';

/** What a screen reader says about the calls: who rings at once, the rest when there is a pause, and of that only what is new. */
export function CallAnnouncements() {
  const { ringing, changed } = useSentences();
  const calls = usePhoneState((state) => state.calls);
  const known = useRef<readonly Call[]>([]);
  const [said, setSaid] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was said stays as it was said
  useEffect(() => {
    const before = known.current;
    known.current = calls;
    const news = calls
      .filter(({ phase }) => phase !== 'incoming')
      .flatMap((call) =>
        changed(
          before.find(({ id }) => id === call.id),
          call,
        ),
      );
    if (news.length > 0) setSaid(news.join('. '));
    else if (calls.length === 0) setSaid('');
  }, [calls]);
  return (
    <>
      <div className="unseen" role="alert" data-live="ringing">
        {calls
          .filter(({ phase }) => phase === 'incoming')
          .map(ringing)
          .join(' ')}
      </div>
      <div className="unseen" role="status" data-live="calls">
        {said}
      </div>
    </>
  );
}

interface Sentences {
  readonly ringing: (call: Call) => string;
  /** What is new since `before`; of a call not known before all of it. */
  readonly changed: (before: Call | undefined, call: Call) => readonly string[];
}

function useSentences(): Sentences {
  const words = useWords();
  const texts = useCallTexts();
  const partyTexts = usePartyTexts();
  const { numbers } = usePhone();
  const name = (call: Call): string => texts(call).filter(Boolean).join(', ');
  const ended = ({ answeredAtMs, endedAtMs, end }: Call): string =>
    answeredAtMs === undefined || endedAtMs === undefined || !end?.reason.startsWith('hungUp')
      ? ''
      : duration(endedAtMs - answeredAtMs);
  const changed = (before: Call | undefined, call: Call): readonly string[] => {
    const phase = phaseText(words, call);
    const isNew = before === undefined || phaseText(words, before) !== phase;
    const isMuteNew = before === undefined ? call.isMuted : before.isMuted !== call.isMuted;
    const moving = moveText(words, call, numbers.show);
    const { came, left } = membersCameAndLeft(before, call);
    return [
      isNew ? name(call) : '',
      isNew ? phase : '',
      isNew && call.phase === 'ended' ? ended(call) : '',
      isMuteNew && call.phase === 'active' ? words(call.isMuted ? 'muted' : 'unmuted') : '',
      call.isHoldRefused && !before?.isHoldRefused ? words('holdRefused') : '',
      moving !== undefined && before?.move === undefined ? moving : '',
      ...call.quality.warnings
        .filter((warning) => !before?.quality.warnings.includes(warning))
        .map((warning) => words(`quality.${warning}`)),
      ...came.map(({ party }) => words('memberCame', { who: partyTexts(party)[0] })),
      ...left.map(({ party }) => words('memberLeft', { who: partyTexts(party)[0] })),
    ].filter(Boolean);
  };
  const ringing = (call: Call): string => {
    const [forwarder] = call.forwardedFrom;
    const from = forwarder === undefined ? '' : words('forwardedFrom', { who: partyTexts(forwarder)[0] });
    return [name(call), phaseText(words, call), from].filter(Boolean).join('. ');
  };
  return { ringing, changed };
}
