import type { Tone } from '../call/wanted-tone.ts';
import { preferences } from '../ui/preferences.ts';
import { speakThrough } from './sound.ts';

interface Pattern {
  readonly frequenciesHz: readonly number[];
  /** On, off, on, off …; milliseconds. Then from the beginning. */
  readonly stepsMs: readonly number[];
  readonly gain: number;
  readonly device: 'ringer' | 'speaker';
}

const PATTERNS: Readonly<Record<Tone, Pattern>> = {
  ring: { frequenciesHz: [523.25, 659.25], stepsMs: [350, 150, 350, 2150], gain: 0.22, device: 'ringer' },
  knock: { frequenciesHz: [523.25], stepsMs: [180, 180, 180, 4500], gain: 0.06, device: 'speaker' },
  // As German exchanges sound: 425 Hz, 1 s on, 4 s off; busy is 480 ms on and off.
  ringback: { frequenciesHz: [425], stepsMs: [1000, 4000], gain: 0.08, device: 'speaker' },
  busy: { frequenciesHz: [425], stepsMs: [480, 480], gain: 0.08, device: 'speaker' },
};
const FADE_SEC = 0.02;

/** Plays a tone over and over until it is stopped. */
export function startTone(tone: Tone): () => void {
  const pattern = PATTERNS[tone];
  const audio = new AudioContext();
  const volume = new GainNode(audio, { gain: 0 });
  const sink = audio.createMediaStreamDestination();
  volume.connect(sink);
  const oscillators = pattern.frequenciesHz.map((frequency) => new OscillatorNode(audio, { frequency }));
  for (const oscillator of oscillators) {
    oscillator.connect(volume);
    oscillator.start();
  }
  const element = new Audio();
  element.srcObject = sink.stream;
  const { ringerId, speakerId } = preferences();
  speakThrough(element, pattern.device === 'ringer' ? ringerId : speakerId);
  // Before the first gesture a page may not sound; the notification and the screen say it then.
  element.play().catch(() => undefined);
  let step = 0;
  let timer: ReturnType<typeof setTimeout>;
  const next = (): void => {
    const isOn = step % 2 === 0;
    volume.gain.setTargetAtTime(isOn ? pattern.gain : 0, audio.currentTime, FADE_SEC);
    timer = setTimeout(next, pattern.stepsMs[step] ?? 0);
    step = (step + 1) % pattern.stepsMs.length;
  };
  next();
  return () => {
    clearTimeout(timer);
    element.srcObject = null;
    audio.close();
  };
}
