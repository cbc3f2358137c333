/** What is written on the screens, by the app's own table of words: tests look for what is meant, whatever the wording. */
import { CALL_WORDS } from '../../apps/phone/src/words/calls.ts';
import { FRAME_WORDS } from '../../apps/phone/src/words/frame.ts';
import { PAGE_WORDS } from '../../apps/phone/src/words/pages.ts';

const WORDS: Readonly<Record<string, readonly [en: string, de: string]>> = {
  ...FRAME_WORDS,
  ...CALL_WORDS,
  ...PAGE_WORDS,
};

type Word = keyof typeof FRAME_WORDS | keyof typeof CALL_WORDS | keyof typeof PAGE_WORDS;

/** The text of a word, filled in. */
export function said(word: Word, fill: Readonly<Record<string, string>> = {}, language: 'en' | 'de' = 'en'): string {
  const text = WORDS[word]?.[language === 'de' ? 1 : 0] ?? '';
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => fill[name] ?? whole);
}

export function inGerman(word: Word, fill: Readonly<Record<string, string>> = {}): string {
  return said(word, fill, 'de');
}

/** Either language's, as a whole. */
export function inEither(word: Word): RegExp {
  return new RegExp(
    `^(${[said(word), inGerman(word)].map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`,
  );
}
