import type { Call, PhoneState } from '@unisono/phone';
import { isWord, type Word, type Words } from '../words/index.ts';
import { preciseText } from './said-text.ts';

/** What goes on with a call, in words. */
export function phaseText(words: Words, call: Call): string {
  if (call.phase === 'ended') return endText(words, call);
  if (call.audio === 'regaining') return words('phase.regaining');
  if (call.phase !== 'active') {
    if (call.isEmergency) return words('phase.emergency');
    if (call.phase === 'incoming' && call.movedFrom !== undefined) return words('phase.moved');
    return words(call.phase === 'incoming' && call.isSecond ? 'phase.second' : `phase.${call.phase}`);
  }
  if (call.holdChange !== undefined) return words(`phase.${call.holdChange}`);
  if (call.isHeld) return words('phase.held');
  return words(call.isHeldByOther ? 'phase.heldByOther' : 'phase.active');
}

/** Ends that the phone system says more of. */
const SAID: ReadonlySet<string> = new Set(['refused', 'failed', 'notFound', 'busy', 'unreachable']);

/** Ends of ringing after which a call that was to be moved here goes on where it was. */
const NOT_MOVED: ReadonlySet<string> = new Set(['declinedHere', 'declinedElsewhere', 'noAnswer', 'failed']);

export function endText(words: Words, call: Call): string {
  const { end } = call;
  if (end === undefined) return words('end.hungUpHere');
  if (end.isMissed) return words('end.missed');
  if (call.movedFrom !== undefined && call.answeredAtMs === undefined && NOT_MOVED.has(end.reason))
    return words('end.notMoved');
  if (call.feature !== undefined && call.answeredAtMs !== undefined) return words('feature.now');
  const precise = call.answeredAtMs === undefined ? preciseText(words, end.detail) : undefined;
  if (precise !== undefined && SAID.has(end.reason)) return precise;
  if (end.reason === 'failed' && call.direction === 'outgoing' && call.answeredAtMs === undefined)
    return words('end.notMade');
  if (end.reason === 'answeredElsewhere' && end.answeredOn === 'desk') return words('end.answeredDesk');
  return words(`end.${end.reason}` satisfies Word);
}

export function moveText(words: Words, call: Call, show: (number: string) => string): string | undefined {
  if (call.move === undefined) return undefined;
  const { kind, target = '' } = call.move;
  return words(`move.${kind}`, { who: show(target) });
}

/** What holds of the setting that a dialled code is about. */
export function featureText(words: Words, feature: string, settings: PhoneState['settings']['shown']): string {
  const word = `feature.${feature}`;
  if (isWord(word)) return words(word);
  if (settings === undefined) return '';
  const said = (title: Word, value: string) =>
    `${words(title).replace(/ …$/, '')}: ${isWord(value) ? words(value) : ''}`;
  if (feature.startsWith('busy')) return said('busyTitle', `busy.${settings.busy}`);
  if (feature.startsWith('noAnswer')) return said('noAnswerTitle', `noAnswer.${settings.noAnswer}`);
  return said('routingAbout', settings.routing === 'other' ? 'routing.otherShort' : `routing.${settings.routing}`);
}

export function deviceText(words: Words, device: string): string {
  if (device === 'desk') return words('device.desk');
  return device === 'client' ? words('device.client') : device;
}
