import type { RtpHeader } from '../rtp/packet.ts';
import type { Direction } from '../sdp/model.ts';
import type { CodecName, NegotiatedFormat } from '../sdp/negotiation.ts';

/** Sends a packet outside the pace: what the echo does. */
export interface FrameSender {
  /** True when the peer may be sent to just now. */
  readonly canSend: boolean;
  /**
   * Sends the payload of a packet that was received, on a timeline of its own; `isNewSource` ties that timeline to the one
   * of the packet's source.
   */
  forward(packet: Buffer, header: RtpHeader, payloadType: number, isNewSource: boolean): void;
}

/** What an endpoint does with its stream; one object per endpoint. */
export interface Behaviour {
  /** Shown in snapshots. */
  readonly kind: string;
  /** What it would do with the stream if the peer let it. */
  readonly direction: Direction;
  /**
   * Fills `octets` of payload for the next frame into `packet` at `at` and says how many are meant: less than `octets` only
   * when nothing is to be sent at all (0).
   */
  produce?(codec: CodecName, packet: Buffer, at: number, octets: number): number;
  /** Takes an audio packet. `packet` may be kept, `header` only until the call returns. */
  consume?(
    packet: Buffer,
    header: RtpHeader,
    format: NegotiatedFormat,
    isNewSource: boolean,
    sender: FrameSender,
  ): void;
}
