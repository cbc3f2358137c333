/** What a page says into a call and hears of it, as tones. */

let shared: AudioContext | undefined;

function context(): AudioContext {
  shared ??= new AudioContext({ sampleRate: 48_000 });
  void shared.resume();
  return shared;
}

/** A stream with one audio track: a sine of half full scale, in place of a microphone. */
export function toneStream(frequencyHz: number): MediaStream {
  const audio = context();
  const oscillator = new OscillatorNode(audio, { frequency: frequencyHz });
  const level = new GainNode(audio, { gain: 0.5 });
  const destination = audio.createMediaStreamDestination();
  oscillator.connect(level).connect(destination);
  oscillator.start();
  return destination.stream;
}

/** Listens to a stream; `samples()` gives the last 170 ms. */
export class Ear {
  readonly #analyser: AnalyserNode;
  // Without an element that plays it, Chromium does not feed a remote stream to Web Audio.
  readonly #element = new Audio();

  constructor(stream: MediaStream) {
    // A muted one would have the browser count what it hears as silence.
    this.#element.volume = 0.05;
    this.#element.srcObject = stream;
    void this.#element.play();
    const audio = context();
    this.#analyser = new AnalyserNode(audio, { fftSize: 8_192 });
    audio.createMediaStreamSource(stream).connect(this.#analyser);
  }

  samples(): { readonly sampleRateHz: number; readonly samples: number[] } {
    const values = new Float32Array(this.#analyser.fftSize);
    this.#analyser.getFloatTimeDomainData(values);
    return { sampleRateHz: context().sampleRate, samples: [...values] };
  }
}
