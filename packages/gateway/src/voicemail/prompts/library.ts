import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AudioClip, audioCodec } from '@unisono/media';
import type { Language } from '@unisono/pbx';

type Index = Readonly<Record<string, readonly [at: number, octets: number]>>;

interface Voice {
  readonly index: Index;
  readonly audio: Buffer;
  readonly clips: Map<string, AudioClip>;
}

const SAMPLE_RATE_HZ = 8000;
const BEEP = { frequenciesHz: [950], durationMs: 400 };
const voices = new Map<Language, Voice>();
let beep: AudioClip | undefined;

/** A recorded prompt (`texts.ts` has the words); clips are made once and shared. Throws for a name that there is not. */
export function promptClip(language: Language, name: string): AudioClip {
  if (name === 'beep') {
    beep ??= AudioClip.ofTone([BEEP]);
    return beep;
  }
  const voice = voiceOf(language);
  const known = voice.clips.get(name);
  if (known) return known;
  const place = voice.index[name];
  if (!place) throw new Error(`there is no prompt "${name}" in ${language}`);
  const clip = AudioClip.ofAudio({ sampleRateHz: SAMPLE_RATE_HZ, pcm: decode(voice.audio, ...place) });
  voice.clips.set(name, clip);
  return clip;
}

function voiceOf(language: Language): Voice {
  const known = voices.get(language);
  if (known) return known;
  const index = JSON.parse(readFileSync(join(import.meta.dirname, `${language}.json`), 'utf8')) as Index;
  const voice = { index, audio: readFileSync(join(import.meta.dirname, `${language}.ulaw`)), clips: new Map() };
  voices.set(language, voice);
  return voice;
}

function decode(audio: Buffer, at: number, octets: number): Int16Array {
  const pcm = new Int16Array(octets);
  audioCodec('PCMU')
    .createDecoder()
    .decode(audio, at, at + octets, pcm, 0);
  return pcm;
}
