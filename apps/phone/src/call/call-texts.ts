import type { Call } from '@unisono/phone';
import { usePartyTexts } from '../ui/parts.tsx';
import { useWords } from '../words/index.ts';

/** Several others are in the call; with one alone it is shown as any call is. */
export function isGathering(call: Call): boolean {
  return call.isConference && call.party.number === undefined;
}

/** Gives name and number of the other side of a call; of a conference what it is, and who else is in it. */
export function useCallTexts(): (call: Call) => [name: string, detail: string] {
  const words = useWords();
  const texts = usePartyTexts();
  return (call) => {
    if (!isGathering(call)) return texts(call.party);
    const others = call.conference?.members.filter(({ isSelf }) => !isSelf) ?? [];
    return [words('conference'), others.map(({ party }) => texts(party)[0]).join(', ')];
  };
}
