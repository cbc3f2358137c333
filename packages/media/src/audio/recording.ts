import { type AudioCodec, audioCodec, CLOCK_RATE_HZ, type FrameDecoder, type SampleRateHz } from '../codec/codec.ts';
import type { RtpHeader } from '../rtp/packet.ts';
import { timestampDistance } from '../rtp/sequence.ts';
import type { CodecName } from '../sdp/negotiation.ts';
import { resample } from './resample.ts';
import type { WavAudio } from './wav.ts';

/** Samples are kept in pieces of one second, made when they are needed. */
const PIECE_MS = 1_000;
/** A jump of the sender's clock by more than this is no pause: the recording goes on where it was. */
const MAX_PAUSE_MS = 10_000;
/** Most audio one packet can hold: a full datagram. */
const MAX_PACKET_SAMPLES = 4_096;

/**
 * Puts the audio of packets in its place by their timestamps: packets that come late or in the wrong order land where
 * they belong, lost ones leave silence. The first packet's codec decides the sample rate.
 */
export class Recording {
  readonly #maxDurationMs: number;
  readonly #pieces: Int16Array[] = [];
  readonly #samples = new Int16Array(MAX_PACKET_SAMPLES);
  #rateHz: SampleRateHz | null = null;
  #codec: AudioCodec | null = null;
  #decoder: FrameDecoder | null = null;
  /** Timestamp and place of the packet that is furthest on. */
  #headTimestamp = 0;
  #headSample = 0;
  #length = 0;

  constructor(maxDurationMs: number) {
    this.#maxDurationMs = maxDurationMs;
  }

  get isFull(): boolean {
    return this.durationMs >= this.#maxDurationMs;
  }

  get durationMs(): number {
    return this.#rateHz === null ? 0 : (this.#length * 1000) / this.#rateHz;
  }

  add(packet: Buffer, header: RtpHeader, codecName: CodecName, isNewSource: boolean): void {
    const isFirst = this.#rateHz === null;
    const decoder = this.#decoderFor(codecName, isNewSource);
    const octets = Math.min(header.payloadEnd - header.payloadStart, MAX_PACKET_SAMPLES / 2);
    const decoded = decoder.decode(packet, header.payloadStart, header.payloadStart + octets, this.#samples, 0);
    const place = isFirst ? 0 : this.#placeOf(header.timestamp, isNewSource);
    const samples = this.#atRecordingRate(this.#samples.subarray(0, decoded));
    if (isFirst || isNewSource || place >= this.#headSample) {
      this.#headTimestamp = header.timestamp;
      this.#headSample = place;
    }
    if (place >= 0) this.#write(samples, place);
  }

  /** A copy of all samples so far; null before the first. */
  audio(): WavAudio | null {
    if (this.#rateHz === null) return null;
    const pcm = new Int16Array(this.#length);
    const pieceLength = this.#pieceLength(this.#rateHz);
    for (const [i, piece] of this.#pieces.entries()) {
      const at = i * pieceLength;
      if (at < pcm.length) pcm.set(piece.subarray(0, pcm.length - at), at);
    }
    return { sampleRateHz: this.#rateHz, pcm };
  }

  #decoderFor(name: CodecName, isNewSource: boolean): FrameDecoder {
    if (this.#decoder && this.#codec?.name === name && !isNewSource) return this.#decoder;
    this.#codec = audioCodec(name);
    this.#rateHz ??= this.#codec.sampleRateHz;
    this.#decoder = this.#codec.createDecoder();
    return this.#decoder;
  }

  #placeOf(timestamp: number, isNewSource: boolean): number {
    const rate = this.#rateHz ?? CLOCK_RATE_HZ;
    const units = timestampDistance(this.#headTimestamp, timestamp);
    if (isNewSource || Math.abs(units) > (MAX_PAUSE_MS * CLOCK_RATE_HZ) / 1000) return this.#length;
    return this.#headSample + (units * rate) / CLOCK_RATE_HZ;
  }

  #atRecordingRate(samples: Int16Array): Int16Array {
    const from = this.#codec?.sampleRateHz ?? CLOCK_RATE_HZ;
    return resample(samples, from, this.#rateHz ?? from);
  }

  #write(samples: Int16Array, place: number): void {
    const rate = this.#rateHz ?? CLOCK_RATE_HZ;
    const pieceLength = this.#pieceLength(rate);
    const end = Math.min(place + samples.length, Math.floor((this.#maxDurationMs * rate) / 1000));
    for (let at = place; at < end; ) {
      const index = Math.floor(at / pieceLength);
      while (this.#pieces.length <= index) this.#pieces.push(new Int16Array(pieceLength));
      const inPiece = at - index * pieceLength;
      const count = Math.min(end - at, pieceLength - inPiece);
      this.#pieces[index]?.set(samples.subarray(at - place, at - place + count), inPiece);
      at += count;
    }
    this.#length = Math.max(this.#length, end);
  }

  #pieceLength(rateHz: number): number {
    return (rateHz * PIECE_MS) / 1000;
  }
}
