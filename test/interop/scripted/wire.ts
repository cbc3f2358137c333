/** Sockets over which a scripted phone speaks to the system: UDP, TCP and WebSocket, all on 127.0.0.1. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import WebSocket from 'ws';
import { Inbox } from './inbox.ts';

const HOST = '127.0.0.1';
const CONNECT_MS = 5_000;
const CR = 0x0d;
const LF = 0x0a;

export interface Wire {
  readonly transport: 'UDP' | 'TCP' | 'WS';
  /** Sent-by of Via. */
  readonly sentBy: string;
  /** Host, port and parameters of a Contact that leads here. */
  readonly contactHost: string;
  readonly inbox: Inbox;
  send(message: string | Buffer): void;
  close(): Promise<void>;
}

/** A datagram socket at a free port; everything goes to `serverPort`. */
export async function openUdp(serverPort: number): Promise<Wire> {
  const socket = createSocket('udp4');
  socket.bind(0, HOST);
  await once(socket, 'listening');
  const inbox = new Inbox();
  socket.on('message', (octets) => inbox.push(octets));
  const sentBy = `${HOST}:${socket.address().port}`;
  return {
    transport: 'UDP',
    sentBy,
    contactHost: sentBy,
    inbox,
    send: (message) => socket.send(message, serverPort, HOST),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** A connection to the server; messages are cut out of the stream by Content-Length. */
export async function openTcp(serverPort: number): Promise<Wire & { readonly socket: Socket }> {
  const socket = createConnection(serverPort, HOST);
  socket.on('error', () => {});
  await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_MS) });
  const inbox = new Inbox();
  let stream = Buffer.alloc(0);
  socket.on('data', (octets) => {
    stream = takeMessages(Buffer.concat([stream, octets]), (message) => inbox.push(message));
  });
  const sentBy = `${HOST}:${socket.localPort}`;
  return {
    transport: 'TCP',
    sentBy,
    contactHost: `${sentBy};transport=tcp`,
    inbox,
    socket,
    send: (message) => void socket.write(message),
    close: async () => void socket.destroy(),
  };
}

/** A WebSocket with the subprotocol `sip` (RFC 7118); the name in Via and Contact is one that nobody can resolve (§5). */
export async function openWebSocket(
  serverPort: number,
  scheme: 'ws' | 'wss' = 'ws',
): Promise<Wire & { readonly socket: WebSocket }> {
  const socket = new WebSocket(`${scheme}://${HOST}:${serverPort}/`, 'sip', { rejectUnauthorized: false });
  const inbox = new Inbox();
  socket.on('message', (data) => inbox.push(Buffer.isBuffer(data) ? data : Buffer.from(data as ArrayBuffer)));
  socket.on('error', () => {});
  await once(socket, 'open', { signal: AbortSignal.timeout(CONNECT_MS) });
  const name = `${Math.random().toString(36).slice(2)}.invalid`;
  return {
    transport: 'WS',
    sentBy: name,
    contactHost: `${name};transport=ws`,
    inbox,
    socket,
    send: (message) => socket.send(message),
    close: async () => {
      if (socket.readyState === WebSocket.CLOSED) return;
      const closed = once(socket, 'close');
      socket.terminate();
      await closed;
    },
  };
}

/** Hands out whole messages, keep-alives between them left out, and gives back what is left of the stream. */
function takeMessages(stream: Buffer<ArrayBuffer>, take: (message: Buffer) => void): Buffer<ArrayBuffer> {
  let rest = stream;
  for (;;) {
    while (rest[0] === CR && rest[1] === LF) rest = rest.subarray(2);
    const end = rest.indexOf('\r\n\r\n');
    if (end < 0) return rest;
    const length = Number(/^content-length\s*:\s*(\d+)/im.exec(rest.toString('latin1', 0, end))?.[1] ?? 0);
    const total = end + 4 + length;
    if (rest.length < total) return rest;
    take(rest.subarray(0, total));
    rest = rest.subarray(total);
  }
}
