import { audioCodec, type FrameEncoder } from '../../codec/codec.ts';
import type { RtpHeader } from '../../rtp/packet.ts';
import type { CodecName, NegotiatedFormat } from '../../sdp/negotiation.ts';
import type { Behaviour } from '../behaviour.ts';
import { BehaviourEndpoint, type EndpointOptions } from '../endpoint.ts';
import type { MediaHost } from '../host.ts';
import type { MusicSource } from '../music.ts';
import type { Mix } from './mix.ts';
import { FRAME_OCTETS, Talker } from './talker.ts';

export interface MemberOptions extends EndpointOptions {
  /** Joins without being heard. */
  readonly isMuted?: boolean;
}

/** One party of a conference, as an endpoint of its own. */
export class ConferenceMember extends BehaviourEndpoint {
  readonly talker: Talker;
  readonly #line: Line;
  readonly #onLeave: (member: ConferenceMember) => void;

  constructor(host: MediaHost, options: MemberOptions, onLeave: (member: ConferenceMember) => void) {
    const line = new Line(host);
    super(host, line, options);
    this.#line = line;
    this.talker = line.talker;
    this.talker.isMuted = options.isMuted ?? false;
    this.#onLeave = onLeave;
  }

  get isMuted(): boolean {
    return this.talker.isMuted;
  }

  /** A muted member hears and is not heard. */
  mute(isMuted: boolean): void {
    this.talker.isMuted = isMuted;
  }

  /** Takes what this member is to hear in the present frame. */
  hear(mix: Mix): void {
    this.#line.hear(mix);
  }

  hearMusic(source: MusicSource): void {
    this.#line.hearMusic(source);
  }

  override close(): void {
    super.close();
    this.#onLeave(this);
  }
}

/** What the endpoint of a member does: packets to the talker, frames of the mix to the peer. */
class Line implements Behaviour {
  readonly kind = 'conference';
  readonly direction = 'sendrecv';
  readonly talker = new Talker();
  readonly #host: MediaHost;
  readonly #frames: Buffer[] = [];
  #offset = 0;
  /** Undefined until the peer is sent to for the first time. */
  #codec: CodecName | undefined;
  #encoder: FrameEncoder | undefined;
  #musicAt: number | undefined;
  /** Octets of the last packet: what waits beyond the next one would only be delay. */
  #wanted = FRAME_OCTETS;

  constructor(host: MediaHost) {
    this.#host = host;
  }

  consume(packet: Buffer, header: RtpHeader, format: NegotiatedFormat, isNewSource: boolean): void {
    this.talker.take(packet, header, format.codec, isNewSource, this.#host.clock.nowMs());
  }

  produce(codec: CodecName, packet: Buffer, at: number, octets: number): number {
    if (codec !== this.#codec) this.#change(codec);
    this.#wanted = octets;
    if (this.#queued < octets) return 0;
    for (let filled = 0; filled < octets; ) filled += this.#copy(packet, at + filled, octets - filled);
    return octets;
  }

  hear(mix: Mix): void {
    this.#musicAt = undefined;
    if (!this.#codec || !this.#encoder) return;
    const { talker } = this;
    this.#queue(talker.isTalking ? mix.forTalker(this.#codec, this.#encoder, talker) : mix.forListeners(this.#codec));
  }

  hearMusic(source: MusicSource): void {
    if (!this.#codec) return;
    const frame = Buffer.alloc(FRAME_OCTETS);
    this.#musicAt = source.fill(this.#codec, this.#musicAt ?? source.position(this.#codec), frame, 0, FRAME_OCTETS);
    this.#queue(frame);
  }

  get #queued(): number {
    return this.#frames.length * FRAME_OCTETS - this.#offset;
  }

  #queue(frame: Buffer): void {
    this.#frames.push(frame);
    while (this.#queued > this.#wanted + FRAME_OCTETS) {
      this.#frames.shift();
      this.#offset = 0;
    }
  }

  #copy(out: Buffer, at: number, room: number): number {
    const frame = this.#frames[0] as Buffer;
    const copied = frame.copy(out, at, this.#offset, Math.min(FRAME_OCTETS, this.#offset + room));
    this.#offset += copied;
    if (this.#offset >= FRAME_OCTETS) {
      this.#frames.shift();
      this.#offset = 0;
    }
    return copied;
  }

  #change(codec: CodecName): void {
    this.#codec = codec;
    this.#encoder = audioCodec(codec).createEncoder();
    this.#frames.length = 0;
    this.#offset = 0;
    this.#musicAt = undefined;
  }
}
