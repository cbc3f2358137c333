import { type HistoryEntry, saidOf } from '@unisono/phone';
import { isWord, type Words } from '../words/index.ts';

/** Said by the result of a call as well. */
const PLAIN: ReadonlySet<string> = new Set(['unknownNumber', 'busy', 'noAnswer', 'unreachable', 'declined']);
const CAME_BACK = /^(?:(.*?)\. )?The number it was sent on to was not reached: (.*)$/;

/** What the phone system says, where it is more than how a call ended. */
export function preciseText(words: Words, text: string | undefined): string | undefined {
  const code = saidOf(text);
  if (code === undefined || PLAIN.has(code)) return undefined;
  const word = `said.${code}`;
  return isWord(word) ? words(word) : undefined;
}

/** How a call of the history went, in full; undefined where nothing is known but its result. */
export function detailText(words: Words, { detail, direction }: HistoryEntry): string | undefined {
  const [, before, why] = CAME_BACK.exec(detail ?? '') ?? [];
  const said = (text: string | undefined): string | undefined => {
    const code = saidOf(text);
    if (code === undefined) return undefined;
    const isOwn = code === (direction === 'outgoing' ? 'callerHungUp' : 'calleeHungUp');
    if (isOwn) return words('said.youHungUp');
    if (code === 'callerGaveUp' && direction === 'outgoing') return words('said.youGaveUp');
    const word = `said.${code}`;
    return isWord(word) ? words(word) : undefined;
  };
  if (why === undefined) return said(detail);
  return [said(before), words('said.cameBack', { why: said(why) ?? why })].filter(Boolean).join('. ');
}
