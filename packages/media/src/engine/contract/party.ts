import { toneShare } from '../../analysis/energy.ts';
import { audioCodec } from '../../codec/codec.ts';

const FRAME_SAMPLES = 160;
const SAMPLE_RATE_HZ = 8_000;
const AMPLITUDE = 8_000;
/** Frames that have to come in a row before a tone counts as heard. */
const ENOUGH_FRAMES = 12;
/** Share of the energy that a clean tone has after G.711. */
const CLEAN = 0.95;

/** What is kept of an RTP packet that came. */
export interface HeardPacket {
  readonly payloadType: number;
  readonly sequenceNumber: number;
  readonly payload: Buffer;
}

/**
 * A far end of a call in tests: it speaks a tone in G.711 A-law and knows what it hears. It knows nothing of engines; what it
 * says of itself in its descriptions is what it does.
 */
export abstract class Party {
  readonly toneHz: number;
  heard: HeardPacket[] = [];
  readonly #encoder = audioCodec('PCMA').createEncoder();
  #samples = 0;

  constructor(toneHz: number) {
    this.toneHz = toneHz;
  }

  abstract offer(): Promise<string>;
  abstract answer(offer: string): Promise<string>;
  abstract accept(answer: string): Promise<void>;
  abstract close(): Promise<void>;
  /** Sends one packet of 20 ms; lost while there is nowhere to send to. */
  protected abstract send(payloadType: number, payload: Buffer, timestamp: number): void;

  /** Payload numbers that the other side wants to get. */
  numbers = { speech: 8, events: 101 };

  speak(): void {
    const pcm = Int16Array.from({ length: FRAME_SAMPLES }, (_, i) =>
      Math.round(AMPLITUDE * Math.sin((2 * Math.PI * this.toneHz * (this.#samples + i)) / SAMPLE_RATE_HZ)),
    );
    const payload = Buffer.alloc(FRAME_SAMPLES);
    this.#encoder.encode(pcm, 0, FRAME_SAMPLES, payload, 0);
    this.send(this.numbers.speech, payload, this.#samples >>> 0);
    this.#samples += FRAME_SAMPLES;
  }

  /** One packet of RFC 4733: the start of a digit. */
  press(digit: number): void {
    this.send(this.numbers.events, Buffer.from([digit, 10, 0, 160]), this.#samples >>> 0);
  }

  /** True when what was heard last is that tone and nothing else. */
  hears(toneHz: number): boolean {
    const speech = this.heard.filter(({ payload }) => payload.length === FRAME_SAMPLES);
    if (speech.length < ENOUGH_FRAMES) return false;
    const last = Buffer.concat(speech.slice(-ENOUGH_FRAMES).map(({ payload }) => payload));
    const pcm = new Int16Array(last.length);
    audioCodec('PCMA').createDecoder().decode(last, 0, last.length, pcm, 0);
    return toneShare(pcm, SAMPLE_RATE_HZ, toneHz) > CLEAN;
  }

  /** Takes the numbers out of the description that tells what the other side wants. */
  protected learnNumbers(sdp: string): void {
    const events = /a=rtpmap:(\d+) telephone-event\/8000/.exec(sdp)?.[1];
    this.numbers = { speech: 8, events: events === undefined ? this.numbers.events : Number(events) };
  }
}
