/** The phone without screens, for tests that look at calls and audio: a tone in place of a microphone, ears in place of a loudspeaker. */
import { browserPorts, createPhone, type Phone, type StreamLike } from '@unisono/phone';
import { Ear, toneStream } from '../../peers/browser/page/tone.ts';

class BarePhone {
  readonly phone: Phone;
  readonly #ears = new Map<string, Ear>();
  /** What was said to it since it began. */
  readonly phases: string[] = [];
  #toneHz = 440;

  constructor() {
    const media = {
      openMicrophone: async (): Promise<StreamLike> => toneStream(this.#toneHz),
      play: (callId: string, stream: StreamLike | undefined): void => {
        if (stream) this.#ears.set(callId, new Ear(stream as unknown as MediaStream));
        else this.#ears.delete(callId);
      },
    };
    this.phone = createPhone({ ports: browserPorts({ window, media }), deviceName: 'A page of the tests' });
    this.phone.subscribe(() => {
      const { line } = this.phone.getState();
      if (this.phases.at(-1) !== line.phase) this.phases.push(line.phase);
    });
    void this.phone.start();
  }

  speak(toneHz: number): void {
    this.#toneHz = toneHz;
  }

  samples(callId: string): { readonly sampleRateHz: number; readonly samples: number[] } | undefined {
    return this.#ears.get(callId)?.samples();
  }
}

declare global {
  interface Window {
    bare: BarePhone;
  }
}

window.bare = new BarePhone();
