/** One UDP socket between the generator and the server. */
import { createSocket, type Socket } from 'node:dgram';

const BUFFER_OCTETS = 4 * 1024 * 1024;

/** Sends and receives text; `onMessage` is set before the first message is due. */
export class Link {
  onMessage: (text: string) => void = () => {};
  #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (octets) => this.onMessage(octets.toString('latin1')));
    // A server that went away shows as unanswered requests, not as an error of the socket.
    socket.on('error', () => {});
  }

  send(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'));
  }

  close(): void {
    this.#socket.close();
  }
}

/** Opens a socket at the port; being connected saves an address lookup for every datagram. */
export async function openLink(port: number, server: { address: string; port: number }): Promise<Link> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: BUFFER_OCTETS, sendBufferSize: BUFFER_OCTETS });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, '127.0.0.1', () => socket.connect(server.port, server.address, resolve));
  });
  return new Link(socket);
}
