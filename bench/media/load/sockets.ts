/** Sockets that many calls share: each call has a port of its own at the relay, and is told by it. */
import { createSocket, type Socket } from 'node:dgram';

const BUFFER_OCTETS = 4 * 1024 * 1024;
const ADDRESS = '127.0.0.1';
const PORTS = 65_536;

/** Takes what the relay sends from one of its ports. */
export interface Receiver {
  receive(datagram: Buffer, relayPort: number): void;
}

export class SharedSocket {
  readonly port: number;
  readonly #socket: Socket;
  readonly #receivers: (Receiver | undefined)[] = new Array(PORTS).fill(undefined);

  constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    socket.on('message', (datagram, from) => this.#receivers[from.port]?.receive(datagram, from.port));
    // A relay that went away shows as loss.
    socket.on('error', () => {});
  }

  /** From now on `receiver` hears what comes from this port of the relay. */
  listen(relayPort: number, receiver: Receiver | undefined): void {
    this.#receivers[relayPort] = receiver;
  }

  send(datagram: Uint8Array, octets: number, relayPort: number): void {
    this.#socket.send(datagram, 0, octets, relayPort, ADDRESS);
  }

  close(): void {
    this.#socket.close();
  }
}

export async function openSharedSocket(): Promise<SharedSocket> {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: BUFFER_OCTETS,
    sendBufferSize: BUFFER_OCTETS,
    lookup: (host, _options, callback) => callback(null, host, 4),
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(0, ADDRESS, resolve);
  });
  return new SharedSocket(socket);
}
