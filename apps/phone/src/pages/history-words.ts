import { type HistoryEntry, isMissed } from '@unisono/phone';
import { deviceText } from '../call/call-words.ts';
import { preciseText } from '../call/said-text.ts';
import type { IconName } from '../ui/icons.tsx';
import { isWord, type Words } from '../words/index.ts';

export function historyIcon(entry: HistoryEntry): IconName {
  if (entry.result === 'deflected') return 'diverted';
  if (isMissed(entry)) return 'missed';
  return entry.direction === 'outgoing' ? 'outgoing' : 'incoming';
}

/** Why it ended as it did, truthfully and short. */
export function resultText(words: Words, entry: HistoryEntry, show: (number: string) => string): string {
  const { direction, result, device, deflectedTo, reason } = entry;
  if (result === 'answered') return words(direction === 'outgoing' ? 'result.outgoing' : 'result.answered');
  if (result === 'answeredElsewhere')
    return words('result.answeredElsewhere', { device: deviceText(words, device ?? 'client') });
  if (result === 'deflected') {
    if (device === 'voicemail') return words('result.toVoicemail');
    const who = deflectedTo?.name ?? (deflectedTo?.number === undefined ? '' : show(deflectedTo.number));
    if (who === '') return words('result.deflected.nowhere');
    const precise = `result.deflected.${reason}`;
    return words(isWord(precise) ? precise : 'result.deflected', { who });
  }
  const precise = preciseText(words, entry.detail);
  if (precise !== undefined && (result === 'refused' || result === 'failed')) return precise;
  const outward = `result.${result}.out`;
  if (direction === 'outgoing' && isWord(outward)) return words(outward);
  const word = `result.${result}`;
  return isWord(word) ? words(word) : result;
}
