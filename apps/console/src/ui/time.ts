import type { Language } from '../words.ts';

export function time(ms: number, language: Language): string {
  return new Date(ms).toLocaleString(language === 'de' ? 'de-DE' : 'en-GB', {
    dateStyle: 'short',
    timeStyle: 'medium',
  });
}

/** Minutes and seconds of a call: `1:05`. */
export function span(fromMs: number | undefined, toMs: number | undefined): string {
  if (fromMs === undefined || toMs === undefined) return '';
  const seconds = Math.round((toMs - fromMs) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
