import type { PhoneState } from '@unisono/phone';
import { onStage } from './which.ts';

/** `ring`: somebody calls; `knock`: during a call; `ringback`: it rings there; `busy`: it came to nothing. */
export type Tone = 'ring' | 'knock' | 'ringback' | 'busy';

/** Of several tabs only the one that has the calls sounds. */
export function wantedTone(state: PhoneState, ringHere: boolean): Tone | undefined {
  if (state.tab.role !== 'leader') return undefined;
  const { incoming, main, ended } = onStage(state.calls);
  if (incoming !== undefined) {
    if (main !== undefined) return 'knock';
    return ringHere ? 'ring' : undefined;
  }
  // Sound of the other side (early media) is better than our own.
  if (main?.phase === 'alerting' && main.audio !== 'flowing') return 'ringback';
  const reason = ended?.direction === 'outgoing' ? ended.end?.reason : undefined;
  return reason !== undefined && ['busy', 'declined', 'notFound', 'unreachable', 'refused'].includes(reason)
    ? 'busy'
    : undefined;
}
