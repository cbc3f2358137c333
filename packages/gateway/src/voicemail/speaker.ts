import { AudioClip, type PlayItem, type WavAudio } from '@unisono/media';
import type { Language } from '@unisono/pbx';
import { promptClip } from './prompts/library.ts';
import { MOST_COUNTED, type Saying } from './speech.ts';

/** Where the speaker finds what people recorded. */
export interface Recordings {
  message(id: string): WavAudio | undefined;
  greeting(): WavAudio | undefined;
}

const PAUSE: PlayItem = { clip: AudioClip.ofSilence(250) };
const DAY_MS = 86_400_000;

/** What is to be played for these sayings, in that language. `nowMs` and times are of the local day. */
export function spoken(
  sayings: readonly Saying[],
  language: Language,
  recordings: Recordings,
  nowMs: number,
): readonly PlayItem[] {
  return sayings.flatMap((saying) => [...clipsOf(saying, language, recordings, nowMs), PAUSE]);
}

function clipsOf(saying: Saying, language: Language, recordings: Recordings, nowMs: number): readonly PlayItem[] {
  if ('message' in saying) return recorded(recordings.message(saying.message));
  if ('greeting' in saying) return recorded(recordings.greeting());
  return namesOf(saying, nowMs).map((name) => ({ clip: promptClip(language, name) }));
}

function recorded(audio: WavAudio | undefined): readonly PlayItem[] {
  return audio === undefined ? [] : [{ clip: AudioClip.ofAudio(audio) }];
}

/** The names of the prompts for a saying. */
export function namesOf(
  saying: Exclude<Saying, { readonly message: string } | { readonly greeting: 'own' }>,
  nowMs: number,
): readonly string[] {
  if ('say' in saying) return [saying.say];
  if ('count' in saying) return [`${saying.of}-${saying.count > MOST_COUNTED ? 'many' : saying.count}`];
  if ('digits' in saying) return [...saying.digits].flatMap(nameOfDigit);
  const then = new Date(saying.time);
  return [dayOf(then, new Date(nowMs)), `hour-${then.getHours()}`, `minute-${then.getMinutes()}`];
}

function nameOfDigit(digit: string): readonly string[] {
  if (digit === '+') return ['plus'];
  return /\d/.test(digit) ? [`digit-${digit}`] : [];
}

function dayOf(then: Date, now: Date): string {
  const days = Math.round((midnight(now) - midnight(then)) / DAY_MS);
  if (days <= 0) return 'today';
  if (days === 1) return 'yesterday';
  return days < 7 ? `weekday-${then.getDay()}` : 'earlier';
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
