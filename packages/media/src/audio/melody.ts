import type { SampleRateHz } from '../codec/codec.ts';

/** One note: pitch as a MIDI number (69 is A4 at 440 Hz), start and length in beats. */
interface Note {
  readonly pitch: number;
  readonly beat: number;
  readonly beats: number;
}

const BEAT_MS = 400;
const PEAK = 5_000;
/** Overtones and their share: a soft bell. */
const PARTIALS: readonly (readonly [number, number])[] = [
  [1, 0.72],
  [2, 0.2],
  [3, 0.08],
];

/** Four broken chords, C – A minor – F – G, each over four beats with a held root below. */
const CHORDS: readonly (readonly [number, number, number, number])[] = [
  [48, 60, 64, 67],
  [45, 60, 64, 69],
  [41, 60, 65, 69],
  [43, 59, 62, 67],
];
export const MELODY_BEATS = CHORDS.length * 4;

/** Length of the melody; it can be repeated without a seam. */
export const MELODY_MS = MELODY_BEATS * BEAT_MS;

/** The house melody, for announcements and for waiting: quiet, without any recording. */
export function renderMelody(sampleRateHz: SampleRateHz): Int16Array {
  const length = (MELODY_MS * sampleRateHz) / 1000;
  const mix = new Float64Array(length);
  for (const note of notes()) addNote(mix, note, sampleRateHz);
  return Int16Array.from(mix, (value) => Math.round(value * PEAK));
}

function notes(): Note[] {
  return CHORDS.flatMap(([root, low, middle, high], chord) => {
    const beat = chord * 4;
    const arpeggio = [low, middle, high, middle + 12, high, middle, low, middle];
    return [
      { pitch: root, beat, beats: 4 },
      ...arpeggio.map((pitch, i) => ({ pitch, beat: beat + i / 2, beats: 1.5 })),
    ];
  });
}

/** Adds a note that fades away; what rings beyond the end is heard at the start, so that loops have no seam. */
function addNote(mix: Float64Array, note: Note, sampleRateHz: number): void {
  const frequencyHz = 440 * 2 ** ((note.pitch - 69) / 12);
  const start = Math.round((note.beat * BEAT_MS * sampleRateHz) / 1000);
  const length = Math.round((note.beats * BEAT_MS * sampleRateHz) / 1000);
  const attack = 0.01 * sampleRateHz;
  for (let i = 0; i < length; i++) {
    const fade = Math.min(1, i / attack) * (1 - i / length) ** 2;
    let value = 0;
    for (const [partial, share] of PARTIALS) {
      value += share * Math.sin((2 * Math.PI * partial * frequencyHz * i) / sampleRateHz);
    }
    const at = (start + i) % mix.length;
    mix[at] = (mix[at] as number) + value * fade * 0.5;
  }
}
