import { usePhoneState } from '../phone-context.ts';
import { isWord, useWords } from '../words/index.ts';

export interface Shown {
  readonly state: string;
  readonly text: string;
}

/** What a colleague is doing, to be shown; nothing while the phone system cannot tell the cloud what is so now. */
export function usePresence(): (presence: string | undefined) => Shown | undefined {
  const words = useWords();
  const isTold = usePhoneState((state) => state.cloud.isReachable && state.settings.view?.link.isOnline === true);
  return (presence) => {
    const word = `presence.${presence}`;
    return isTold && presence !== undefined && isWord(word) ? { state: presence, text: words(word) } : undefined;
  };
}

/** What is there of some texts, in one line. */
export function joined(...texts: readonly (string | undefined)[]): string {
  return texts.filter((text) => text !== undefined && text !== '').join(' · ');
}
