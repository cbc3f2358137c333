import { createContext, useContext } from 'react';
import { CALL_WORDS } from './calls.ts';
import { FRAME_WORDS } from './frame.ts';
import { PAGE_WORDS } from './pages.ts';
import { SAID_WORDS } from './said.ts';

export type Language = 'en' | 'de';

/** Every text of the phone, in both languages. */
const WORDS = { ...FRAME_WORDS, ...CALL_WORDS, ...PAGE_WORDS, ...SAID_WORDS } satisfies Readonly<
  Record<string, readonly [en: string, de: string]>
>;

export type Word = keyof typeof WORDS;
export type Words = (word: Word, fill?: Readonly<Record<string, string | number>>) => string;

export const LanguageContext = createContext<Language>('en');

/** The text of a word in a language; `{name}` is filled in. */
export function textIn(language: Language, word: Word, fill: Readonly<Record<string, string | number>> = {}): string {
  return WORDS[word][language === 'de' ? 1 : 0].replace(/\{(\w+)\}/g, (whole, key: string) =>
    String(fill[key] ?? whole),
  );
}

export function isWord(text: string): text is Word {
  return Object.hasOwn(WORDS, text);
}

/** The texts of the chosen language. */
export function useWords(): Words {
  const language = useContext(LanguageContext);
  return (word, fill) => textIn(language, word, fill);
}

export function useLanguage(): Language {
  return useContext(LanguageContext);
}
