/** Receives one datagram; the buffer belongs to the receiver. */
export type DatagramHandler = (datagram: Buffer, address: string, port: number) => void;

/** A bound socket for RTP or RTCP. */
export interface RtpSocket {
  readonly port: number;
  /** Sets who receives; datagrams that come before are lost. */
  receive(handler: DatagramHandler): void;
  /**
   * Sends the first `octets` of `buffer` to a literal address. The buffer may be written to again after the call:
   * implementations transmit or copy before they return. Failures are losses, as everywhere on the way.
   */
  send(buffer: Buffer, octets: number, port: number, address: string): void;
  /** Idempotent; nothing is received afterwards. */
  close(): void;
}

export type BindResult =
  | { readonly ok: true; readonly socket: RtpSocket }
  /** `in-use`: another port may do. `failed`: no port of that address will. */
  | { readonly ok: false; readonly code: 'in-use' | 'failed'; readonly message: string };

/** Where sockets come from: the machine (`UdpRtpSockets`) or a test (`MemoryRtpNetwork`). */
export interface RtpSocketFactory {
  bind(address: string, port: number): Promise<BindResult>;
}
