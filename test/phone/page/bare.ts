/** The phone without screens, for tests that look at calls and audio: a tone in place of a microphone, ears in place of a loudspeaker. */
import { browserPorts, createPhone, type Phone, type StreamLike } from '@unisono/phone';
import { Ear, toneStream } from '../../peers/browser/page/tone.ts';

/** What the page made, the last one last. */
const connections: RTCPeerConnection[] = [];
const { RTCPeerConnection: Plain } = window;
window.RTCPeerConnection = class extends Plain {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }
};

class BarePhone {
  readonly phone: Phone;
  readonly #ears = new Map<string, Ear>();
  /** What was said to it since it began. */
  readonly phases: string[] = [];
  #toneHz = 440;
  #stopMeasuring: (() => number) | undefined;

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

  /** From now on without a gap: how loud the loudest moment of the call is. */
  measure(callId: string): void {
    let loudest = 0;
    const look = (): void => {
      const { samples } = this.#ears.get(callId)?.samples() ?? { samples: [] };
      const energy = samples.reduce((sum, value) => sum + value * value, 0) / (samples.length || 1);
      loudest = Math.max(loudest, energy);
    };
    const timer = setInterval(look, 50);
    this.#stopMeasuring = () => {
      clearInterval(timer);
      look();
      return loudest;
    };
  }

  measured(): number {
    return this.#stopMeasuring?.() ?? Number.NaN;
  }

  /** Energy of all that the last connection has received and played (W3C webrtc-stats). */
  async played(): Promise<number> {
    const stats = [...((await connections.at(-1)?.getStats()) ?? new Map()).values()];
    return stats.find(({ type }) => type === 'inbound-rtp')?.totalAudioEnergy ?? 0;
  }

  /** The last connection says that its ICE has failed, as it does when nothing has come through for long; gives the audio as it is told then. */
  failIce(): string | undefined {
    const connection = connections.at(-1);
    if (connection === undefined) return undefined;
    Object.defineProperty(connection, 'iceConnectionState', { value: 'failed', configurable: true });
    connection.dispatchEvent(new Event('iceconnectionstatechange'));
    Reflect.deleteProperty(connection, 'iceConnectionState');
    return this.phone.getState().calls[0]?.audio;
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
