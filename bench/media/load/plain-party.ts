/** A party that speaks plain RTP. */
import { plainDescription, portOf } from './descriptions.ts';
import type { Receiver, SharedSocket } from './sockets.ts';

export class PlainParty implements Receiver {
  readonly secured = Promise.resolve();
  relayPort = 0;
  readonly #socket: SharedSocket;
  readonly #onMedia: (packet: Buffer, octets: number) => void;

  constructor(socket: SharedSocket, onMedia: (packet: Buffer, octets: number) => void) {
    this.#socket = socket;
    this.#onMedia = onMedia;
  }

  get description(): string {
    return plainDescription(this.#socket.port);
  }

  /** Takes a description of the relay. */
  accept(sdp: string): void {
    this.relayPort = portOf(sdp);
    this.#socket.listen(this.relayPort, this);
  }

  send(packet: Buffer, octets: number): void {
    this.#socket.send(packet, octets, this.relayPort);
  }

  receive(datagram: Buffer): void {
    const first = datagram[0] ?? 0;
    if (first >= 128 && first <= 191) this.#onMedia(datagram, datagram.length);
  }

  close(): void {
    if (this.relayPort > 0) this.#socket.listen(this.relayPort, undefined);
  }
}
