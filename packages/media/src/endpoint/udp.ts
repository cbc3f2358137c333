import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { BindResult, DatagramHandler, RtpSocket, RtpSocketFactory } from './socket.ts';

/** Sockets of this machine. */
export class UdpRtpSockets implements RtpSocketFactory {
  bind(address: string, port: number): Promise<BindResult> {
    const family = isIPv6(address) ? 6 : 4;
    const socket = createSocket({
      type: family === 6 ? 'udp6' : 'udp4',
      // Addresses are literal: without a detour by the resolver `send` transmits before it returns.
      lookup: (host, _options, callback) => callback(null, host, family),
    });
    return new Promise((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => {
        socket.close();
        resolve({ ok: false, code: error.code === 'EADDRINUSE' ? 'in-use' : 'failed', message: error.message });
      });
      socket.bind({ address, port, exclusive: true }, () => {
        socket.removeAllListeners('error');
        resolve({ ok: true, socket: new UdpRtpSocket(socket) });
      });
    });
  }
}

class UdpRtpSocket implements RtpSocket {
  readonly port: number;
  readonly #socket: Socket;
  #isOpen = true;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.port = socket.address().port;
    // An unreachable peer shows as silence, which the endpoint watches anyway.
    socket.on('error', () => {});
  }

  receive(handler: DatagramHandler): void {
    this.#socket.removeAllListeners('message');
    this.#socket.on('message', (datagram, source) => handler(datagram, source.address, source.port));
  }

  send(buffer: Buffer, octets: number, port: number, address: string): void {
    if (!this.#isOpen) return;
    // A relay sends on what it received, whole: a slice of it would cost as much as all that is decided about it.
    if (octets === buffer.length) this.#socket.send(buffer, port, address);
    else this.#socket.send(buffer, 0, octets, port, address);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#socket.removeAllListeners('message');
    this.#socket.close();
  }
}
