import type { Language } from '../words/index.ts';

/** `3:07`, `1:02:09`. */
export function duration(ms: number): string {
  const all = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

const LOCALES = { en: 'en-GB', de: 'de-DE' } as const;

export function clockTime(atMs: number, language: Language): string {
  return new Intl.DateTimeFormat(LOCALES[language], { hour: '2-digit', minute: '2-digit' }).format(atMs);
}

/** `Today`, `Yesterday`, else the date. */
export function day(atMs: number, language: Language, nowMs: number): string {
  const days = Math.round((midnight(atMs) - midnight(nowMs)) / 86_400_000);
  if (days === 0 || days === -1) {
    const word = new Intl.RelativeTimeFormat(LOCALES[language], { numeric: 'auto' }).format(days, 'day');
    return word.charAt(0).toUpperCase() + word.slice(1);
  }
  const isThisYear = new Date(atMs).getFullYear() === new Date(nowMs).getFullYear();
  const options: Intl.DateTimeFormatOptions = isThisYear
    ? { weekday: 'long', day: 'numeric', month: 'long' }
    : { day: 'numeric', month: 'long', year: 'numeric' };
  return new Intl.DateTimeFormat(LOCALES[language], options).format(atMs);
}

/** `today, 14:05`: for the middle of a sentence. */
export function moment(atMs: number, language: Language, nowMs: number): string {
  const on = day(atMs, language, nowMs);
  const isWord = /^(Today|Yesterday|Heute|Gestern)$/.test(on);
  return `${isWord ? on.toLowerCase() : on}, ${clockTime(atMs, language)}`;
}

function midnight(atMs: number): number {
  return new Date(atMs).setHours(0, 0, 0, 0);
}
